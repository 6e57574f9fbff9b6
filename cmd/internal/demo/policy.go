package demo

// The demo's policy: which pages may be mirrored, and what of their text.

import (
	"encoding/json"
	"fmt"

	"insyn/consent"
)

// In patterns, * is a run without a slash and ** any run; the first match wins. A page that nothing matches is never
// shown. The labels are what the agent reads instead of an address.
type policyFile struct {
	Version string               `json:"version"`
	Domain  string               `json:"domain"`
	Origins []string             `json:"origins"`
	Fetch   []string             `json:"fetch"`
	Pages   []consent.PolicyPage `json:"pages"`
	Rules   []consent.PolicyRule `json:"rules"`
}

// Policy is the policy of the demo agency as JSON: public pages are shown; behind the log-in headings, labels and help
// stay readable and all else is masked, with exceptions where a support agent must see in order to help.
// The rule for /pages/ is there only with Config.PagesDir.
func Policy(c Config) ([]byte, error) {
	o := c.Origins
	p := policyFile{
		Version: "demo-1",
		Domain:  Domain,
		Origins: []string{o.WWW, o.My},
		Fetch:   []string{o.WWW, o.My},
		Pages: []consent.PolicyPage{
			{ID: "start", Label: "Start page", Origin: o.WWW, Path: "/*/", Text: "show"},
			{ID: "support", Label: "Technical support", Origin: o.WWW, Path: "/*/support", Text: "show"},
			{ID: "social", Label: "Social media", Origin: o.WWW, Path: "/*/social", Text: "show"},
			{ID: "about", Label: "About the agency", Origin: o.WWW, Path: "/*/about", Text: "show"},
			{ID: "login", Label: "My Page: log in", Origin: o.My, Path: "/*/", Text: "labels"},
			{ID: "overview", Label: "My Page: overview", Origin: o.My, Path: "/*/overview", Text: "labels"},
			{ID: "appointment", Label: "My Page: appointment", Origin: o.My, Path: "/*/appointment", Text: "labels"},
			{ID: "times", Label: "My Page: free times", Origin: o.My, Path: "/*/times", Text: "show"},
			{ID: "booking", Label: "My Page: booking", Origin: o.My, Path: "/*/booking**", Text: "labels", Choices: "show"},
		},
		Rules: []consent.PolicyRule{
			// What the agent needs in order to say "the third one", and what says nothing about the person.
			{Path: "/*/booking**", Selector: "#calendar", Text: "show"},
			{Path: "/*/booking**", Selector: ".steps", Text: "show"},
			{Path: "/*/overview", Selector: "#events thead", Text: "show"},
			{Selector: ".site-footer", Text: "show"},
			{Path: "/*/booking**", Selector: ".answers dd", Text: "mask"},
		},
	}
	if c.PagesDir != "" {
		// First, since "/*/" would take /pages/ for a language.
		own := consent.PolicyPage{ID: "pages", Label: "Your own pages", Origin: o.WWW, Path: pagesPrefix + "**", Text: "show"}
		p.Pages = append([]consent.PolicyPage{own}, p.Pages...)
	}
	out, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("demo: policy: %w", err)
	}
	return append(out, '\n'), nil
}
