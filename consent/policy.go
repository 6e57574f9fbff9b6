package consent

// Room: consent. The policy: which pages may be shown, and how much of each. One JSON file, hashed byte by byte.

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a policy. They keep a page's cost of matching small, and a slip of the hand from becoming a policy.
const (
	MaxPolicyBytes   = 64 << 10
	MaxPolicyOrigins = 64
	MaxPolicyPages   = 512
	MaxPolicyRules   = 512
	MaxPolicyPattern = 16
	MaxPolicyText    = 512 // bytes of one path, selector or label
)

// Text is how page text leaves the page.
type Text string

// The modes of text, from least to most. TextMask is for rules only: same length, no letters.
const (
	TextHide   Text = "hide"
	TextMask   Text = "mask"
	TextLabels Text = "labels"
	TextShow   Text = "show"
)

// PolicyPage is one kind of page that may be shown. The agent sees its id and label, never an address.
type PolicyPage struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Origin  string `json:"origin,omitempty"` // empty: any of the policy's origins
	Path    string `json:"path"`             // * is a run without a slash, ** is any run
	Text    Text   `json:"text"`
	Choices Text   `json:"choices,omitempty"` // whether ticked boxes and chosen options show; hide unless said
	Title   string `json:"title,omitempty"`   // "show" the document's title, or the "label" alone; empty: show where text is show
}

// PolicyRule changes the text mode of the elements that a selector finds.
type PolicyRule struct {
	Path     string `json:"path,omitempty"` // empty: on every page
	Selector string `json:"selector"`
	Text     Text   `json:"text"`
}

// PolicyPattern is what the agency knows as personal data by its shape, such as a number of its own. It masks in every mode.
type PolicyPattern struct {
	Name  string `json:"name"`
	Match string `json:"match"` // see checkPattern
}

// Policy says what may be mirrored. It is made by ParsePolicy only and does not change after; safe for concurrent use.
type Policy struct {
	fields policyFields
	raw    []byte
	hash   string
}

type policyFields struct {
	Version string       `json:"version"`
	Domain  string       `json:"domain"`
	Origins []string     `json:"origins"`
	Fetch   []string     `json:"fetch"`
	Pages   []PolicyPage `json:"pages"`
	Rules   []PolicyRule `json:"rules"`

	Patterns []PolicyPattern `json:"patterns,omitempty"`
	Classes  string          `json:"classes,omitempty"` // "show" class names as they are (the same as empty), or "map" them to numbers
}

// ParsePolicy reads a policy of at most MaxPolicyBytes. Unknown fields, origins outside of the domain and everything
// else that is not exactly as described is an error that says what was expected; then the policy is nil.
func ParsePolicy(raw []byte) (*Policy, error) {
	if len(raw) > MaxPolicyBytes {
		return nil, fmt.Errorf("policy: at most %d bytes expected, %d came", MaxPolicyBytes, len(raw))
	}
	if !utf8.Valid(raw) { // the bridge is given it as text, and must come to the same hash
		return nil, errors.New("policy: UTF-8 expected")
	}
	p := &Policy{raw: slices.Clone(raw)}
	if err := decodeStrict(raw, &p.fields); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	if err := p.fields.check(); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	for i := range p.fields.Pages {
		if p.fields.Pages[i].Choices == "" {
			p.fields.Pages[i].Choices = TextHide
		}
	}
	sum := sha256.Sum256(raw)
	p.hash = hex.EncodeToString(sum[:])
	return p, nil
}

func (f *policyFields) check() error {
	if !isName(f.Version) {
		return fmt.Errorf("version: up to 40 of a-z 0-9 . - expected, got %q", f.Version)
	}
	if !isDomain(f.Domain) {
		return fmt.Errorf("domain: a lower-case name like agency.example expected, got %q", f.Domain)
	}
	if len(f.Origins) == 0 || len(f.Origins) > MaxPolicyOrigins || len(f.Fetch) > MaxPolicyOrigins {
		return fmt.Errorf("origins: 1 to %d expected, fetch: at most as many", MaxPolicyOrigins)
	}
	for _, o := range slices.Concat(f.Origins, f.Fetch) {
		if err := checkOrigin(o, f.Domain); err != nil {
			return err
		}
	}
	if len(f.Pages) == 0 || len(f.Pages) > MaxPolicyPages {
		return fmt.Errorf("pages: 1 to %d expected, %d came", MaxPolicyPages, len(f.Pages))
	}
	seen := make(map[string]bool, len(f.Pages))
	for i, page := range f.Pages {
		if err := page.check(f.Origins); err != nil {
			return fmt.Errorf("pages[%d]: %w", i, err)
		}
		if seen[page.ID] {
			return fmt.Errorf("pages[%d]: id %q came before", i, page.ID)
		}
		seen[page.ID] = true
	}
	if len(f.Rules) > MaxPolicyRules {
		return fmt.Errorf("rules: at most %d expected, %d came", MaxPolicyRules, len(f.Rules))
	}
	for i, rule := range f.Rules {
		if err := rule.check(); err != nil {
			return fmt.Errorf("rules[%d]: %w", i, err)
		}
	}
	if len(f.Patterns) > MaxPolicyPattern {
		return fmt.Errorf("patterns: at most %d expected, %d came", MaxPolicyPattern, len(f.Patterns))
	}
	for i, pattern := range f.Patterns {
		if err := pattern.check(); err != nil {
			return fmt.Errorf("patterns[%d]: %w", i, err)
		}
	}
	if f.Classes != "" && f.Classes != "show" && f.Classes != "map" {
		return fmt.Errorf("classes: show or map expected, got %q", f.Classes)
	}
	return nil
}

