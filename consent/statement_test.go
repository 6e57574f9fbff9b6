package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func TestStatements(t *testing.T) {
	s, err := LoadStatements()
	if err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]string{"sv": "sv", "sv-FI": "sv", "SV": "sv", "en": "en", "ti": "en", "": "en", "../sv": "en"} {
		if got := s.For(asked).Language; got != want {
			t.Errorf("For(%q) is in %q, want %q", asked, got, want)
		}
	}
	en, sv := s.For("en"), s.For("sv")
	if len(en.Points) != len(sv.Points) || en.Hash() == sv.Hash() {
		t.Errorf("en has %d points, sv %d, want as many in different words", len(en.Points), len(sv.Points))
	}
	if got, ok := s.ByVersion(sv.Version, "sv"); !ok || got.Hash() != sv.Hash() {
		t.Error("the version in force was not found")
	}
	for _, c := range [][2]string{{"2020-01-01", "sv"}, {sv.Version, "ti"}, {sv.Version, ""}, {"", "sv"}} {
		if _, ok := s.ByVersion(c[0], c[1]); ok {
			t.Errorf("ByVersion(%q, %q) was found", c[0], c[1])
		}
	}
}

func TestStatementHashCanBeRecomputedByHand(t *testing.T) {
	s := Statement{Version: "1", Language: "en", Title: "T", Points: []string{"a", "b"}}
	sum := sha256.Sum256([]byte("1\nen\nT\na\nb\n"))
	if got, want := s.Hash(), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("Hash = %s, want %s", got, want)
	}
}

func TestStatementsRefuse(t *testing.T) {
	en := Statement{Version: "1", Language: "en", Title: "T", Points: []string{"a"}}
	with := func(change func(*Statement)) Statement {
		s := en
		s.Points = []string{"a"}
		change(&s)
		return s
	}
	for name, set := range map[string][]Statement{
		"none":             {},
		"without default":  {with(func(s *Statement) { s.Language = "sv" })},
		"twice":            {en, en},
		"two versions":     {en, with(func(s *Statement) { s.Language, s.Version = "sv", "2" })},
		"no points":        {with(func(s *Statement) { s.Points = nil })},
		"an empty point":   {with(func(s *Statement) { s.Points[0] = " " })},
		"a line feed":      {with(func(s *Statement) { s.Points[0] = "a\nb" })},
		"a blank title":    {with(func(s *Statement) { s.Title = "" })},
		"a strange tongue": {with(func(s *Statement) { s.Language = "E N" })},
	} {
		if _, err := NewStatements(set...); err == nil || strings.TrimSpace(err.Error()) == "" {
			t.Errorf("%s: accepted", name)
		}
	}
}
