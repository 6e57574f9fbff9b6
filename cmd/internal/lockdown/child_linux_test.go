//go:build amd64 || arm64

package lockdown_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"insyn/cmd/internal/lockdown"
)

// Confinement is for good, and for a process without cgo: the tests build themselves so, and run what they want to see
// confined in children. What a child is to do is in its environment, as is what it needs for that.
const (
	doEnv   = "INSYN_TEST_CONFINED"
	withEnv = "INSYN_TEST_WITH"
)

func TestMain(m *testing.M) {
	if do := os.Getenv(doEnv); do != "" {
		if err := children[do](os.Getenv(withEnv)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	folder, err := os.MkdirTemp("", "insyn-lockdown-")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	buildFolder = folder
	status := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(status)
}

// buildFolder is where confinedBuild is; it goes with the tests.
var buildFolder string

// children are what can be done in a child. They print what was found.
var children = map[string]func(with string) error{
	"without": func(with string) error {
		var without []lockdown.Guarantee
		for guarantee := range strings.SplitSeq(with, ",") {
			without = append(without, lockdown.Guarantee(guarantee))
		}
		guard, err := lockdown.EnterWithout(lockdown.Config{}, without...)
		if guard == nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(guard.Test())
	},
	"enter":   func(string) error { _, err := lockdown.Enter(lockdown.Config{}); return err },
	"folder":  readFolder,
	"busy":    busy,
	"threads": threads,
	"names":   names,
}

// confinedBuild is this package's test program without cgo, where anybody may run it.
var confinedBuild = sync.OnceValues(func() (string, error) {
	if err := os.Chmod(buildFolder, 0o755); err != nil { // for the ordinary user
		return "", err
	}
	binary := filepath.Join(buildFolder, "test")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return binary, nil
})

const nobody = 65534

// child runs something confined, as nobody or as who the tests run as, and gives what it printed.
func child(t *testing.T, ordinary bool, do, with string, open ...*os.File) (string, error) {
	t.Helper()
	if err := lockdown.Can(); err != nil {
		t.Skipf("SKIPPED, AND NOTHING IS KNOWN: %v", err)
	}
	binary, err := confinedBuild()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), doEnv+"="+do, withEnv+"="+with)
	cmd.ExtraFiles = open
	cmd.Dir = "/"
	if ordinary && os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	said, err := cmd.CombinedOutput() // a pipe
	return string(said), err
}

func result(t *testing.T, said string) lockdown.Result {
	t.Helper()
	var r lockdown.Result
	if err := json.Unmarshal([]byte(said), &r); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return r
}

// asBoth runs a test as an ordinary user, and as root if that is who the tests run as.
func asBoth(t *testing.T, test func(t *testing.T, ordinary bool)) {
	t.Helper()
	t.Run("ordinary", func(t *testing.T) { test(t, true) })
	if os.Getuid() == 0 {
		t.Run("root", func(t *testing.T) { test(t, false) })
	}
}

// readFolder reads below a folder that stays, and nowhere else.
func readFolder(folder string) error {
	if _, err := lockdown.Enter(lockdown.Config{Folders: []string{folder}}); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	kept, err := root.ReadFile("below/page")
	if err != nil || string(kept) != "a page" {
		return fmt.Errorf("%q: %w", kept, err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) == 0 {
		return fmt.Errorf("%v: %w", entries, err)
	}
	for _, elsewhere := range []string{filepath.Join(folder, "link"), filepath.Dir(folder), "/etc/passwd", "/proc/self/mem"} {
		if _, err := os.ReadFile(elsewhere); !errors.Is(err, os.ErrPermission) {
			return fmt.Errorf("%s: %w, want it refused", elsewhere, err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "new"), nil, 0o600); !errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("a file was made: %w", err)
	}
	return nil
}

// busy does what a relay does: takes connections, makes some, moves bytes, on many goroutines and under collection, and
// tests itself meanwhile.
func busy(echo string) error {
	_, port, err := net.SplitHostPort(echo)
	if err != nil {
		return err
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		return err
	}
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	own := listener.Addr().(*net.TCPAddr).Port
	guard, err := lockdown.Enter(lockdown.Config{Connect: []uint16{uint16(number), uint16(own)}})
	if err != nil {
		return err
	}
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			go relay(in, echo)
		}
	}()
	const connections, bytes = 60, 1 << 18
	failed := make(chan error, connections)
	for range connections {
		go func() { failed <- there(listener.Addr().String(), bytes) }()
	}
	for range 5 {
		runtime.GC()
		if err := guard.Test().Err(); err != nil {
			return err
		}
	}
	var all error
	for range connections {
		all = errors.Join(all, <-failed)
	}
	if _, err := net.Dial("tcp", "127.0.0.1:1"); !errors.Is(err, unix.EACCES) {
		all = errors.Join(all, fmt.Errorf("a port that is not listed: %w", err))
	}
	if n, err := guard.Written(); n != 0 || err != nil {
		all = errors.Join(all, fmt.Errorf("%d bytes were written to storage: %w", n, err))
	}
	return all
}

// relay joins a connection with a new one to somewhere.
func relay(in net.Conn, to string) {
	defer func() { _ = in.Close() }()
	out, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(in, out)
}

// there sends so many bytes, and wants them back.
func there(address string, bytes int64) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	go func() {
		_, _ = io.CopyN(conn, zeros{}, bytes)
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	n, err := io.Copy(io.Discard, conn)
	if err == nil && n != bytes {
		err = fmt.Errorf("%d bytes came back, want %d", n, bytes)
	}
	return err
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// threads makes more threads after the confinement, and wants each to be under it.
func threads(string) error {
	guard, err := lockdown.Enter(lockdown.Config{})
	if err != nil {
		return err
	}
	const many = 40
	release, failed := make(chan struct{}), make(chan error, many)
	for range many {
		go func() {
			runtime.LockOSThread() // and dies with it
			_, err := os.Open("/")
			<-release
			failed <- err
		}()
	}
	close(release)
	for range many {
		if err := <-failed; !errors.Is(err, os.ErrPermission) {
			return fmt.Errorf("on a new thread: %w, want it refused", err)
		}
	}
	return guard.Test().Err()
}