func (p PolicyPage) check(origins []string) error {
	if !isName(p.ID) {
		return fmt.Errorf("id: up to 40 of a-z 0-9 . - expected, got %q", p.ID)
	}
	if p.Label == "" || len(p.Label) > MaxPolicyText {
		return fmt.Errorf("label: 1 to %d bytes expected", MaxPolicyText)
	}
	if p.Origin != "" && !slices.Contains(origins, p.Origin) {
		return fmt.Errorf("origin: one of the policy's origins expected, got %q", p.Origin)
	}
	if err := checkPath(p.Path); err != nil {
		return err
	}
	if p.Text != TextShow && p.Text != TextLabels && p.Text != TextHide {
		return fmt.Errorf("text: show, labels or hide expected, got %q", p.Text)
	}
	if p.Choices != "" && p.Choices != TextShow && p.Choices != TextHide {
		return fmt.Errorf("choices: show or hide expected, got %q", p.Choices)
	}
	if p.Title != "" && p.Title != "show" && p.Title != "label" {
		return fmt.Errorf("title: show or label expected, got %q", p.Title)
	}
	return nil
}

func (r PolicyRule) check() error {
	if r.Path != "" {
		if err := checkPath(r.Path); err != nil {
			return err
		}
	}
	if strings.TrimSpace(r.Selector) == "" || len(r.Selector) > MaxPolicyText {
		return fmt.Errorf("selector: 1 to %d bytes expected", MaxPolicyText)
	}
	switch r.Text {
	case TextHide, TextMask, TextLabels, TextShow:
		return nil
	}
	return fmt.Errorf("text: hide, mask, labels or show expected, got %q", r.Text)
}

// isName tells up to 40 of a-z 0-9 . - that begin with a letter or digit.
func isName(s string) bool {
	if s == "" || len(s) > 40 || s[0] == '.' || s[0] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// isDomain tells two or more labels of a-z 0-9 -.
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if !isName(label) {
			return false
		}
	}
	return len(labels) > 1
}

func checkPath(path string) error {
	if !strings.HasPrefix(path, "/") || len(path) > MaxPolicyText || strings.ContainsAny(path, "?#") {
		return fmt.Errorf("path: up to %d bytes, beginning with a slash, without ? and # expected, got %q", MaxPolicyText, path)
	}
	if strings.Contains(path, "***") {
		return fmt.Errorf("path: * or ** expected, got %q", path)
	}
	return nil
}

// checkOrigin wants the origin as a browser writes it (WHATWG URL, serialisation of an origin), so that comparing
// strings compares origins.
func checkOrigin(origin, domain string) error {
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Scheme+"://"+u.Host != origin ||
		origin != strings.ToLower(origin) || strings.HasSuffix(origin, ":") ||
		(u.Scheme == "http" && u.Port() == "80") || (u.Scheme == "https" && u.Port() == "443") {
		return fmt.Errorf("origins: scheme://host or scheme://host:port expected, without slash and without the usual port, got %q", origin)
	}
	if host := u.Hostname(); host != domain && !strings.HasSuffix(host, "."+domain) {
		return fmt.Errorf("origins: a host under %s expected, got %q", domain, origin)
	}
	return nil
}

// Domain is the registrable domain under which all origins lie.
func (p *Policy) Domain() string { return p.fields.Domain }

// Origins lists the agency's origins, a copy.
func (p *Policy) Origins() []string { return slices.Clone(p.fields.Origins) }

// Labels are the pages' labels by rule id: all that the agent's console needs of a policy.
func (p *Policy) Labels() map[string]string {
	labels := make(map[string]string, len(p.fields.Pages))
	for _, page := range p.fields.Pages {
		labels[page.ID] = page.Label
	}
	return labels
}

// Hash is the lower-case hex SHA-256 of the policy's bytes, the value that a script tag may pin.
func (p *Policy) Hash() string { return p.hash }

// Raw is the policy as it was read, byte for byte, a copy.
func (p *Policy) Raw() []byte { return slices.Clone(p.raw) }

// Page finds the first page that matches an origin and a path (no query, no fragment). False: the page is not shown.
func (p *Policy) Page(origin, path string) (PolicyPage, bool) {
	if !slices.Contains(p.fields.Origins, origin) {
		return PolicyPage{}, false
	}
	for _, page := range p.fields.Pages {
		if (page.Origin == "" || page.Origin == origin) && matchPath(page.Path, path) {
			return page, true
		}
	}
	return PolicyPage{}, false
}

// matchPath compares with one row of states, so that no pattern costs more than len(pattern) * len(path).
func matchPath(pattern, path string) bool {
	row := make([]bool, len(path)+1) // row[i]: the pattern so far matches path[:i]
	row[0] = true
	for pattern != "" {
		next := make([]bool, len(path)+1)
		switch {
		case strings.HasPrefix(pattern, "*"):
			deep := strings.HasPrefix(pattern, "**")
			next[0] = row[0]
			for i := range len(path) {
				next[i+1] = row[i+1] || (next[i] && (deep || path[i] != '/'))
			}
			pattern = pattern[1:]
			if deep {
				pattern = pattern[1:]
			}
		default:
			for i := range len(path) {
				next[i+1] = row[i] && path[i] == pattern[0]
			}
			pattern = pattern[1:]
		}
		row = next
	}
	return row[len(path)]
}
