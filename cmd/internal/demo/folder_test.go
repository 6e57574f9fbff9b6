package demo

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOwnPages(t *testing.T) {
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret.html"), "outside")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "index.html"), "<!doctype html><html><head><title>Mine</title></head><body>home</body></html>")
	write(t, filepath.Join(dir, "plain.htm"), "<p>no head at all")
	write(t, filepath.Join(dir, "old.html"), "<!doctype html><meta charset=iso-8859-1><p>sm\xf6rg\xe5s")
	write(t, filepath.Join(dir, "style.css"), "p{}")
	write(t, filepath.Join(dir, ".env"), "hidden")
	write(t, filepath.Join(dir, ".git", "config"), "hidden")
	write(t, filepath.Join(dir, "sub", "a&b.html"), "x")
	write(t, filepath.Join(dir, "sub", ".hidden.html"), "x")
	for link, to := range map[string]string{"out.html": filepath.Join(outside, "secret.html"), "up": "..", "in.html": "index.html"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	c := testConfig()
	c.PagesDir = dir
	a := testAgency(t, c)
	tag := scriptTag(c)

	for _, test := range []struct {
		path string
		want int
		has  string
		tags int
	}{
		{"/pages/", 200, "home", 1},
		{"/pages/index.html", 200, "home", 1},
		{"/pages/in.html", 200, "home", 1}, // a link that stays inside
		{"/pages/plain.htm", 200, "no head at all", 1},
		{"/pages/old.html", 200, "sm\xf6rg\xe5s", 1},
		{"/pages/style.css", 200, "p{}", 0},
		{"/pages/sub/", 200, `href="./a&amp;b.html"`, 1},
		{"/pages/sub", 301, "", 0},
		{"/pages", 307, "", 0},
		{"/pages/style.css/", 404, "", 0},
		{"/pages/missing.html", 404, "", 0},
		{"/pages/.env", 404, "", 0},
		{"/pages/.git/config", 404, "", 0},
		{"/pages/out.html", 404, "", 0},
		{"/pages/up/", 404, "", 0},
		{"/pages/up/" + filepath.Base(outside) + "/secret.html", 404, "", 0},
		{"/pages/..%2f" + filepath.Base(outside) + "/secret.html", 404, "", 0},
		{"/pages/sub/..%5c..%5csecret.html", 404, "", 0},
	} {
		resp := get(a.WWW, test.path)
		body := text(t, resp)
		if resp.StatusCode != test.want || !strings.Contains(body, test.has) || strings.Count(body, tag) != test.tags {
			t.Errorf("%s: got %d with %d tags, %.80q; want %d, %d tags, %q", test.path, resp.StatusCode, strings.Count(body, tag), body, test.want, test.tags, test.has)
		}
		if strings.Contains(body, "outside") || strings.Contains(body, "hidden") {
			t.Errorf("%s: shows what is not to be shown: %.80q", test.path, body)
		}
		if resp.StatusCode == http.StatusOK && resp.Header.Get("Content-Security-Policy") != "" {
			t.Errorf("%s: got a CSP, want none: the pages' own needs are not known", test.path)
		}
	}
	if got := get(a.WWW, "/pages/old.html").Header.Get("Content-Type"); got != "text/html" {
		t.Errorf("a page that is not UTF-8: got %q, want no charset claimed", got)
	}
	// The handler alone must refuse too, whatever stands in front of it.
	direct := folder{root: a.root, script: c.Script, tag: tag}
	for _, path := range []string{"/pages/../x", "/pages/sub/../../" + filepath.Base(outside) + "/secret.html", "/pages//etc/passwd"} {
		r, err := http.NewRequest(http.MethodGet, "http://www.agency.localhost/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path = path
		rec := httptest.NewRecorder()
		direct.ServeHTTP(rec, r)
		if rec.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, rec.Code)
		}
	}
}

func TestInsertTag(t *testing.T) {
	const tag = "<script></script>"
	for _, test := range []struct{ name, doc, want string }{
		{"head", "<!doctype html><html><head><title>", "<!doctype html><html><head>|<title>"},
		{"attributes", `<!DOCTYPE HTML><HTML data-x="a>b"><HEAD class='>'><title>`, `<!DOCTYPE HTML><HTML data-x="a>b"><HEAD class='>'>|<title>`},
		{"header is not head", "<!doctype html><header>hi", "<!doctype html>|<header>hi"},
		{"no head", "<!doctype html>\n<meta charset=utf-8>", "<!doctype html>|\n<meta charset=utf-8>"},
		{"no head, no doctype", "<p>hi", "|<p>hi"},
		{"empty", "", "|"},
		{"comment first", "<!-- <head> --><!doctype html><!-- > --><head>x", "<!-- <head> --><!doctype html><!-- > --><head>|x"},
		{"short comments", "<!--><head>x", "<!--><head>|x"},
		{"comment ended by --!>", "<!-- a --!><head>x --> ", "<!-- a --!><head>|x --> "},
		{"endless comment", "<!doctype html><!-- <head>", "<!doctype html>|<!-- <head>"},
		{"endless tag", "<html lang='", "|<html lang='"},
		{"stray quote", "<html '><head>x", "<html '><head>|x"},
		{"byte order mark", "\xef\xbb\xbf<!doctype html><head>x", "\xef\xbb\xbf<!doctype html><head>|x"},
		{"processing instruction", "<?xml version='1.0'?><html><head>x", "<?xml version='1.0'?><html><head>|x"},
	} {
		got := strings.ReplaceAll(string(insertTag([]byte(test.doc), tag)), "\n"+tag+"\n", "|")
		got = strings.ReplaceAll(got, tag+"\n", "|")
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	wide := []byte("\xff\xfe<\x00p\x00>\x00")
	if got := insertTag(wide, tag); string(got) != string(wide) {
		t.Errorf("UTF-16: got %q, want it left alone", got)
	}
}

// FuzzInsertTag: whatever the page, nothing of it is lost or moved, and the doctype stays first.
func FuzzInsertTag(f *testing.F) {
	for _, seed := range []string{"<!doctype html><head>", "<!--", "<html a='", "\xef\xbb\xbf<!---><?>", " <!x><head/>y"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		const tag = "<script data-insyn-fuzz></script>"
		got := insertTag(doc, tag)
		if string(got) == string(doc) {
			return // UTF-16
		}
		i := strings.LastIndex(string(got), tag)
		if i < 0 {
			t.Fatalf("the tag is missing in %q", got)
		}
		before, after := got[:i], got[i+len(tag)+1:]
		if len(before) > 0 {
			before = before[:len(before)-1]
		}
		if string(before)+string(after) != string(doc) {
			t.Fatalf("got %q around the tag, want %q", string(before)+string(after), doc)
		}
	})
}
