// Package selfcheck shows that nothing is kept, to somebody who does not trust us: [Look] examines a running process from
// outside, by what the kernel says of it; [Drill] runs a whole session against a process of its own and searches for what
// was in it. Both give a [Report] of claims, each with a verdict and what was seen.
//
// A claim that could not be looked into is never a pass.
package selfcheck

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Verdict is what became of a claim.
type Verdict string

// The verdicts.
const (
	Holds     Verdict = "holds"
	Fails     Verdict = "fails"
	Unknown   Verdict = "unknown"       // it could not be looked into here; not a pass
	NotLooked Verdict = "not looked at" // nobody asked for it, or what it is about is not here; not a pass either
)

// Claim is one promise, and what was seen of it.
type Claim struct {
	Name    string   `json:"name"`
	Promise string   `json:"promise"`
	Verdict Verdict  `json:"verdict"`
	Seen    []string `json:"seen"`
}

// Report is what a check gives.
type Report struct {
	Of     string   `json:"of"`
	Claims []Claim  `json:"claims"`
	Blind  []string `json:"blind"` // what this check cannot see
}

func (r *Report) add(name, promise string, verdict Verdict, seen ...string) {
	if seen == nil {
		seen = []string{}
	}
	r.Claims = append(r.Claims, Claim{name, promise, verdict, seen})
}

// Verdict is that of all claims together: the worst, NotLooked aside.
func (r *Report) Verdict() Verdict {
	verdict := Holds
	for _, c := range r.Claims {
		switch c.Verdict {
		case Fails:
			return Fails
		case Unknown:
			verdict = Unknown
		default:
		}
	}
	if len(r.Claims) == 0 {
		return Unknown
	}
	return verdict
}

// Status is the exit status: 0 every claim holds, 1 one fails, 2 none fails and one could not be looked into.
func (r *Report) Status() int {
	switch r.Verdict() {
	case Holds:
		return 0
	case Fails:
		return 1
	default:
		return 2
	}
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", r.Of)
	for _, c := range r.Claims {
		fmt.Fprintf(&b, "%-14s %s: %s\n", strings.ToUpper(string(c.Verdict)), c.Name, c.Promise)
		for _, seen := range c.Seen {
			fmt.Fprintf(&b, "%-14s   %s\n", "", seen)
		}
	}
	if len(r.Blind) > 0 {
		b.WriteString("\nWhat this cannot see:\n")
		for _, blind := range r.Blind {
			fmt.Fprintf(&b, "  - %s\n", blind)
		}
	}
	fmt.Fprintf(&b, "\nAll together: %s. %s\n", r.Verdict(), map[Verdict]string{
		Holds:   "Every claim that was looked into holds.",
		Fails:   "At least one claim does not hold.",
		Unknown: "None was seen to fail, but not every one could be looked into. That is not a pass.",
	}[r.Verdict()])
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the report for machines: the fields of Report, and the verdict of all.
func (r *Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		*Report
		Verdict Verdict `json:"verdict"`
	}{r, r.Verdict()})
}
