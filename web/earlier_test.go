package web

// Room: web. What agency pages have pinned stays served after an upgrade, and nothing passes for it.

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// built is a file as the build names it.
func built(name, extension, contents string) (string, *fstest.MapFile) {
	sum := sha256.Sum256([]byte(contents))
	return name + "." + hex.EncodeToString(sum[:])[:16] + "." + extension, &fstest.MapFile{Data: []byte(contents)}
}

// folder is one earlier build: a loader, its core and a style.
func folder() (all fstest.MapFS, mirror, core, style string) {
	all = fstest.MapFS{}
	core, capture := built("mirror-core", "js", "the core of an earlier build")
	mirror, loader := built("mirror", "js", "load(`/assets/"+core+"`)")
	style, css := built("bridge", "css", "body{}")
	all[mirror], all[core], all[style] = loader, capture, css
	return all, mirror, core, style
}

func TestAnEarlierBuildStaysServed(t *testing.T) {
	all, mirror, core, style := folder()
	earlier, err := ReadEarlier(all)
	if err != nil {
		t.Fatal(err)
	}
	assets := load(t)
	handler := assets.Handler(signal, earlier)
	present := get(t, handler, "/assets/"+assets["mirror-core.js"].File)
	for path, want := range map[string]string{
		"/" + mirror: string(all[mirror].Data), "/assets/" + mirror: string(all[mirror].Data), "/assets/" + core: string(all[core].Data),
		"/assets/" + style: "body{}",
	} {
		answer := get(t, handler, path)
		if answer.Code != http.StatusOK || answer.Body.String() != want {
			t.Errorf("%s: %d %q, want %q", path, answer.Code, answer.Body, want)
		}
		for name, values := range present.Header() {
			if got := answer.Header().Values(name); name != "Content-Type" && !slices.Equal(got, values) {
				t.Errorf("%s: %s is %q, want %q as for the build of today", path, name, got, values)
			}
		}
	}
	if got := get(t, handler, "/assets/"+style).Header().Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("an earlier style is %s", got)
	}
	if code := get(t, handler, "/"+core).Code; code != http.StatusNotFound {
		t.Errorf("an earlier core at the root: %d, want 404 as for the one of today", code)
	}
	pinned, _ := assets.Script()
	today := get(t, handler, pinned).Body.String()
	if alias := get(t, handler, "/mirror.js").Body.String(); alias != today || alias == string(all[mirror].Data) {
		t.Error("/mirror.js is not the build of today")
	}
	if want := []string{"/" + mirror, pinned}; !slices.Equal(slices.Sorted(slices.Values(want)), assets.Scripts(earlier)) {
		t.Errorf("scripts %v, want %v", assets.Scripts(earlier), want)
	}
}

func TestWhatIsBuiltInMayLieInTheFolderToo(t *testing.T) {
	assets := load(t)
	all := fstest.MapFS{}
	for _, asset := range assets {
		body, err := assets.Read(asset.File)
		if err != nil {
			t.Fatal(err)
		}
		all[asset.File] = &fstest.MapFile{Data: body}
	}
	earlier, err := ReadEarlier(all)
	if err != nil {
		t.Fatal(err)
	}
	pinned, _ := assets.Script()
	if got := assets.Scripts(earlier); !slices.Equal(got, []string{pinned}) {
		t.Errorf("scripts %v, want %s once", got, pinned)
	}
	if code := get(t, assets.Handler(signal, earlier), pinned).Code; code != http.StatusOK {
		t.Errorf("%s: %d", pinned, code)
	}
}

// A page that has pinned a loader would get it, and nothing of what it loads.
func TestALoaderWithoutItsCoreIsRefused(t *testing.T) {
	assets := load(t)
	today := fstest.MapFS{}
	for _, name := range []string{"mirror.js", "mirror-core.js"} {
		body, err := assets.Read(assets[name].File)
		if err != nil {
			t.Fatal(err)
		}
		today[assets[name].File] = &fstest.MapFile{Data: body}
	}
	before, mirror, core, _ := folder()
	for title, c := range map[string]struct {
		all          fstest.MapFS
		mirror, core string
	}{
		"of before":     {before, mirror, core},
		"as built here": {today, assets["mirror.js"].File, assets["mirror-core.js"].File},
	} {
		if _, err := ReadEarlier(c.all); err != nil {
			t.Errorf("%s, with its core: %v", title, err)
		}
		delete(c.all, c.core)
		name, other := built("mirror-core", "js", "the core of another build")
		c.all[name] = other
		earlier, err := ReadEarlier(c.all)
		if err == nil || !strings.HasPrefix(err.Error(), c.mirror+": ") || !strings.Contains(err.Error(), c.core) || len(earlier.files) != 0 {
			t.Errorf("%s, without its core: %v and %d files, want %s and %s named and none", title, err, len(earlier.files), c.mirror, c.core)
		}
	}
}

func TestWhatIsNotAnEarlierBuildIsRefusedByName(t *testing.T) {
	_, mirror, core, _ := folder()
	for title, c := range map[string]struct {
		name string
		file *fstest.MapFile
		says string
	}{
		"a tampered loader":  {mirror, &fstest.MapFile{Data: []byte("load(`/assets/" + core + "`);evil()")}, "SHA-256 begins with"},
		"a tampered core":    {core, &fstest.MapFile{}, "SHA-256 begins with"},
		"a note":             {"README.txt", &fstest.MapFile{}, "named like"},
		"the manifest":       {"manifest.json", &fstest.MapFile{}, "named like"},
		"no hash":            {"mirror.js", &fstest.MapFile{}, "named like"},
		"a short hash":       {"mirror.0123456789abcde.js", &fstest.MapFile{}, "named like"},
		"a hash in capitals": {"mirror.0123456789ABCDEF.js", &fstest.MapFile{}, "named like"},
		"no name":            {".0123456789abcdef.js", &fstest.MapFile{}, "named like"},
		"capitals":           {"Mirror.0123456789abcdef.js", &fstest.MapFile{}, "named like"},
		"a document":         {"view.0123456789abcdef.html", &fstest.MapFile{}, "named like"},
		"more dots":          {"mirror.min.0123456789abcdef.js", &fstest.MapFile{}, "named like"},
		"something hidden":   {".DS_Store", &fstest.MapFile{}, "named like"},
		"a folder":           {"mirror.0123456789abcdef.js", &fstest.MapFile{Mode: fs.ModeDir}, "named like"},
		"a link":             {mirror, &fstest.MapFile{Data: []byte(core), Mode: fs.ModeSymlink}, "named like"},
		"far too much":       {"mirror.0123456789abcdef.js", &fstest.MapFile{Data: make([]byte, MaxEarlierBytes)}, "in all files together"},
	} {
		all, _, _, _ := folder()
		all[c.name] = c.file
		earlier, err := ReadEarlier(all)
		if err == nil || !strings.HasPrefix(err.Error(), c.name+": ") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s named and %q", title, err, c.name, c.says)
		}
		if len(earlier.files) != 0 {
			t.Errorf("%s: refused, and gave %d files", title, len(earlier.files))
		}
	}
	crowd := fstest.MapFS{}
	for i := range MaxEarlierFiles + 1 {
		name, file := built("mirror", "js", fmt.Sprint(i))
		crowd[name] = file
	}
	if _, err := ReadEarlier(crowd); err == nil || !strings.Contains(err.Error(), "at most 512 files") {
		t.Errorf("a crowd: %v, want it refused", err)
	}
}
