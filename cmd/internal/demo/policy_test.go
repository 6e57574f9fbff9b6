package demo

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// match is the policy's pattern language as its doc comment says it: * a run without a slash, ** any run.
func match(pattern, path string) bool {
	re := regexp.QuoteMeta(pattern)
	re = strings.ReplaceAll(re, `\*\*`, `.*`)
	re = strings.ReplaceAll(re, `\*`, `[^/]*`)
	return regexp.MustCompile("^" + re + "$").MatchString(path)
}

func TestPolicyCoversThePages(t *testing.T) {
	c := testConfig()
	c.PagesDir = t.TempDir()
	raw, err := Policy(c)
	if err != nil {
		t.Fatal(err)
	}
	var p policyFile
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	if p.Version != "demo-1" || p.Domain != Domain || len(p.Origins) != 2 || len(p.Fetch) != 2 {
		t.Errorf("got %+v, want version demo-1, domain %s, two origins, two fetch origins", p, Domain)
	}
	find := func(origin, path string) string {
		for _, page := range p.Pages {
			if (page.Origin == "" || page.Origin == origin) && match(page.Path, path) {
				return page.ID + " " + string(page.Text)
			}
		}
		return ""
	}
	www, my := c.Origins.WWW, c.Origins.My
	for _, test := range []struct{ origin, path, want string }{
		{www, "/en/", "start show"},
		{www, "/sv/support", "support show"},
		{www, "/en/social", "social show"},
		{www, "/en/about", "about show"},
		{www, "/pages/", "pages show"},
		{www, "/pages/a/b.html", "pages show"},
		{my, "/sv/", "login labels"},
		{my, "/en/overview", "overview labels"},
		{my, "/en/appointment", "appointment labels"},
		{my, "/en/times", "times show"},
		{my, "/en/booking", "booking labels"},
		{my, "/sv/booking/details", "booking labels"},
		{my, "/pages/a.html", ""},
		{my, "/en/nothing", ""},
		{www, "/en/nothing", ""},
	} {
		if got := find(test.origin, test.path); got != test.want {
			t.Errorf("%s%s: got %q, want %q", test.origin, test.path, got, test.want)
		}
	}
	// Every page that a visitor can reach has a rule, so that the demo never shows an unexpected curtain.
	for at := range crawl(t, c) {
		for _, origin := range []string{www, my} {
			if path, ok := strings.CutPrefix(at, origin); ok {
				path, _, _ = strings.Cut(path, "?")
				if find(origin, path) == "" {
					t.Errorf("%s: no page of the policy matches", at)
				}
			}
		}
	}
	c.PagesDir = ""
	if raw, err = Policy(c); err != nil || strings.Contains(string(raw), pagesPrefix) {
		t.Errorf("without a folder: got %v and a rule for it, want none", err)
	}
}
