package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

const goodPolicy = `{
  "version": "demo-1",
  "domain": "agency.localhost",
  "origins": ["http://www.agency.localhost:8080", "https://my.agency.localhost", "https://agency.localhost"],
  "fetch": ["http://cdn.agency.localhost:8080"],
  "pages": [
    {"id": "start", "label": "Start page", "path": "/", "text": "show"},
    {"id": "case", "label": "Case", "origin": "https://my.agency.localhost", "path": "/case/*/files", "text": "labels", "choices": "show"},
    {"id": "help", "label": "Help", "path": "/help/**", "text": "show", "title": "label"},
    {"id": "rest", "label": "My page", "origin": "https://my.agency.localhost", "path": "/**", "text": "hide"}
  ],
  "rules": [{"path": "/help/**", "selector": ".price", "text": "mask"}, {"selector": "main", "text": "labels"}],
  "patterns": [{"name": "diary", "match": "DNR \\d{4}/[A-Z]{2,3}-?\\d{3}"}],
  "classes": "map"
}`

func TestPolicy(t *testing.T) {
	p, err := ParsePolicy([]byte(goodPolicy))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(goodPolicy))
	if got, want := p.Hash(), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("Hash = %s, want %s", got, want)
	}
	raw := p.Raw()
	raw[0] = 'x'
	if string(p.Raw()) != goodPolicy {
		t.Error("Raw gave something to write on, or not what was read")
	}
	www, my := "http://www.agency.localhost:8080", "https://my.agency.localhost"
	for _, c := range []struct{ origin, path, want string }{
		{www, "/", "start"},
		{www, "/x", ""},
		{my, "/", "start"},
		{my, "/x", "rest"},
		{my, "/case/12/files", "case"},
		{my, "/case/1/2/files", "rest"},
		{www, "/case/12/files", ""},
		{www, "/help/", "help"},
		{www, "/help/a/b", "help"},
		{www, "/help", ""},
		{"http://my.agency.localhost", "/", ""},
		{"https://social.localhost", "/", ""},
		{"null", "/", ""},
	} {
		page, ok := p.Page(c.origin, c.path)
		if page.ID != c.want || ok != (c.want != "") {
			t.Errorf("Page(%s, %s) = %q, want %q", c.origin, c.path, page.ID, c.want)
		}
	}
	if page, _ := p.Page(www, "/"); page.Choices != TextHide {
		t.Errorf("choices = %q, want hide unless said", page.Choices)
	}
}

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"/a*", "/a", true},
		{"/a*", "/abc", true},
		{"/a*", "/a/b", false},
		{"/*/b", "/a/b", true},
		{"/*/b", "//b", true},
		{"/**/b", "/a/c/b", true},
		{"/**b", "/b", true},
		{"/a*c*", "/abcd", true},
		{"/a*c*", "/abd", false},
		{"/å", "/å", true},
		{"/" + strings.Repeat("**a", 100) + "b", "/" + strings.Repeat("a", 500), false}, // and at once
	} {
		if got := matchPath(c.pattern, c.path); got != c.want {
			t.Errorf("matchPath(%.20q, %.20q) = %v, want %v", c.pattern, c.path, got, c.want)
		}
	}
}

