package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// config is the JSON that a document starts with.
func config(t *testing.T, document string) map[string]any {
	t.Helper()
	_, after, _ := strings.Cut(document, `type="application/json">`)
	raw, _, ok := strings.Cut(after, "</script>")
	var found map[string]any
	if err := json.Unmarshal([]byte(raw), &found); err != nil || !ok {
		t.Fatalf("no configuration in %q: %v", document, err)
	}
	return found
}

// Both ends must agree on policy and statement, each by itself: the bridge hashes what it is given to use, and is given no
// hash that it could repeat instead.
func TestTheBridgeIsGivenWhatItHashes(t *testing.T) {
	port, _ := started(t)
	_, document, _ := fetch(t, "insyn.agency.localhost", port, "/bridge?form&lang=sv")
	bridge := config(t, document)
	_, document, _ = fetch(t, "desk.agency.localhost", port, "/")
	console := config(t, document)
	policy, _ := bridge["policy"].(string)
	sum := sha256.Sum256([]byte(policy))
	if got := hex.EncodeToString(sum[:]); got != console["policyHash"] {
		t.Errorf("the bridge's policy has the hash %s, the console's is %v", got, console["policyHash"])
	}
	statement, _ := bridge["statement"].(map[string]any)
	points, _ := statement["points"].([]any)
	if len(points) == 0 || statement["title"] == "" || statement["version"] == "" || statement["language"] != "sv" {
		t.Errorf("the statement is %v", statement)
	}
	for of, c := range map[string]struct {
		fields map[string]any
		want   []string
	}{
		"bridge":    {bridge, []string{"domain", "graceSeconds", "policy", "statement"}},
		"statement": {statement, []string{"language", "points", "title", "version"}},
		"console":   {console, []string{"demo", "insynOrigin", "labels", "policyHash"}},
	} {
		if got := slices.Sorted(maps.Keys(c.fields)); !slices.Equal(got, c.want) {
			t.Errorf("the %s's configuration has %v, want %v", of, got, c.want)
		}
	}
	if got, want := console["insynOrigin"], "http://insyn.agency.localhost:"+port; got != want {
		t.Errorf("the console knows Insyn's origin as %v, want %s", got, want)
	}
}

// started runs `insyn demo` until the test ends, and gives its port and what it printed first.
func started(t *testing.T, args ...string) (port, greeting string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- runDemo(ctx, append([]string{"--listen", "127.0.0.1:0", "--" + unconfinedFlag}, args...), write)
		_ = write.Close()
	}()
	t.Cleanup(func() {
		cancel()
		go func() { _, _ = io.Copy(io.Discard, read) }()
		if err := <-done; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	printed := make([]byte, 4096)
	n, err := io.ReadAtLeast(read, printed, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(printed[:n]), "http://desk.agency.localhost:")
	if !ok {
		t.Fatalf("no address of the desk in %q", printed[:n])
	}
	port, _, _ = strings.Cut(after, "/")
	return port, string(printed[:n])
}

func fetch(t *testing.T, host, port, path string) (int, string, http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+port+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host + ":" + port
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body), answer.Header
}

func TestHostsLeadToTheirOwnRoomsOnly(t *testing.T) {
	port, greeting := started(t)
	if want := "Ctrl-C ends it.\n\n"; !strings.HasSuffix(greeting, want) {
		t.Errorf("the greeting ends with %q, want %q", greeting[max(0, len(greeting)-len(want)):], want)
	}
	if strings.Contains(greeting, "Earlier builds") {
		t.Errorf("earlier builds where there are none: %s", greeting)
	}
	for _, c := range []struct {
		host, path string
		status     int
		holds      string
	}{
		{"desk.agency.localhost", "/", 200, "Insyn"},
		{"desk.agency.localhost", "/view", 200, "Applicant's page"},
		{"desk.agency.localhost", "/bridge", 404, ""},
		{"desk.agency.localhost", "/consent", 404, ""},
		{"desk.agency.localhost", "/mirror.js", 404, ""},
		{"insyn.agency.localhost", "/bridge?form&lang=sv", 200, `"language":"sv"`},
		{"insyn.agency.localhost", "/mirror.js", 200, ""},
		{"insyn.agency.localhost", "/api/whoami", 404, ""},
		{"insyn.agency.localhost", "/metrics", 404, ""},
		{"www.agency.localhost", "/en/support", 200, `data-insyn="consent"`},
		{"www.agency.localhost", "/signal", 404, ""},
		{"my.agency.localhost", "/sv/", 200, "integrity=\"sha384-"},
		{"social.localhost", "/en/", 200, ""},
		{"127.0.0.1", "/metrics", 200, "insyn_sessions_open 0"},
		{"elsewhere.example", "/", 421, ""},
	} {
		status, body, _ := fetch(t, c.host, port, c.path)
		if status != c.status || !strings.Contains(body, c.holds) {
			t.Errorf("%s%s: %d, holds %q: %t, want %d", c.host, c.path, status, c.holds, strings.Contains(body, c.holds), c.status)
		}
	}
}

