package demo

// The pages as a browser gets them: every page of every language, walked from the front door by its own links.

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const assetsDir = "../../../web/demo"

func testConfig() Config {
	return Config{
		Origins:   Local("8080"),
		Script:    "http://insyn.agency.localhost:8080/mirror.abc.js",
		Integrity: "sha384-a+b/c=",
		Assets:    os.DirFS(assetsDir),
		Fonts:     fstest.MapFS{"source-sans-3.woff2": {Data: []byte("font")}},
		Now:       func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
	}
}

func testAgency(t *testing.T, c Config) *Agency {
	t.Helper()
	a, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func get(h http.Handler, target string) *http.Response {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, target, nil))
	return rec.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	linkAttr   = regexp.MustCompile(`\s(?:href|src|action)="([^"]*)"`)
	idAttr     = regexp.MustCompile(`\sid="([^"]*)"`)
	inlineAttr = regexp.MustCompile(`(?i)<[^>]*\s(?:style|on[a-z]+)\s*=`)
	scriptTags = regexp.MustCompile(`(?s)<script\b([^>]*)>(.*?)</script>`)
	headings   = regexp.MustCompile(`<h([1-6])\b`)
)

// crawl follows the links of all three hosts from their front doors, and returns each page's body by full address.
func crawl(t *testing.T, c Config) map[string]string {
	t.Helper()
	a := testAgency(t, c)
	hosts := map[string]http.Handler{c.Origins.WWW: a.WWW, c.Origins.My: a.My, c.Origins.Social: a.Social}
	pages := map[string]string{}
	seen := map[string]bool{}
	todo := []string{c.Origins.WWW + "/", c.Origins.My + "/", c.Origins.Social + "/"}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		h, ours := hosts[u.Scheme+"://"+u.Host]
		if !ours {
			if u.Scheme != "mailto" && u.Scheme != "tel" && !strings.HasPrefix(at, c.Origins.Insyn+"/") {
				t.Errorf("%s: leads to a host that nobody serves", at)
			}
			continue
		}
		resp := get(h, at)
		body := text(t, resp)
		if strings.HasSuffix(u.Path, "/log-in") { // where a form goes; its own test posts to it
			continue
		}
		if to := resp.Header.Get("Location"); to != "" {
			next, err := u.Parse(to)
			if err != nil {
				t.Fatal(err)
			}
			todo = append(todo, next.String())
			continue
		}
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: got status %d, want 200", at, resp.StatusCode)
		}
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			continue
		}
		pages[at] = body
		for _, m := range linkAttr.FindAllStringSubmatch(body, -1) {
			if strings.HasPrefix(m[1], "#") {
				if !strings.Contains(body, `id="`+m[1][1:]+`"`) {
					t.Errorf("%s: %s points at nothing", at, m[1])
				}
				continue
			}
			next, err := u.Parse(m[1])
			if err != nil {
				t.Errorf("%s: link %q: %v", at, m[1], err)
				continue
			}
			next.Fragment = ""
			todo = append(todo, next.String())
		}
	}
	return pages
}

// TestEveryPageIsReachable also checks, in crawl, that every internal link and asset resolves.
func TestEveryPageIsReachable(t *testing.T) {
	c := testConfig()
	pages := crawl(t, c)
	for origin, paths := range map[string][]string{
		c.Origins.WWW:    {"/", "/support", "/social", "/about"},
		c.Origins.My:     {"/", "/overview", "/appointment", "/times", "/booking", "/booking/time?move"},
		c.Origins.Social: {"/"},
	} {
		for _, path := range paths {
			for _, lang := range []string{"en", "sv"} {
				if _, ok := pages[origin+"/"+lang+path]; !ok {
					t.Errorf("%s/%s%s: no link leads there", origin, lang, path)
				}
			}
		}
	}
}

