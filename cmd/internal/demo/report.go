package demo

// "What would be sent of my pages": a document that runs the mirror itself over each page of the folder, and lists what it says.

import (
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
)

const (
	reportPath = "/report/"
	// maxReported bounds how many pages one report has.
	maxReported = 500
)

// Report is what the document below /report/ needs. Script, Style and Probe are full URLs on Insyn's origin.
type Report struct {
	Script, Style, Probe string
	Policy               []byte // as it was read
	PolicyHash           string
	Moved                bool // the policy's paths are those of the folder, and not of /pages/
}

type report struct {
	root   *os.Root
	config Report
	insyn  string
}

var reportPage = template.Must(template.New("report").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What would be sent</title>
<link rel="stylesheet" href="{{.Style}}">
</head>
<body>
<script type="application/json" id="config">{{.Config}}</script>
<script src="{{.Script}}" defer></script>
</body>
</html>
`))

func (r report) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	below := ""
	if r.config.Moved {
		below = strings.TrimSuffix(pagesPrefix, "/")
	}
	raw, err := json.Marshal(map[string]any{
		"pages": r.pages(), "policy": string(r.config.Policy), "policyHash": r.config.PolicyHash,
		"probe": r.config.Probe, "below": below,
	})
	if err != nil {
		http.Error(w, "the report could not be made", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src "+r.insyn+"; style-src "+r.insyn+
		"; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	// A template error past this point is a lost connection: nothing to add. json.Marshal escapes <, > and &.
	_ = reportPage.Execute(w, map[string]any{
		"Style": r.config.Style, "Script": r.config.Script, "Config": template.JS(raw), //nolint:gosec // see above
	})
}

// pages lists the folder's HTML pages, sorted, as paths with slashes.
func (r report) pages() []string {
	found := []string{}
	_ = fs.WalkDir(r.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case len(found) == maxReported:
			return fs.SkipAll
		case err != nil: // what can't be read is not served either
			return nil
		case name != "." && hidden(name):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.Type().IsRegular():
			if ext := strings.ToLower(path.Ext(name)); ext == ".html" || ext == ".htm" {
				found = append(found, name)
			}
		}
		return nil
	})
	return found
}
