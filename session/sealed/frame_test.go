package sealed

// Room: session/sealed. What a frame gives out, pinned: whoever adds a way to look inside turns this red.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const canary = "canary-payload"

func take(t *testing.T) (Frame, []byte) {
	t.Helper()
	buffer := append(bytes.Repeat([]byte{7}, HeaderSize), canary...)
	f, ok := Take(buffer)
	if !ok {
		t.Fatal("a whole frame was refused")
	}
	return f, buffer
}

func TestAFrameCanDoNoMoreThanARelayNeeds(t *testing.T) {
	want := []string{"Format", "Header", "Size", "Wipe", "WriteTo"}
	for _, of := range []reflect.Type{reflect.TypeFor[Frame](), reflect.TypeFor[*Frame]()} {
		var got []string
		for i := range of.NumMethod() {
			got = append(got, of.Method(i).Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v has the methods %v, want %v: the payload is not the server's to look at", of, got, want)
		}
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Frame]()) {
		if field.IsExported() {
			t.Errorf("the field %s is there for everyone", field.Name)
		}
	}
}

// A getter need not be a method.
func TestTheRoomHasNoOtherDoor(t *testing.T) {
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, exported(parsed)...)
	}
	slices.Sort(got)
	if want := []string{"Frame", "HeaderSize", "Take"}; !slices.Equal(got, want) {
		t.Errorf("the package exports %v, want %v", got, want)
	}
}

// exported lists the exported names of a file's own scope.
func exported(file *ast.File) (names []string) {
	add := func(idents ...*ast.Ident) {
		for _, ident := range idents {
			if ident.IsExported() {
				names = append(names, ident.Name)
			}
		}
	}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					add(s.Name)
				case *ast.ValueSpec:
					add(s.Names...)
				}
			}
		}
	}
	return names
}

func TestPrintingAFrameSaysItsSizeOnly(t *testing.T) {
	f, _ := take(t)
	for _, value := range []any{f, &f, struct{ F Frame }{f}, []Frame{f}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%c"} {
			got := fmt.Sprintf(verb, value)
			if !strings.Contains(got, "sealed frame of 30 bytes") || strings.Contains(got, canary) {
				t.Errorf("%s of a %T: %q, want the size only", verb, value, got)
			}
		}
	}
	if got, err := json.Marshal([]any{f}); err != nil || string(got) != "[{}]" {
		t.Errorf("as JSON: %s, %v, want nothing", got, err)
	}
}

func TestAFrameGoesOutAsItCameAndIsGoneThen(t *testing.T) {
	f, buffer := take(t)
	if f.Size() != len(buffer) || f.Header() != [HeaderSize]byte(buffer) {
		t.Errorf("size %d, header %x, want %d and %x", f.Size(), f.Header(), len(buffer), buffer[:HeaderSize])
	}
	header := f.Header()
	clear(header[:])
	var out bytes.Buffer
	n, err := f.WriteTo(&out)
	if err != nil || n != int64(len(buffer)) || !bytes.Equal(out.Bytes(), buffer) || out.Bytes()[0] != 7 {
		t.Errorf("wrote %d bytes %q, %v, want %q", n, out.Bytes(), err, buffer)
	}
	f.Wipe()
	if !bytes.Equal(buffer, make([]byte, len(buffer))) {
		t.Errorf("after wiping the buffer holds %q, want zeros", buffer)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 3, errors.New("broken line") }

func TestABrokenLineIsTold(t *testing.T) {
	f, _ := take(t)
	if n, err := f.WriteTo(broken{}); n != 3 || err == nil {
		t.Errorf("got %d, %v, want 3 and the line's error", n, err)
	}
}

func TestLessThanAHeaderIsNoFrame(t *testing.T) {
	for _, n := range []int{0, 1, HeaderSize - 1} {
		if f, ok := Take(make([]byte, n)); ok || f.Size() != 0 {
			t.Errorf("%d bytes: %v, a frame of %d, want none", n, ok, f.Size())
		}
	}
	if f, ok := Take(make([]byte, HeaderSize)); !ok || f.Size() != HeaderSize {
		t.Errorf("a header alone: %v, %d bytes, want a frame", ok, f.Size())
	}
	var none Frame
	none.Wipe()
	if none.Header() != [HeaderSize]byte{} {
		t.Error("the zero frame has a header")
	}
}
