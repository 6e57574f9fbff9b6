package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"insyn/cmd/internal/selfcheck"
)

// built builds the program as it is shipped: what is searched is the memory of that one, not of one with a race detector.
func built(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED, AND NOTHING IS KNOWN: only Linux lets a process be looked into from outside as selfcheck does")
	}
	binary := filepath.Join(t.TempDir(), "insyn")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	return binary
}

// checked runs insyn selfcheck, and gives its report and its exit status.
func checked(t *testing.T, binary string, args ...string) (selfcheck.Report, selfcheck.Verdict, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"selfcheck", "--json"}, args...)...)
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	var report struct {
		selfcheck.Report
		Verdict selfcheck.Verdict `json:"verdict"`
	}
	if err := json.Unmarshal(said, &report); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return report.Report, report.Verdict, cmd.ProcessState.ExitCode()
}

// want wants these claims to hold, and says what was seen of those that do not.
func want(t *testing.T, report selfcheck.Report, names ...string) {
	t.Helper()
	for _, name := range names {
		at := slices.IndexFunc(report.Claims, func(c selfcheck.Claim) bool { return c.Name == name })
		if at < 0 {
			t.Errorf("no claim %q", name)
		} else if c := report.Claims[at]; c.Verdict != selfcheck.Holds {
			t.Errorf("%s: %s: %q", c.Name, c.Verdict, c.Seen)
		}
	}
}

func TestTheDrill(t *testing.T) {
	if testing.Short() {
		t.Skip("short: a drill walks all files")
	}
	binary := built(t)
	asRoot(t)
	report, verdict, status := checked(t, binary, "--drill")
	want(t, report, "control", "session", "memory, while live", "sealed frames, while live", "discard", "memory, after the close",
		"sealed frames, after the close", "confinement", "writes", "metrics", "output", "files")
	if selfcheck.FindChromium() == "" {
		t.Log("NOT LOOKED AT: the browser profiles, since there is no Chromium here")
	} else {
		want(t, report, "browser profiles")
	}
	if verdict != selfcheck.Holds || status != 0 {
		t.Errorf("all together %s, exit status %d, want it to hold", verdict, status)
	}
	if len(report.Blind) == 0 {
		t.Error("it does not say what it cannot see")
	}
}

// serving starts a server as it should be run, by an ordinary user with its output on a pipe, until the test ends.
func serving(t *testing.T, binary string, args ...string) (port string, pid int) {
	t.Helper()
	server := exec.Command(binary, append([]string{"demo", "--listen", "127.0.0.1:0"}, args...)...)
	server.SysProcAttr = ordinary(t, binary)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := regexp.MustCompile(`http://127\.0\.0\.1:([0-9]+)/metrics`).FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return found[1], server.Process.Pid
		}
	}
	t.Fatalf("the server does not say where it is: %v", lines.Err())
	return "", 0
}

// asRoot skips where the test is an ordinary user's.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED, AND NOTHING IS KNOWN: only root may look into a process that has made itself undumpable")
	}
}

func TestALookAtAServer(t *testing.T) {
	binary := built(t)
	asRoot(t)
	_, pid := serving(t, binary)
	report, verdict, status := checked(t, binary, "--watch", "10ms", "--pid", strconv.Itoa(pid))
	want(t, report, "program", "seccomp", "capabilities", "limits", "dumps", "swap, now", "descriptors", "filter", "Landlock", "writes")
	if verdict == selfcheck.Fails && !slices.ContainsFunc(report.Claims, func(c selfcheck.Claim) bool { return c.Verdict == selfcheck.Fails }) {
		t.Error("it fails, and no claim does")
	}
	if at := slices.IndexFunc(report.Claims, func(c selfcheck.Claim) bool { return c.Name == "swap, later" }); at < 0 {
		t.Error("nothing is said of swap")
	} else if c := report.Claims[at]; c.Verdict != selfcheck.Holds {
		t.Logf("this machine may swap, which is its operator's to settle: %q", c.Seen)
	} else if verdict != selfcheck.Holds || status != 0 {
		t.Errorf("all together %s, exit status %d, want it to hold", verdict, status)
	}
}

// What is not confined is said to be that, by what the kernel says.
func TestALookAtAServerThatIsNotConfined(t *testing.T) {
	binary := built(t)
	_, pid := serving(t, binary, "--"+unconfinedFlag)
	report, verdict, status := checked(t, binary, "--watch", "10ms", "--pid", strconv.Itoa(pid))
	want(t, report, "program")
	for _, name := range []string{"seccomp", "limits", "dumps", "filter"} {
		at := slices.IndexFunc(report.Claims, func(c selfcheck.Claim) bool { return c.Name == name })
		if at < 0 || report.Claims[at].Verdict != selfcheck.Fails || len(report.Claims[at].Seen) == 0 {
			t.Errorf("%s does not fail, and nothing confines it: %+v", name, report.Claims)
		}
	}
	if verdict != selfcheck.Fails || status != 1 || len(report.Blind) == 0 {
		t.Errorf("all together %s, exit status %d, want it to fail", verdict, status)
	}
	// Another program is not the one that checks.
	report, _, _ = checked(t, binary, "--watch", "10ms", "--pid", strconv.Itoa(os.Getpid()))
	if report.Claims[0].Name != "program" || report.Claims[0].Verdict != selfcheck.Fails {
		t.Errorf("%+v, want it to fail for another program", report.Claims[0])
	}
	missing := exec.CommandContext(t.Context(), binary, "selfcheck", "--pid", "999999999")
	if said, err := missing.CombinedOutput(); err == nil || missing.ProcessState.ExitCode() != 1 || len(said) == 0 {
		t.Errorf("no such process: %v, %s", err, said)
	}
}