func TestEveryPageIsWellMade(t *testing.T) {
	c := testConfig()
	want := `<script src="` + c.Script + `" integrity="` + c.Integrity + `" crossorigin="anonymous" referrerpolicy="no-referrer" async></script>`
	for at, body := range crawl(t, c) {
		foreign := strings.HasPrefix(at, c.Origins.Social)
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(body, "<!doctype html>\n<html lang=\""+u.Path[1:3]+"\">") {
			t.Errorf("%s: the page begins with %.60q, want doctype and its language", at, body)
		}
		tags := 1
		if foreign {
			tags = 0
		}
		if got := strings.Count(body, want); got != tags {
			t.Errorf("%s: got %d Insyn script tags, want %d", at, got, tags)
		}
		if got := strings.Count(body, c.Origins.Insyn); got != tags {
			t.Errorf("%s: Insyn's origin is named %d times, want %d", at, got, tags)
		}
		for _, s := range scriptTags.FindAllStringSubmatch(body, -1) {
			if !strings.Contains(s[1], `src="`) || strings.TrimSpace(s[2]) != "" {
				t.Errorf("%s: inline script: %.80s", at, s[0])
			}
		}
		if m := inlineAttr.FindString(body); m != "" || strings.Contains(body, "<style") {
			t.Errorf("%s: inline style or handler: %.80s", at, m)
		}
		if strings.Contains(body, "<no value>") || strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s: a template value is missing or was refused", at)
		}
		levels := headings.FindAllStringSubmatch(body[strings.Index(body, "<main"):], -1)
		last := 0
		for i, m := range levels {
			level, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			if (level == 1) != (i == 0) || level > last+1 {
				t.Errorf("%s: heading %d is an h%d after an h%d", at, i+1, level, last)
			}
			last = level
		}
		if len(levels) == 0 {
			t.Errorf("%s: no headings", at)
		}
		ids := map[string]bool{}
		for _, m := range idAttr.FindAllStringSubmatch(body, -1) {
			if ids[m[1]] {
				t.Errorf("%s: two elements have the id %q", at, m[1])
			}
			ids[m[1]] = true
		}
	}
}

func TestPagesNeedWhatInsynNeeds(t *testing.T) {
	c := testConfig()
	pages := crawl(t, c)
	for _, lang := range []string{"en", "sv"} {
		support := pages[c.Origins.WWW+"/"+lang+"/support"]
		hours := map[string]string{"en": "Monday-Friday 08.00-16.00", "sv": "Måndag-fredag 08.00-16.00"}[lang]
		if !strings.Contains(support, hours) {
			t.Errorf("%s support: the hours %q are missing", lang, hours)
		}
		if got := strings.Count(support, `<div data-insyn="consent"></div>`); got != 1 {
			t.Errorf("%s support: got %d places for the form, want 1", lang, got)
		}
		overview := pages[c.Origins.My+"/"+lang+"/overview"]
		for _, want := range []string{`data-insyn="hide"`, `data-insyn="mask"`, applicant().Number, applicant().Email, applicant().Case} {
			if !strings.Contains(overview, want) {
				t.Errorf("%s overview: %s is missing", lang, want)
			}
		}
		if got := strings.Count(overview, "<tr><td>"); got != eventCount {
			t.Errorf("%s overview: got %d events, want %d", lang, got, eventCount)
		}
		social := pages[c.Origins.WWW+"/"+lang+"/social"]
		if got := strings.Count(social, `rel="external"`); got != 4 {
			t.Errorf("%s social media: got %d external links, want 4", lang, got)
		}
	}
}

