// Package insyn_test guards the house as a whole: which room may know which.
package insyn_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows lists, for each package of ours, what of ours and of others its code may import; the standard library is free.
// Tests may import goleak besides. A package that is not listed is a new room: say here what it may know.
func arrows() map[string][]string {
	const (
		websocket    = "github.com/coder/websocket"
		securecookie = "github.com/gorilla/securecookie"
		zerolog      = "github.com/rs/zerolog"
	)
	return map[string][]string{
		"consent":            {securecookie},
		"session":            {"insyn/consent"},
		"signaling":          {"insyn/session", "insyn/consent", "insyn/signaling/identity", websocket, zerolog},
		"signaling/identity": {securecookie},
		"web":                {},
		"cmd": {
			"insyn/consent", "insyn/session", "insyn/signaling", "insyn/signaling/identity", "insyn/web", "insyn/cmd/internal/demo",
			"insyn/cmd/internal/lockdown", zerolog,
		},
	}
}

func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") && name != ".") {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(file) != ".go" || filepath.Dir(file) == "." {
			return nil
		}
		dir := filepath.ToSlash(filepath.Dir(file))
		room := dir
		if strings.HasPrefix(dir, "cmd/") {
			room = "cmd"
		}
		allowed, known := arrows()[room]
		if !known {
			t.Errorf("%s: a room without arrows", dir)
			return nil
		}
		seen[room] = true
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			first, _, _ := strings.Cut(imported, "/")
			standard := !strings.Contains(first, ".") && first != "insyn"
			inTest := strings.HasSuffix(file, "_test.go") && imported == "go.uber.org/goleak"
			if !standard && !inTest && !slices.Contains(allowed, imported) {
				t.Errorf("%s must not import %s", file, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []string{"consent", "session", "signaling", "signaling/identity"} {
		if !seen[room] {
			t.Errorf("nothing was looked at in %s", room)
		}
	}
}
