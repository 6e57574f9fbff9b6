// Package insyn_test guards the house as a whole: which room may know which.
package insyn_test

import (
	"go/ast"
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

// arrows lists, for each package of ours, what of ours and of others its code may import; the standard library is free,
// but for the rooms of TestTheRelayHasNothingToOpenWith. A package that is not listed is a new room: say here what it may
// know.
func arrows() map[string][]string {
	const (
		websocket    = "github.com/coder/websocket"
		securecookie = "github.com/gorilla/securecookie"
		zerolog      = "github.com/rs/zerolog"
		ristretto    = "github.com/gtank/ristretto255"
	)
	return map[string][]string{
		"consent":        {securecookie},
		"session":        {"insyn/consent", "insyn/session/sealed"},
		"session/sealed": {},
		"signaling": {
			"insyn/session", "insyn/session/sealed", "insyn/consent", "insyn/signaling/identity", websocket, zerolog,
		},
		"signaling/identity": {securecookie},
		"web":                {},
		"cmd": {
			"insyn/consent", "insyn/session", "insyn/signaling", "insyn/signaling/identity", "insyn/web", "insyn/cmd/internal/demo",
			"insyn/cmd/internal/lockdown", "insyn/cmd/internal/ends", "insyn/cmd/internal/link",
			"insyn/cmd/internal/canary", "insyn/cmd/internal/chromium", "insyn/cmd/internal/selfcheck", zerolog,
		},
		"cmd/insyn-bench":       {"golang.org/x/sys/unix"},
		"cmd/internal/lockdown": {"golang.org/x/net/bpf", "golang.org/x/sys/unix"},
		// The two ends, for tools and tests: what a browser is trusted with, and the server is not.
		"cmd/internal/link": {"insyn/session", ristretto},
		"cmd/internal/ends": {
			"insyn/cmd/internal/link", "insyn/consent", "insyn/session", "insyn/signaling", "insyn/signaling/identity", websocket,
		},
	}
}

// inTests lists what the tests of a room may import besides: goleak, those of the ends what a server is made of,
// and those of the confinement what a server of names is.
func inTests(room string) []string {
	if room == "cmd/internal/ends" {
		return []string{"go.uber.org/goleak", "insyn/web", "github.com/rs/zerolog"}
	}
	if room == "cmd/internal/lockdown" {
		return []string{"golang.org/x/net/dns/dnsmessage"}
	}
	return []string{"go.uber.org/goleak"}
}

// source is one Go file of the house.
type source struct {
	file    string
	room    string
	test    bool
	imports []string
	tree    *ast.File
}

// sources reads all of the house but for this folder.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
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
		s := source{file: file, room: filepath.ToSlash(filepath.Dir(file)), test: strings.HasSuffix(file, "_test.go")}
		if _, own := arrows()[s.room]; strings.HasPrefix(s.room, "cmd/") && !own {
			s.room = "cmd"
		}
		if s.tree, err = parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution); err != nil {
			return err
		}
		for _, spec := range s.tree.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		allowed, known := arrows()[s.room]
		if !known {
			t.Errorf("%s: a room without arrows", s.file)
			continue
		}
		seen[s.room] = true
		if s.test {
			allowed = slices.Concat(allowed, inTests(s.room), []string{"insyn/" + s.room}) // from outside of it, too
		}
		for _, imported := range s.imports {
			first, _, _ := strings.Cut(imported, "/")
			standard := !strings.Contains(first, ".") && first != "insyn"
			if !standard && !slices.Contains(allowed, imported) {
				t.Errorf("%s must not import %s", s.file, imported)
			}
		}
	}
	for _, room := range []string{
		"consent", "session", "session/sealed", "signaling", "signaling/identity", "cmd/internal/link", "cmd/internal/ends",
	} {
		if !seen[room] {
			t.Errorf("nothing was looked at in %s", room)
		}
	}
}

// relaying lists the rooms that a sealed payload goes through.
func relaying() []string { return []string{"session", "session/sealed", "signaling"} }

// The server can't read what it carries: where a payload goes through there is no cipher, no derivation of keys and no
// curve, and nothing that reads what a struct keeps to itself. Of crypto those rooms know how to compare two tickets. (The
// group of the exchange is another's package, which TestArrows keeps out.)
func TestTheRelayHasNothingToOpenWith(t *testing.T) {
	looked := 0
	for _, s := range sources(t) {
		if s.test || !slices.Contains(relaying(), s.room) {
			continue
		}
		looked++
		for _, imported := range s.imports {
			crypto := (imported == "crypto" || strings.HasPrefix(imported, "crypto/")) && imported != "crypto/subtle"
			if crypto || slices.Contains([]string{"unsafe", "reflect", "C"}, imported) {
				t.Errorf("%s must not import %s: it carries what it cannot read", s.file, imported)
			}
		}
	}
	if looked < 20 {
		t.Errorf("looked at %d files, want all of the relay", looked)
	}
}

// A frame can be written to anything that takes bytes. In the relay one file does, and what it writes to is the socket.
func TestFramesAreWrittenInOnePlace(t *testing.T) {
	var found []string
	for _, s := range sources(t) {
		if s.test || !slices.Contains(relaying(), s.room) {
			continue
		}
		ast.Inspect(s.tree, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok && selector.Sel.Name == "WriteTo" {
				found = append(found, filepath.ToSlash(s.file))
			}
			return true
		})
	}
	if want := []string{"signaling/conn.go", "signaling/conn.go"}; !slices.Equal(found, want) {
		t.Errorf("WriteTo is called in %v, want %v: once for short frames, once for long ones", found, want)
	}
}