func TestPolicyRefuses(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"an unknown field":          {`"version"`, `"extra": 1, "version"`, "unknown field"},
		"an unknown field in pages": {`"id": "start"`, `"ID2": "x", "id": "start"`, "unknown field"},
		"something behind":          {`"map"` + "\n}", `"map"` + "\n}{}", "one JSON value"},
		"no version":                {`"demo-1"`, `""`, "version"},
		"a domain in capitals":      {`"agency.localhost"`, `"Agency.localhost"`, "domain"},
		"a domain of one label":     {`"domain": "agency.localhost"`, `"domain": "localhost"`, "domain"},
		"an origin with a slash":    {`"https://my.agency.localhost",`, `"https://my.agency.localhost/",`, "origins"},
		"an origin in capitals":     {`"https://agency.localhost"`, `"https://Agency.localhost"`, "origins"},
		"an origin's usual port":    {`"https://agency.localhost"`, `"https://agency.localhost:443"`, "origins"},
		"an origin's empty port":    {`"https://agency.localhost"`, `"https://agency.localhost:"`, "origins"},
		"an origin with a user":     {`"https://agency.localhost"`, `"https://a@agency.localhost"`, "origins"},
		"another scheme":            {`"https://agency.localhost"`, `"ftp://agency.localhost"`, "origins"},
		"another domain":            {`"https://agency.localhost"`, `"https://agency.example"`, "under agency.localhost"},
		"a look-alike":              {`"https://agency.localhost"`, `"https://myagency.localhost"`, "under agency.localhost"},
		"fetch from elsewhere":      {`"http://cdn.agency.localhost:8080"`, `"https://cdn.example"`, "under agency.localhost"},
		"a page's foreign origin":   {`"origin": "https://my.agency.localhost", "path": "/case`, `"origin": "https://x.agency.localhost", "path": "/case`, "pages[1]: origin"},
		"a page twice":              {`"id": "help"`, `"id": "start"`, "came before"},
		"a path without a slash":    {`"path": "/"`, `"path": "start"`, "path"},
		"a path with a query":       {`"path": "/"`, `"path": "/?a"`, "path"},
		"three stars":               {`"/help/**", "text"`, `"/help/***", "text"`, "path"},
		"a page in mask":            {`"path": "/", "text": "show"`, `"path": "/", "text": "mask"`, "pages[0]: text"},
		"choices in labels":         {`"choices": "show"`, `"choices": "labels"`, "choices"},
		"a rule without selector":   {`"main"`, `" "`, "rules[1]: selector"},
		"a rule in capitals":        {`"text": "mask"`, `"text": "Mask"`, "rules[0]: text"},
		"a title in labels":         {`"title": "label"`, `"title": "labels"`, "title"},
		"unknown classes":           {`"classes": "map"`, `"classes": "hide"`, "classes"},
		"a pattern without name":    {`"diary"`, `""`, "patterns[0]: name"},
		"a pattern without end":     {`{4}/`, `+/`, "patterns[0]: match"},
		"a pattern of many ways":    {`{4}`, `{0,99}`, "ways"},
		"a pattern counting down":   {`{2,3}`, `{3,2}`, "down"},
		"a class counting down":     {`[A-Z]`, `[Z-A]`, "match"},
		"no UTF-8":                  {`"Start page"`, "\"Start\xff page\"", "UTF-8"},
		"no pages":                  {goodPolicy[strings.Index(goodPolicy, `"pages": [`):strings.Index(goodPolicy, `"rules"`)], `"pages": [], `, "pages"},
	} {
		changed := strings.Replace(goodPolicy, c.old, c.new, 1)
		if changed == goodPolicy {
			t.Fatalf("%s: nothing was changed", name)
		}
		if p, err := ParsePolicy([]byte(changed)); err == nil || p != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.says)
		}
	}
	if _, err := ParsePolicy([]byte(goodPolicy + strings.Repeat(" ", MaxPolicyBytes))); err == nil {
		t.Error("a policy that is too long was accepted")
	}
}

// What the browser's end refuses, and what it takes, is in web/test/engine/patterns.test.ts.
func TestPatterns(t *testing.T) {
	for _, good := range []string{`DNR \d{4}/[A-Z]{2,3}-?\d{3}`, `\d{2}\.\d{2}`, `å?ä{0,99}`, `[A-Z.-]\?\\`} {
		if err := (PolicyPattern{Name: "x", Match: good}).check(); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		`(a+)+`, `a*`, `\d+`, `a|b`, `(?=a)`, `^a`, `a$`, `.`, `\b`, `\1`, `[^a]`, `[z-a]`, `[a`, `a{3,2}`, ``, `\d{0,64}\d{0,64}`,
		strings.Repeat("a?", 9), `a{1,}`, `a{100}`, `a{2}{3}`, `a??`, `\p{L}`, strings.Repeat("a", 41), "a\n",
	} {
		if err := (PolicyPattern{Name: "x", Match: bad}).check(); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(goodPolicy), "/help/x")
	f.Fuzz(func(t *testing.T, raw []byte, path string) {
		p, err := ParsePolicy(raw)
		if (p == nil) == (err == nil) {
			t.Fatalf("ParsePolicy gave %v and %v", p, err)
		}
		if err == nil && len(path) < 1000 {
			again, err := ParsePolicy(p.Raw())
			if err != nil || again.Hash() != p.Hash() {
				t.Errorf("read again: %v", err)
			}
			p.Page(p.Origins()[0], path)
		}
	})
}
