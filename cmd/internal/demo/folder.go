package demo

// "Try it on your own pages": a folder of static pages, served as agency pages with the script tag added.

import (
	"bytes"
	"html"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"unicode/utf8"
)

const (
	pagesPrefix = "/pages/"
	// pageLimit bounds what is read into memory to add the tag; larger files are served as they are.
	pageLimit = 16 << 20
)

// folder serves what is in root and nothing outside of it: os.Root refuses ".." and links that lead out. It adds no
// security headers, since the pages' own needs are not known. Names that begin with a dot are not served.
type folder struct {
	root   *os.Root
	script string // URL of the script; a page that already names it is left alone
	tag    string
}

func (f folder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	name := strings.TrimPrefix(r.URL.Path, pagesPrefix)
	if hidden(name) {
		http.NotFound(w, r)
		return
	}
	trimmed := strings.TrimSuffix(name, "/")
	if trimmed == "" {
		trimmed = "."
	}
	// Asked before it is opened: opening a named pipe would wait for its writer.
	info, err := f.root.Stat(trimmed)
	switch {
	case err != nil:
		http.NotFound(w, r)
	case info.Mode().IsRegular() && name == trimmed:
		f.file(w, r, trimmed)
	case !info.IsDir():
		http.NotFound(w, r)
	case name != "" && name == trimmed:
		http.Redirect(w, r, (&url.URL{Path: r.URL.Path + "/", RawQuery: r.URL.RawQuery}).String(), http.StatusMovedPermanently)
	default:
		for _, index := range []string{"index.html", "index.htm"} {
			if at := path.Join(trimmed, index); f.regular(at) {
				f.file(w, r, at)
				return
			}
		}
		f.list(w, r, trimmed)
	}
}

func (f folder) regular(name string) bool {
	info, err := f.root.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// file serves one file, with the tag if it is an HTML page.
func (f folder) file(w http.ResponseWriter, r *http.Request, name string) {
	file, err := f.root.Open(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer func() { _ = file.Close() }() // read only: nothing is lost
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		http.NotFound(w, r)
		return
	}
	ext := strings.ToLower(path.Ext(name))
	if (ext != ".html" && ext != ".htm") || info.Size() > pageLimit {
		if kind := mime.TypeByExtension(ext); kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		http.ServeContent(w, r, name, info.ModTime(), file)
		return
	}
	body, err := io.ReadAll(io.LimitReader(file, pageLimit))
	if err != nil {
		http.Error(w, "this page could not be read", http.StatusInternalServerError)
		return
	}
	f.page(w, body)
}

// page writes an HTML page with the tag. A charset is claimed only where it is certain: a header would overrule the
// page's own <meta charset>.
func (f folder) page(w http.ResponseWriter, body []byte) {
	kind := "text/html"
	if utf8.Valid(body) {
		kind = "text/html; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	if !bytes.Contains(body, []byte(f.script)) {
		body = insertTag(body, f.tag)
	}
	//nolint:gosec // serving the folder's own HTML is what was asked for
	_, _ = w.Write(body) // a reader that went away is nobody's error
}

// list is the index of a folder without an index page.
func (f folder) list(w http.ResponseWriter, r *http.Request, name string) {
	entries, err := fs.ReadDir(f.root.FS(), name) // sorted by name
	if err != nil {
		http.Error(w, "this folder could not be read", http.StatusInternalServerError)
		return
	}
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width\">\n<title>Pages</title>\n</head>\n<body>\n<main>\n<h1>Pages</h1>\n<ul>\n")
	if name != "." {
		b.WriteString("<li><a href=\"../\">../</a></li>\n")
	}
	for _, e := range entries {
		text := e.Name()
		if hidden(text) {
			continue
		}
		if e.IsDir() {
			text += "/"
		}
		// "./" keeps a colon in a name from reading as a scheme.
		href := (&url.URL{Path: "./" + text}).String()
		b.WriteString("<li><a href=\"" + html.EscapeString(href) + "\">" + html.EscapeString(text) + "</a></li>\n")
	}
	b.WriteString("</ul>\n</main>\n</body>\n</html>\n")
	f.page(w, []byte(b.String()))
}

func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
}
