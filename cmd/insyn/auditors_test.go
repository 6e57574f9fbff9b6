package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// commands are the blocks that docs/auditors.md prints.
func commands(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/auditors.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, found := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllSubmatch(text, -1) {
		all = append(all, string(found[1]))
	}
	if len(all) < 6 {
		t.Fatalf("%d blocks of commands, want one for each step", len(all))
	}
	return all
}

// What the auditors' document prints can be typed as it stands. Other are: the port; the process, since more servers may run
// here; and sudo, which root does not need.
func TestTheAuditorsCommandsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("short: one of them is a drill")
	}
	binary := built(t)
	asRoot(t)
	port, pid := serving(t, binary)
	for _, block := range commands(t) {
		for _, tool := range []string{"curl", "openssl", "pgrep", "sha256sum"} {
			if _, err := exec.LookPath(tool); err != nil && strings.Contains(block, tool) {
				t.Logf("NOT RUN, %s is not here: %s", tool, block)
				block = ""
			}
		}
		script := strings.NewReplacer(
			"sudo ", "", ":8080", ":"+port, "PID=$(pgrep -o -x insyn)", "PID="+strconv.Itoa(pid),
			"insyn selfcheck\n", "insyn selfcheck --pid "+strconv.Itoa(pid)+"\n",
		).Replace(block)
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"))
		said, err := cmd.CombinedOutput()
		if failed := regexp.MustCompile(`(?m)^(FAILS|UNKNOWN) .*$`).FindAllString(string(said), -1); len(failed) == 1 && strings.Contains(failed[0], "swap, later:") {
			t.Logf("this machine may swap, which is its operator's to settle: %s", failed[0])
			err = nil
		}
		if err != nil || len(bytes.TrimSpace(said)) == 0 && block != "" {
			t.Errorf("%v\n%s\n%s", err, block, said)
		}
		if strings.Contains(block, "/mirror.js") && block != "" {
			lines := strings.Split(strings.TrimSpace(string(said)), "\n")
			hash := lines[len(lines)-1]
			if !regexp.MustCompile(`(?m)^mirror\.\S+ sha384-` + regexp.QuoteMeta(hash) + `$`).Match(said) {
				t.Errorf("what is served has the hash %s, which is not in the list:\n%s", hash, said)
			}
		}
	}
}