func TestContentSecurityPolicy(t *testing.T) {
	c := testConfig()
	a := testAgency(t, c)
	strict := func(frames, framedBy string) string {
		return "default-src 'none'; script-src 'self' http://insyn.agency.localhost:8080; style-src 'self'; img-src 'self'; font-src 'self'; " +
			"connect-src 'self'; frame-src http://insyn.agency.localhost:8080" + frames + "; form-action 'self'; base-uri 'none'; frame-ancestors " + framedBy
	}
	trusted := "; require-trusted-types-for 'script'; trusted-types insyn"
	for _, test := range []struct {
		h     http.Handler
		paths []string
		want  string
	}{
		{a.WWW, []string{"/", "/en/", "/sv/support", "/en/nothing", "/css/base.css"}, strict(" http://my.agency.localhost:8080", "'none'")},
		{a.My, []string{"/", "/sv/", "/en/overview", "/en/booking/time", "/nothing"}, strict("", "'none'") + trusted},
		{a.My, []string{"/en/times", "/sv/times"}, strict("", "http://www.agency.localhost:8080") + trusted},
		{a.Social, []string{"/", "/en/", "/nothing"}, socialCSP},
	} {
		for _, path := range test.paths {
			if got := get(test.h, path).Header.Get("Content-Security-Policy"); got != test.want {
				t.Errorf("%s: got CSP %q, want %q", path, got, test.want)
			}
		}
	}
}

// TestTrustedTypesHold looks for what the my host's header would stop in the browser.
func TestTrustedTypesHold(t *testing.T) {
	sinks := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|setHTMLUnsafe`)
	err := fs.WalkDir(os.DirFS(assetsDir), "js", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(assetsDir + "/" + name)
		if m := sinks.Find(b); m != nil {
			t.Errorf("%s uses %s", name, m)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStatuses(t *testing.T) {
	a := testAgency(t, testConfig())
	for _, test := range []struct {
		h                      http.Handler
		method, path, location string
		want                   int
	}{
		{a.WWW, "GET", "/", "/en/", 302},
		{a.My, "GET", "/", "/en/", 302},
		{a.WWW, "GET", "/sv", "/sv/", 301},
		{a.WWW, "HEAD", "/en/support", "", 200},
		{a.WWW, "POST", "/en/support", "", 405},
		{a.WWW, "GET", "/en/overview", "", 404},
		{a.WWW, "GET", "/css/", "", 404},
		{a.WWW, "GET", "/pages/www-start.html", "", 404},
		{a.WWW, "GET", "/fonts/source-sans-3.woff2", "", 200},
		{a.My, "GET", "/sv/booking/details", "", 200},
		{a.My, "POST", "/sv/log-in", "/sv/overview", 303},
	} {
		rec := httptest.NewRecorder()
		test.h.ServeHTTP(rec, httptest.NewRequest(test.method, test.path, strings.NewReader("email=a&password=b")))
		if rec.Code != test.want || rec.Header().Get("Location") != test.location {
			t.Errorf("%s %s: got %d %q, want %d %q", test.method, test.path, rec.Code, rec.Header().Get("Location"), test.want, test.location)
		}
	}
}

func TestIdentityNumberHolds(t *testing.T) {
	sum := 0
	for i, d := range strings.ReplaceAll(applicant().Number, "-", "")[2:] {
		n := int(d-'0') * (2 - i%2)
		sum += n/10 + n%10
	}
	if sum%10 != 0 {
		t.Errorf("the check digit of %s is wrong", applicant().Number)
	}
}

func TestMeetingIsAThursdayAhead(t *testing.T) {
	for day := 1; day <= 28; day++ {
		now := time.Date(2027, 2, day, 23, 0, 0, 0, time.UTC)
		got := meeting(now)
		if got.Weekday() != time.Thursday || got.Sub(now) < 6*24*time.Hour || got.Sub(now) > 15*24*time.Hour {
			t.Errorf("on %s the appointment is on %s", now.Format(time.DateOnly), got.Format(time.DateOnly))
		}
	}
}

func TestNewRefuses(t *testing.T) {
	c := testConfig()
	c.Assets = nil
	if _, err := New(c); err == nil {
		t.Error("without assets: got no error")
	}
	c.Assets = fstest.MapFS{}
	if _, err := New(c); err == nil {
		t.Error("without pages: got no error")
	}
	c = testConfig()
	c.PagesDir = t.TempDir() + "/missing"
	if _, err := New(c); err == nil {
		t.Error("with a missing folder: got no error")
	}
}
