package web

// Room: web. What the documents and assets say in their headers, since that is what holds the browsers to their word.

import (
	"crypto/sha512"
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

const (
	agency = "https://www.agency.example"
	signal = "wss://insyn.agency.example"
)

func load(t *testing.T) Assets {
	t.Helper()
	assets, err := LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	return assets
}

func get(t *testing.T, handler http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer
}

// directives are a policy's, by name.
func directives(t *testing.T, answer *httptest.ResponseRecorder) map[string]string {
	t.Helper()
	found := map[string]string{}
	for directive := range strings.SplitSeq(answer.Header().Get("Content-Security-Policy"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), " ")
		found[name] = value
	}
	return found
}

func wantDirectives(t *testing.T, answer *httptest.ResponseRecorder, want map[string]string) {
	t.Helper()
	got := directives(t, answer)
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if all := answer.Header().Get("Content-Security-Policy"); strings.Contains(all, "unsafe-eval") {
		t.Errorf("the policy allows eval: %s", all)
	}
}

func TestTheBridgeIsFramedByAgencyPagesOnly(t *testing.T) {
	bridge, err := load(t).Bridge([]string{agency}, signal, func(language string) any { return map[string]string{"asked": language} })
	if err != nil {
		t.Fatal(err)
	}
	answer := get(t, bridge, "/bridge?form&lang=so")
	wantDirectives(t, answer, map[string]string{
		"default-src": "'none'", "script-src": "'self'", "connect-src": "'self' " + signal, "frame-ancestors": agency,
		"form-action": "'none'", "base-uri": "'none'",
	})
	if got := answer.Header().Get("Origin-Agent-Cluster"); got != "?1" {
		t.Errorf("Origin-Agent-Cluster is %q, want ?1: a same-site frame shares the page's main thread otherwise", got)
	}
	if !strings.Contains(answer.Body.String(), `{"asked":"so"}`) {
		t.Error("the document does not hold the asked language's configuration")
	}
}

func TestConfigurationCannotLeaveItsBlock(t *testing.T) {
	console, err := load(t).Console(signal, map[string]string{"label": "</script><script>alert(1)</script>"})
	if err != nil {
		t.Fatal(err)
	}
	if body := get(t, console, "/").Body.String(); strings.Contains(body, "<script>alert") {
		t.Error("a label broke out of the configuration")
	}
}

func TestTheConsoleLoadsNothingFromElsewhere(t *testing.T) {
	console, err := load(t).Console(signal, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantDirectives(t, get(t, console, "/"), map[string]string{
		"default-src": "'none'", "script-src": "'self'", "frame-src": "'self'", "frame-ancestors": "'none'",
		"require-trusted-types-for": "'script'",
	})
}

func TestTheViewIsHermetic(t *testing.T) {
	view, err := load(t).View()
	if err != nil {
		t.Fatal(err)
	}
	answer := get(t, view, "/view")
	wantDirectives(t, answer, map[string]string{
		"default-src": "'none'", "script-src": "", "connect-src": "", "frame-src": "'none'", "img-src": "data: blob:",
		"font-src": "data: blob:", "form-action": "'none'", "base-uri": "'none'", "sandbox": "allow-same-origin",
	})
	if strings.Contains(answer.Body.String(), "<script") {
		t.Error("the view's document has a script")
	}
}

// A Worker is under its own script's policy: it may talk to its server and load scripts of ours, and that is all.
func TestAWorkerReachesNothingElse(t *testing.T) {
	assets := load(t)
	handler := assets.Handler(signal, Earlier{})
	for _, name := range []string{"bridge-worker.js", "console-worker.js", "mirror-core.js"} {
		got := directives(t, get(t, handler, "/assets/"+assets[name].File))
		want := map[string]string{"default-src": "'none'", "script-src": "'self'", "connect-src": signal}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v and nothing else", name, got, want)
		}
	}
}

// What is listed for comparing is the integrity of what is there.
func TestIntegritiesAreTrue(t *testing.T) {
	assets := load(t)
	handler := assets.Handler(signal, Earlier{})
	of := func(body []byte) string {
		sum := sha512.Sum384(body)
		return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	for name, asset := range assets {
		if got := of(get(t, handler, "/assets/"+asset.File).Body.Bytes()); got != asset.Integrity {
			t.Errorf("%s: served with %s, listed with %s", name, got, asset.Integrity)
		}
	}
	documents, err := Documents()
	if err != nil || len(documents) != 3 {
		t.Fatalf("documents %v, %v, want three", documents, err)
	}
	for _, document := range documents {
		body, err := os.ReadFile("dist/" + document.File)
		if err != nil || of(body) != document.Integrity {
			t.Errorf("%s: built with %s, listed with %s, %v", document.File, of(body), document.Integrity, err)
		}
	}
}

func TestAssetsAreKeptForEverUnderTheirHashOnly(t *testing.T) {
	assets := load(t)
	handler := assets.Handler(signal, Earlier{})
	pinned, integrity := assets.Script()
	if !strings.HasPrefix(integrity, "sha384-") {
		t.Errorf("integrity is %q, want sha384", integrity)
	}
	for path, want := range map[string]string{pinned: "immutable", "/assets/" + assets["bridge.js"].File: "immutable", "/mirror.js": "max-age=300"} {
		answer := get(t, handler, path)
		if answer.Code != http.StatusOK || !strings.Contains(answer.Header().Get("Cache-Control"), want) {
			t.Errorf("%s: %d, %q, want %s", path, answer.Code, answer.Header().Get("Cache-Control"), want)
		}
		if got := answer.Header().Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%s: Access-Control-Allow-Origin is %q, want *: integrity checks need it", path, got)
		}
	}
	for _, path := range []string{"/assets/manifest.json", "/mirror-core.js", "/" + assets["mirror-core.js"].File, "/assets/..%2fmanifest.json", "/assets/mirror.0000.js"} {
		if code := get(t, handler, path).Code; code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, code)
		}
	}
}
