package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// started runs `insyn demo` until the test ends, and gives what it printed up to the first address.
func started(t *testing.T, args ...string) (desk string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- runDemo(ctx, append([]string{"--listen", "127.0.0.1:0"}, args...), write)
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
	port, _, _ := strings.Cut(after, "/")
	if !ok {
		t.Fatalf("no address of the desk in %q", printed[:n])
	}
	return port
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
	port := started(t)
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
	port := started(t, "--pages", "testdata/pages")
	status, body, header := fetch(t, "www.agency.localhost", port, "/pages/index.html")
	if status != http.StatusOK || !strings.Contains(body, "/mirror.") || !strings.Contains(body, "Hello") {
		t.Errorf("%d %q, want the page with the script", status, body)
	}
	if csp := header.Get("Content-Security-Policy"); csp != "" {
		t.Errorf("a policy of ours on somebody else's page: %q", csp)
	}
}

func TestFlagsThatMakeNoSenseSaySo(t *testing.T) {
	for want, args := range map[string][]string{
		"--help lists":       {"demo", "--no-such-flag"},
		"expected flags":     {"demo", "stray"},
		"--listen takes":     {"demo", "--listen", "nowhere.invalid:1"},
		"OutboxBytes":        {"demo", "--listen", "127.0.0.1:0", "--outbox", "1"},
		"readable folder":    {"demo", "--listen", "127.0.0.1:0", "--pages", "testdata/absent"},
		"expected demo or v": {"dance"},
	} {
		err := run(t.Context(), args, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("insyn %s: %v, want it to say %q", strings.Join(args, " "), err, want)
		}
	}
}

func TestHelpAndVersionNeedNothing(t *testing.T) {
	for _, args := range [][]string{{}, {"help"}, {"demo", "--help"}, {"version"}, {"version", "--assets"}} {
		var out strings.Builder
		if err := run(t.Context(), args, &out); err != nil || out.Len() == 0 {
			t.Errorf("insyn %s: %v, %d bytes", strings.Join(args, " "), err, out.Len())
		}
	}
}
