package demo

// What each host has: its pages in both languages, its assets, and the security headers on all of them.

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

type language string

const (
	english language = "en"
	swedish language = "sv"
)

// page is one page of a host. Its template stands in pages/FILE.html and holds both languages side by side.
type page struct {
	file string
	at   []string // paths below the language, as ServeMux patterns; the first one is the page's own address
	bare bool     // without header and footer, for a frame on www, which may frame this page and no other
}

// site is one host of the demo.
type site struct {
	layout  string // the template around its pages
	csp     string
	bareCSP string // of its bare pages
	pages   []page
	absent  page                    // what stands where nothing is
	mounts  map[string]http.Handler // by path prefix
}

func wwwSite(c Config) site {
	return site{layout: "layout", csp: agencyCSP(c, c.Origins.My, nobody), absent: page{file: "absent"}, pages: []page{
		{file: "www-start", at: []string{"/{$}"}},
		{file: "www-support", at: []string{"/support"}},
		{file: "www-social", at: []string{"/social"}},
		{file: "www-about", at: []string{"/about"}},
	}}
}

func mySite(c Config) site {
	return site{layout: "layout", csp: agencyCSP(c, "", nobody) + trustedTypes, bareCSP: agencyCSP(c, "", c.Origins.WWW) + trustedTypes, absent: page{file: "absent"}, pages: []page{
		{file: "my-login", at: []string{"/{$}"}},
		{file: "my-overview", at: []string{"/overview"}},
		{file: "my-appointment", at: []string{"/appointment"}},
		{file: "my-times", at: []string{"/times"}, bare: true},
		// The steps have addresses of their own, made by history.pushState: one document answers for all of them.
		{file: "my-booking", at: []string{"/booking", "/booking/{step}"}},
	}}
}

func socialSite() site {
	return site{layout: "social-layout", csp: socialCSP, absent: page{file: "social"}, pages: []page{
		{file: "social", at: []string{"/{$}"}},
	}}
}

// view is what a template sees.
type view struct {
	Lang    language
	Other   language
	Rest    string // the path below the language, to link to the same page in the other one
	Page    string // the file's name, to mark the current page in the navigation
	My      bool   // on the e-service's host
	Origins Origins
	Tag     template.HTML // the one line that an agency adds for Insyn
	Person  person
	Events  []event
	Meeting time.Time
}

// handler parses the site's pages in both languages and routes to them.
func (s site) handler(c Config, my bool) (http.Handler, error) {
	mux := http.NewServeMux()
	absent := map[language]*template.Template{}
	for _, lang := range []language{english, swedish} {
		for _, p := range s.pages {
			s := s
			if p.bare {
				s.layout, s.csp = "bare-layout", s.bareCSP
			}
			t, err := parse(c.Assets, s.layout, p.file, lang)
			if err != nil {
				return nil, err
			}
			for _, at := range p.at {
				mux.Handle("GET /"+string(lang)+at, s.show(c, t, p.file, lang, my, http.StatusOK))
			}
		}
		t, err := parse(c.Assets, s.layout, s.absent.file, lang)
		if err != nil {
			return nil, err
		}
		absent[lang] = t
		mux.Handle("GET /"+string(lang), http.RedirectHandler("/"+string(lang)+"/", http.StatusMovedPermanently))
		if my {
			// Any e-mail and password is accepted, and neither is read: the form works without scripts too.
			mux.Handle("POST /"+string(lang)+"/log-in", http.RedirectHandler("/"+string(lang)+"/overview", http.StatusSeeOther))
		}
	}
	mux.Handle("GET /{$}", http.RedirectHandler("/en/", http.StatusFound))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}
		lang := english
		if strings.HasPrefix(r.URL.Path, "/"+string(swedish)+"/") {
			lang = swedish
		}
		s.show(c, absent[lang], s.absent.file, lang, my, http.StatusNotFound)(w, r)
	})
	for _, dir := range []string{"css", "js", "images", "data"} {
		mux.Handle("GET /"+dir+"/", asset(c.Assets))
	}
	mux.Handle("GET /fonts/", http.StripPrefix("/fonts", asset(c.Fonts)))

	all := http.NewServeMux()
	all.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", s.csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		mux.ServeHTTP(w, r)
	})
	for prefix, h := range s.mounts {
		all.Handle(prefix, h)
	}
	return all, nil
}

// show answers with one page. It is rendered to memory first: a page arrives whole or not at all.
func (s site) show(c Config, t *template.Template, file string, lang language, my bool, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		now := c.Now()
		v := view{
			Lang: lang, Other: swedish, Page: file, My: my, Origins: c.Origins, Tag: template.HTML(scriptTag(c)), //nolint:gosec // made of our own constants
			Rest:   strings.TrimPrefix(r.URL.Path, "/"+string(lang)+"/"),
			Person: applicant(), Meeting: meeting(now),
		}
		if lang == swedish {
			v.Other = english
		}
		if status != http.StatusOK {
			v.Rest = "" // the same nothing in another language helps nobody
		}
		if file == "my-overview" {
			v.Events = events(now, lang)
		}
		var b bytes.Buffer
		if err := t.ExecuteTemplate(&b, s.layout, v); err != nil {
			http.Error(w, "the demo could not render this page", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Security-Policy", s.csp)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write(b.Bytes()) // a reader that went away is nobody's error
	}
}

// parse reads a layout and a page. In them, {{say "English" "Svenska"}} keeps both languages of a sentence together.
func parse(assets fs.FS, layout, file string, lang language) (*template.Template, error) {
	funcs := template.FuncMap{
		"say": func(en, sv string) string {
			if lang == swedish {
				return sv
			}
			return en
		},
		"clock": func(t time.Time) string { return t.Format("15.04") },
		"day":   func(t time.Time) string { return t.Format("2006-01-02") },
	}
	t, err := template.New(file).Funcs(funcs).Option("missingkey=error").
		ParseFS(assets, "pages/parts.html", "pages/"+layout+".html", "pages/"+file+".html")
	if err != nil {
		return nil, fmt.Errorf("page %s (%s): %w", file, lang, err)
	}
	return t, nil
}

// asset serves the files of a folder, and no listing of it.
func asset(files fs.FS) http.Handler {
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		if path.Ext(r.URL.Path) == ".woff2" { // not in every system's table of types
			w.Header().Set("Content-Type", "font/woff2")
		}
		server.ServeHTTP(w, r)
	})
}

// scriptTag is the line that makes a page an agency page: which script, byte for byte, and which policy.
func scriptTag(c Config) string {
	pin := ""
	if c.Policy != "" {
		pin = fmt.Sprintf(` data-policy="%s"`, html.EscapeString(c.Policy))
	}
	return fmt.Sprintf(`<script src="%s" integrity="%s" crossorigin="anonymous" referrerpolicy="no-referrer"%s async></script>`,
		html.EscapeString(c.Script), html.EscapeString(c.Integrity), pin)
}
