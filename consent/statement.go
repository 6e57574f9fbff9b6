package consent

// Room: consent. The statement: what the applicant reads before the code is sent, by version and language.

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

//go:embed statements/*.json
var statementFiles embed.FS

// DefaultLanguage is what everyone gets for whose language there is no statement yet.
const DefaultLanguage = "en"

// Statement is one version of the consent text in one language.
type Statement struct {
	Version  string   `json:"version"`
	Language string   `json:"language"` // BCP 47, the primary subtag
	Title    string   `json:"title"`
	Points   []string `json:"points"` // short sentences, one thought each
}

// StatementRef names a statement without repeating it.
type StatementRef struct {
	Version  string `json:"version"`
	Hash     string `json:"hash"`
	Language string `json:"language"`
}

// Hash is the lower-case hex SHA-256 over version, language, title and points, each on a line of its own that ends with
// a line feed. Anyone can recompute it with printf and sha256sum from the text on the screen.
func (s Statement) Hash() string {
	sum := sha256.Sum256([]byte(strings.Join(s.lines(), "\n") + "\n"))
	return hex.EncodeToString(sum[:])
}

// Ref names the statement.
func (s Statement) Ref() StatementRef {
	return StatementRef{Version: s.Version, Hash: s.Hash(), Language: s.Language}
}

func (s Statement) lines() []string {
	return append([]string{s.Version, s.Language, s.Title}, s.Points...)
}

func (s Statement) check() error {
	if !isName(s.Version) || !isName(s.Language) || len(s.Points) == 0 {
		return errors.New("version, language, title and points expected")
	}
	for _, line := range s.lines() {
		if strings.TrimSpace(line) == "" || strings.ContainsAny(line, "\r\n") {
			return errors.New("lines with text and without line feeds expected")
		}
	}
	return nil
}

// Statements is the set in force: one version in several languages. Immutable, safe for concurrent use.
type Statements struct {
	byLanguage map[string]Statement
}

// LoadStatements reads the statements that are built in.
func LoadStatements() (*Statements, error) {
	entries, err := statementFiles.ReadDir("statements")
	if err != nil {
		return nil, fmt.Errorf("statements: %w", err)
	}
	var all []Statement
	for _, entry := range entries {
		raw, err := statementFiles.ReadFile("statements/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("statements: %w", err)
		}
		var s Statement
		if err := decodeStrict(raw, &s); err != nil {
			return nil, fmt.Errorf("statements: %s: %w", entry.Name(), err)
		}
		if entry.Name() != s.Language+".json" {
			return nil, fmt.Errorf("statements: %s: the language that the file is named by expected, got %q", entry.Name(), s.Language)
		}
		all = append(all, s)
	}
	return NewStatements(all...)
}

// NewStatements makes a set. All must have one version and different languages, and DefaultLanguage must be among them.
func NewStatements(all ...Statement) (*Statements, error) {
	set := &Statements{byLanguage: make(map[string]Statement, len(all))}
	for _, s := range all {
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("statement %q: %w", s.Language, err)
		}
		if s.Version != all[0].Version {
			return nil, fmt.Errorf("statement %q: version %q expected as in %q, got %q", s.Language, all[0].Version, all[0].Language, s.Version)
		}
		if _, twice := set.byLanguage[s.Language]; twice {
			return nil, fmt.Errorf("statement %q: came twice", s.Language)
		}
		set.byLanguage[s.Language] = s
	}
	if _, ok := set.byLanguage[DefaultLanguage]; !ok {
		return nil, fmt.Errorf("statements: one in %q expected", DefaultLanguage)
	}
	return set, nil
}

// For is the statement in a language (a BCP 47 tag; only its primary subtag counts), or in DefaultLanguage.
func (s *Statements) For(language string) Statement {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if found, ok := s.byLanguage[primary]; ok {
		return found
	}
	return s.byLanguage[DefaultLanguage]
}

// ByVersion is the statement that an applicant claims to have read. False if it is not in force in that language: then
// what was read is not what would be consented to.
func (s *Statements) ByVersion(version, language string) (Statement, bool) {
	found, ok := s.byLanguage[language]
	return found, ok && found.Version == version
}
