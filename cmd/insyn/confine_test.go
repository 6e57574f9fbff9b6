//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"insyn/cmd/internal/lockdown"
	"insyn/web"
)

// confined runs the program as it is shipped, with its log in a pipe, as nobody if it can. It gives its port, what it
// printed first, and the lines that come after.
func confined(t *testing.T, args ...string) (port, greeting string, lines <-chan string, server *exec.Cmd) {
	t.Helper()
	server = exec.Command(built(t), append([]string{"demo", "--listen", "127.0.0.1:0"}, args...)...)
	if os.Getuid() == 0 {
		if err := os.Chmod(filepath.Dir(server.Path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Dir(filepath.Dir(server.Path)), 0o755); err != nil {
			t.Fatal(err)
		}
		server.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	server.Dir = "/"
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	server.Stderr = &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	all := make(chan string, 1000)
	go func() {
		defer close(all)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			all <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		for range all {
			continue
		}
		if err := server.Wait(); err != nil || said.Len() > 0 {
			t.Errorf("it ended with %v: %s", err, said.String())
		}
	})
	for line := range all {
		greeting += line + "\n"
		if strings.HasPrefix(line, "Ctrl-C") {
			break
		}
	}
	found := regexp.MustCompile(`http://127\.0\.0\.1:(\d+)/metrics`).FindStringSubmatch(greeting)
	if found == nil {
		t.Fatalf("it does not say where it is: %s", greeting)
	}
	return found[1], greeting, all, server
}

func ask(t *testing.T, port string, header http.Header) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:"+port+"/selftest", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestTheDemoIsConfinedAndSaysSo(t *testing.T) {
	port, greeting, lines, server := confined(t)
	if !strings.Contains(greeting, "\nConfinement: on. ") || strings.Contains(greeting, "  off ") {
		t.Errorf("the greeting says %s", greeting)
	}
	for _, guarantee := range lockdown.Guarantees() {
		if !regexp.MustCompile(`(?m)^  on +` + string(guarantee) + ` `).MatchString(greeting) {
			t.Errorf("the greeting does not say that %s is on: %s", guarantee, greeting)
		}
	}
	if !strings.Contains(greeting, `"cause":"start"`) {
		t.Errorf("no event of the first test in %s", greeting)
	}
	status, body := ask(t, port, nil)
	var result lockdown.Result
	if err := json.Unmarshal([]byte(body), &result); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v: %s", status, err, body)
	}
	if result.Err() != nil || result.Count(lockdown.Refused) < 30 {
		t.Errorf("%d refused: %v", result.Count(lockdown.Refused), result.Err())
	}
	if status, _ := ask(t, port, http.Header{"Origin": {"http://www.agency.localhost:" + port}}); status != http.StatusForbidden {
		t.Errorf("a web page is answered with %d", status)
	}
	if err := server.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	until(t, lines, `"cause":"asked"`)
	_, metrics, _ := fetch(t, "127.0.0.1", port, "/metrics")
	for _, want := range []string{
		"\ninsyn_confined 1\n", "\ninsyn_selftest_attempts{outcome=\"allowed\"} 0\n", "\ninsyn_storage_bytes_written 0\n", "\ninsyn_sessions_open 0\n",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %q:\n%s", want, metrics)
		}
	}
}

// until waits for a line.
func until(t *testing.T, lines <-chan string, holds string) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("it ended before it said %s", holds)
			}
			if strings.Contains(line, holds) {
				return
			}
		case <-late:
			t.Fatalf("it never said %s", holds)
		}
	}
}

func TestYourOwnPagesAreReadUnderConfinement(t *testing.T) {
	folder, err := os.MkdirTemp("", "insyn-pages-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	picture := strings.Repeat("large ", 100_000) // as is sent without the script, from the file
	for _, err := range []error{
		os.Chmod(folder, 0o755), os.Mkdir(filepath.Join(folder, "sub"), 0o755),
		os.WriteFile(filepath.Join(folder, "page.html"), []byte("<title>one</title>"), 0o644),
		os.WriteFile(filepath.Join(folder, "sub", "picture.png"), []byte(picture), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	port, _, _, _ := confined(t, "--pages", folder, "--report")
	for path, holds := range map[string]string{
		"/pages/page.html": "/mirror.", "/pages/": "page.html", "/pages/sub/": "picture.png", "/pages/sub/picture.png": picture, "/report/": "page.html",
	} {
		if status, body, _ := fetch(t, "www.agency.localhost", port, path); status != http.StatusOK || !strings.Contains(body, holds) {
			t.Errorf("%s: %d, %d bytes", path, status, len(body))
		}
	}
	// It is served as it changes.
	if err := os.WriteFile(filepath.Join(folder, "page.html"), []byte("<title>two</title>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, body, _ := fetch(t, "www.agency.localhost", port, "/pages/page.html"); !strings.Contains(body, "two") {
		t.Errorf("a page that changed is served as %q", body)
	}
}

func TestALogInAFileIsRefused(t *testing.T) {
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	binary := built(t)
	server := exec.CommandContext(t.Context(), binary, "demo", "--listen", "127.0.0.1:0")
	server.Stdout, server.Stderr = log, write
	err = server.Run()
	_ = write.Close()
	said, _ := io.ReadAll(read)
	if err == nil || !strings.Contains(string(said), "pipe") || !strings.Contains(string(said), "--"+unconfinedFlag) {
		t.Errorf("%v: %s", err, said)
	}
}

func TestWithoutConfinementItSaysSo(t *testing.T) {
	port, greeting := started(t)
	if !strings.Contains(greeting, "\nConfinement: off, as asked for.") || strings.Contains(greeting, "  on ") {
		t.Errorf("the greeting says %s", greeting)
	}
	if status, body := ask(t, port, nil); status != http.StatusNotFound || !strings.Contains(body, "not confined") {
		t.Errorf("%d %s", status, body)
	}
	if _, metrics, _ := fetch(t, "127.0.0.1", port, "/metrics"); !strings.Contains(metrics, "\ninsyn_confined 0\n") {
		t.Errorf("the metrics say %s", metrics)
	}
}

// One attempt that succeeds ends the process, and is said.
func TestWhatIsLostEndsTheProcess(t *testing.T) {
	var log strings.Builder
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDemo("1", folder{}, web.Earlier{}, limitFlags(newFlags("test", io.Discard)), zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	_ = d.confinement.found("hour", lockdown.Result{Attempts: []lockdown.Attempt{{Name: "fly", By: lockdown.Landlock, Outcome: lockdown.Allowed}}})
	if err := d.serve(t.Context(), listener); err == nil || !strings.Contains(err.Error(), "fly") {
		t.Errorf("it ended with %v", err)
	}
	if !strings.Contains(log.String(), `"level":"error","cause":"hour","refused":0,"allowed":1,"unknown":0`) {
		t.Error(log.String())
	}
}
