package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// listed is what `insyn version --assets` prints: integrity by file.
func listed(t *testing.T, args ...string) map[string]string {
	t.Helper()
	var out strings.Builder
	if err := run(t.Context(), append([]string{"version", "--assets"}, args...), nil, &out); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for line := range strings.Lines(out.String()) {
		file, integrity, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(integrity, "sha384-") {
			files[file] = integrity
		}
	}
	return files
}

func sha384(body []byte) string {
	sum := sha512.Sum384(body)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

func TestWhatIsListedIsWhatIsServed(t *testing.T) {
	port, _ := started(t)
	files, scripts := listed(t), 0
	for file, integrity := range files {
		if filepath.Ext(file) == ".html" {
			continue // a template: what is served holds the answer's own configuration
		}
		scripts++
		status, body, _ := fetch(t, "insyn.agency.localhost", port, "/assets/"+file)
		if got := sha384([]byte(body)); status != http.StatusOK || got != integrity {
			t.Errorf("%s: %d, served with %s, listed with %s", file, status, got, integrity)
		}
	}
	if scripts < 8 {
		t.Errorf("%d scripts and styles are listed, want all of them", scripts)
	}
	for _, document := range []string{"bridge.html", "console.html", "view.html"} {
		if files[document] == "" {
			t.Errorf("%s is not listed", document)
		}
	}
	_, body, _ := fetch(t, "desk.agency.localhost", port, "/view")
	if got := sha384([]byte(body)); got != files["view.html"] { // the one template with nothing to fill in
		t.Errorf("the view is served with %s, listed with %s", got, files["view.html"])
	}
}

func TestAnOperatorKeepsTheBuildBeforeAnUpgrade(t *testing.T) {
	kept := t.TempDir()
	files := listed(t, "--write", kept)
	entries, err := os.ReadDir(kept)
	if err != nil || len(entries) != len(files)-3 {
		t.Fatalf("%d files are kept, %v, want %d: all but the documents", len(entries), err, len(files)-3)
	}
	for _, entry := range entries {
		body, err := os.ReadFile(filepath.Join(kept, entry.Name()))
		if err != nil || sha384(body) != files[entry.Name()] {
			t.Errorf("%s: kept with %s, %v, listed with %s", entry.Name(), sha384(body), err, files[entry.Name()])
		}
	}
	listed(t, "--write", kept) // a second time changes nothing
	spoilt := entries[0].Name()
	write(t, kept, spoilt, "something else")
	err = run(t.Context(), []string{"version", "--assets", "--write", kept}, nil, io.Discard)
	if err == nil || !strings.Contains(err.Error(), spoilt+": is there with other contents") {
		t.Errorf("other contents under the same name: %v, want them named", err)
	}
	if body, err := os.ReadFile(filepath.Join(kept, spoilt)); err != nil || string(body) != "something else" {
		t.Errorf("%s was written over, %v", spoilt, err)
	}
}

// A page that was pinned to an earlier build finds it, and the core that it names, after the upgrade.
func TestAPinnedPageSurvivesAnUpgrade(t *testing.T) {
	folder := t.TempDir()
	listed(t, "--write", folder) // the build of today may lie there as well
	named := func(name, contents string) string {
		sum := sha256.Sum256([]byte(contents))
		return name + "." + hex.EncodeToString(sum[:])[:16] + ".js"
	}
	core := named("mirror-core", "core of before")
	loader := `load("/assets/` + core + `", "` + sha384([]byte("core of before")) + `")`
	mirror := named("mirror", loader)
	write(t, folder, core, "core of before")
	write(t, folder, mirror, loader)
	port, greeting := started(t, "--earlier", folder)
	if !strings.Contains(greeting, "Earlier builds of the script that stay served: 1\n") {
		t.Errorf("the greeting does not tell of it: %s", greeting)
	}
	if err := os.RemoveAll(folder); err != nil { // it was read once
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/" + mirror: loader, "/assets/" + mirror: loader, "/assets/" + core: "core of before"} {
		status, body, header := fetch(t, "insyn.agency.localhost", port, path)
		if status != http.StatusOK || body != want || !strings.Contains(header.Get("Cache-Control"), "immutable") ||
			header.Get("Access-Control-Allow-Origin") != "*" || header.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%s: %d %q %v", path, status, body, header)
		}
	}
	for host, path := range map[string]string{"insyn.agency.localhost": "/" + core, "desk.agency.localhost": "/" + mirror} {
		if status, _, _ := fetch(t, host, port, path); status != http.StatusNotFound {
			t.Errorf("%s%s: %d, want 404", host, path, status)
		}
	}
	_, page, _ := fetch(t, "www.agency.localhost", port, "/en/")
	if strings.Contains(page, mirror) {
		t.Error("the demo's own pages name the earlier build")
	}
}

func TestATamperedEarlierBuildStopsTheStart(t *testing.T) {
	for name, contents := range map[string]string{"mirror.0123456789abcdef.js": "evil()", "notes.txt": ""} {
		folder := t.TempDir()
		write(t, folder, name, contents)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // it may start after all
		var out bytes.Buffer
		err := run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--earlier", folder}, nil, &out)
		cancel()
		if err == nil || !strings.Contains(err.Error(), "--earlier "+folder+": "+name+": ") || out.Len() != 0 {
			t.Errorf("%s: %v after %q, want no start and the file named", name, err, out.String())
		}
	}
}

func write(t *testing.T, folder, name, contents string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(contents), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVersionForMachines(t *testing.T) {
	var out, list bytes.Buffer
	if err := run(t.Context(), []string{"version", "--json"}, nil, &out); err != nil {
		t.Fatal(err)
	}
	var built builtIn
	if err := json.Unmarshal(out.Bytes(), &built); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"version", "--assets"}, nil, &list); err != nil {
		t.Fatal(err)
	}
	for _, asset := range built.Assets {
		if !strings.Contains(list.String(), asset.File+" "+asset.Integrity+"\n") {
			t.Errorf("%+v is not in the list of assets", asset)
		}
	}
	if got, want := len(built.Assets), strings.Count(list.String(), "\n")-1; got != want {
		t.Errorf("%d assets, want the %d of the list", got, want)
	}
	if len(built.Filters) != 2 || built.Go == "" {
		t.Errorf("%+v", built)
	}
	for _, filter := range built.Filters {
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(filter.SHA256) || filter.Length == 0 {
			t.Errorf("%+v", filter)
		}
	}
}
