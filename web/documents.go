package web

// Assets and documents over HTTP: what each may load and who may frame it is decided here, in headers.

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
)

const (
	// A year: the name changes with the contents.
	forEver = "public, max-age=31536000, immutable"
	// The unpinned alias must pick up a new build soon.
	shortly = "public, max-age=300"
)

// Script is the path of mirror.js in its pinned form, and the integrity to put beside it.
func (a Assets) Script() (path, integrity string) {
	return "/" + a["mirror.js"].File, a["mirror.js"].Integrity
}

// Scripts are the paths of mirror.js in all its pinned forms, the one built in and those of earlier builds.
func (a Assets) Scripts(earlier Earlier) []string {
	present, _ := a.Script()
	paths := []string{present}
	for file := range earlier.files {
		if path := "/" + file; path != present && isMirror(file) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// Handler serves /assets/NAME, /mirror.HASH.js and the alias /mirror.js, and the same of earlier builds but for the alias.
// Scripts are readable across origins, since integrity checks need that; they hold nothing but code. signal is the
// WebSocket origin that Workers may connect to.
func (a Assets) Handler(signal string, earlier Earlier) http.Handler {
	known := make(map[string]bool, len(a))
	for _, asset := range a {
		known[asset.File] = true
	}
	serve := func(w http.ResponseWriter, file, cache string) {
		body, ok := earlier.files[file]
		if known[file] {
			built, err := a.Read(file)
			body, ok = built, err == nil
		}
		if !ok {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		h := w.Header()
		h.Set("Content-Type", contentType(file))
		h.Set("Cache-Control", cache)
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		// A Worker takes its policy from its own script's headers. It loads one more script of ours when it needs it.
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src "+signal)
		_, _ = w.Write(body) //nolint:gosec // built files only, by exact name
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{file}", func(w http.ResponseWriter, r *http.Request) { serve(w, r.PathValue("file"), forEver) })
	mux.HandleFunc("GET /mirror.js", func(w http.ResponseWriter, _ *http.Request) { serve(w, a["mirror.js"].File, shortly) })
	for _, path := range a.Scripts(earlier) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { serve(w, path[1:], forEver) })
	}
	return mux
}

func contentType(file string) string {
	if strings.HasSuffix(file, ".css") {
		return "text/css; charset=utf-8"
	}
	return "text/javascript; charset=utf-8"
}

// Bridge serves the bridge document, framed by agency pages. config gives the JSON that the document starts with, for
// the language in the query; it holds nothing of a session. origins are the agency's, exactly.
func (a Assets) Bridge(origins []string, signal string, config func(language string) any) (http.Handler, error) {
	csp := "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' " + signal +
		"; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors " + strings.Join(origins, " ")
	return a.document("bridge", csp, func(r *http.Request) any { return config(r.URL.Query().Get("lang")) })
}

// Console serves the agent's console.
func (a Assets) Console(signal string, config any) (http.Handler, error) {
	csp := "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' " + signal +
		"; worker-src 'self'; frame-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'" +
		"; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types insyn"
	return a.document("console", csp, func(*http.Request) any { return config })
}

// View serves the hermetic document that shows the applicant's page: no script, no network, nothing but the console's
// own window above it.
func (a Assets) View() (http.Handler, error) {
	csp := "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data: blob:; base-uri 'none'" +
		"; form-action 'none'; frame-src 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
	return a.document("view", csp, func(*http.Request) any { return nil })
}

func (a Assets) document(name, csp string, config func(*http.Request) any) (http.Handler, error) {
	page, err := template.ParseFS(dist, "dist/"+name+".html")
	if err != nil {
		return nil, fmt.Errorf("the document of the %s: %w", name, err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := json.Marshal(config(r))
		if err != nil {
			http.Error(w, "the document could not be made", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", csp)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Origin-Agent-Cluster", "?1")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		// A template error past this point is a lost connection: nothing to add.
		_ = page.Execute(w, map[string]any{
			"JS": a[name+".js"].File, "CSS": a[name+".css"].File,
			// json.Marshal escapes <, > and &, so the block can't be left.
			"Config": template.JS(raw), //nolint:gosec // see above
		})
	}), nil
}