func TestYourOwnPagesGetTheScript(t *testing.T) {
	port, _ := started(t, "--pages", "testdata/pages")
	status, body, header := fetch(t, "www.agency.localhost", port, "/pages/index.html")
	if status != http.StatusOK || !strings.Contains(body, "/mirror.") || !strings.Contains(body, "Hello") {
		t.Errorf("%d %q, want the page with the script", status, body)
	}
	if csp := header.Get("Content-Security-Policy"); csp != "" {
		t.Errorf("a policy of ours on somebody else's page: %q", csp)
	}
}

func TestTheReportListsYourPages(t *testing.T) {
	port, greeting := started(t, "--pages", "testdata/pages", "--report")
	if !strings.Contains(greeting, "/report/") {
		t.Errorf("the greeting does not say where the report is: %s", greeting)
	}
	status, body, header := fetch(t, "www.agency.localhost", port, "/report/")
	if status != http.StatusOK || !strings.Contains(body, `"pages":["index.html"]`) || !strings.Contains(body, "/assets/report.") {
		t.Errorf("%d %q, want the list of pages", status, body)
	}
	if csp := header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; script-src http://insyn.") {
		t.Errorf("the report's policy is %q", csp)
	}
	port, _ = started(t, "--pages", "testdata/pages")
	if status, _, _ := fetch(t, "www.agency.localhost", port, "/report/"); status != http.StatusNotFound {
		t.Errorf("%d without --report, want 404", status)
	}
}

func TestFlagsThatMakeNoSenseSaySo(t *testing.T) {
	for want, args := range map[string][]string{
		"--help lists":                  {"demo", "--no-such-flag"},
		"expected flags":                {"demo", "stray"},
		"--listen takes":                {"demo", "--listen", "nowhere.invalid:1"},
		"OutboxBytes":                   {"demo", "--listen", "127.0.0.1:0", "--outbox", "1"},
		"readable folder":               {"demo", "--listen", "127.0.0.1:0", "--pages", "testdata/absent"},
		"--earlier testdata":            {"demo", "--listen", "127.0.0.1:0", "--earlier", "testdata/absent"},
		"--report goes with":            {"demo", "--listen", "127.0.0.1:0", "--report"},
		"--policy with":                 {"demo", "--listen", "127.0.0.1:0", "--pages", "testdata/pages", "--policy", "x"},
		"one JSON value":                {"demo", "--listen", "127.0.0.1:0", "--pages", "testdata/pages", "--report", "--policy", "testdata/bad-policy.json"},
		"--assets beside it":            {"version", "--write", "testdata"},
		"folder that exists":            {"version", "--assets", "--write", "testdata/absent"},
		"expected demo, selfcheck or v": {"dance"},
	} {
		err := run(t.Context(), args, nil, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("insyn %s: %v, want it to say %q", strings.Join(args, " "), err, want)
		}
	}
}

func TestHelpAndVersionNeedNothing(t *testing.T) {
	for _, args := range [][]string{{}, {"help"}, {"demo", "--help"}, {"version"}, {"version", "--assets"}} {
		var out strings.Builder
		if err := run(t.Context(), args, nil, &out); err != nil || out.Len() == 0 {
			t.Errorf("insyn %s: %v, %d bytes", strings.Join(args, " "), err, out.Len())
		}
	}
}
