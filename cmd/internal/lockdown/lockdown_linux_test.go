//go:build amd64 || arm64

package lockdown_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"insyn/cmd/internal/lockdown"
)

func TestEverythingIsRefused(t *testing.T) {
	asBoth(t, func(t *testing.T, ordinary bool) {
		said, err := child(t, ordinary, "without", "")
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		r := result(t, said)
		if len(r.Attempts) < 30 {
			t.Errorf("%d attempts, want 30 and more", len(r.Attempts))
		}
		for _, a := range r.Attempts {
			if a.Outcome == lockdown.Allowed {
				t.Errorf("%s (%s): %s, %s", a.Name, a.By, a.Outcome, a.Answer)
			}
		}
		if unknown := r.Count(lockdown.Unknown); unknown > 3 { // IPv6, and the parent of a container's first process
			t.Errorf("%d attempts could not be made", unknown)
		}
	})
}

// Each guarantee is missed where it is missing, by an attempt that is its own, and what was possible leaves nothing behind.
func TestAGuaranteeThatIsMissingShows(t *testing.T) {
	for _, c := range []struct {
		without []lockdown.Guarantee
		shows   []string // attempts that were allowed
		root    bool     // an ordinary user has none of it anyway
	}{
		{without: []lockdown.Guarantee{lockdown.FileSize}, shows: []string{"have a file limit above 0", "write to a file that is open"}},
		{without: []lockdown.Guarantee{lockdown.Core}, shows: []string{"have a core dump limit above 0"}},
		{without: []lockdown.Guarantee{lockdown.Capabilities}, shows: []string{"have a capability"}, root: true},
		{without: []lockdown.Guarantee{lockdown.Undumpable}, shows: []string{"be dumpable"}},
		{without: []lockdown.Guarantee{lockdown.Landlock}, shows: []string{
			"open a folder for reading", "open a device for reading", "connect to a TCP port that is not listed", "signal the process that started this one",
		}},
		{without: []lockdown.Guarantee{lockdown.SystemCalls}, shows: []string{
			"have a thread without a filter", "start a process", "make a file in memory", "map an open file, shared", "open a UDP socket",
			"open a netlink socket", "set up io_uring, which makes calls by itself", "write to the memory of a process", "set an attribute of an open file",
		}},
		// The kernel gives the last two to nobody who may still gain privileges.
		{without: []lockdown.Guarantee{lockdown.NoPrivileges, lockdown.Landlock, lockdown.SystemCalls}, shows: []string{
			"have a thread that may gain privileges", "make a folder", "make a symbolic link", "make a named pipe", "start a program",
		}},
		{without: []lockdown.Guarantee{lockdown.Descriptors}, shows: []string{"have something open to be written to that is no socket, pipe or device"}},
	} {
		t.Run(string(c.without[0]), func(t *testing.T) {
			if c.root && os.Getuid() != 0 {
				t.Skip("SKIPPED, AND NOTHING IS KNOWN: only root has capabilities to lose")
			}
			temporary := t.TempDir()
			if err := os.Chmod(temporary, 0o777); err != nil {
				t.Fatal(err)
			}
			t.Setenv("TMPDIR", temporary)
			var open []*os.File
			names := make([]string, 0, len(c.without))
			for _, g := range c.without {
				names = append(names, string(g))
				if g == lockdown.Descriptors {
					open = append(open, inherited(t, os.O_WRONLY))
				}
			}
			said, err := child(t, !c.root && !slices.Contains(c.without, lockdown.Landlock), "without", strings.Join(names, ","), open...)
			if err != nil {
				t.Fatalf("%v: %s", err, said)
			}
			r := result(t, said)
			if r.Err() == nil {
				t.Error("the test is passed")
			}
			for _, a := range r.Attempts {
				if (a.Outcome == lockdown.Allowed) && !slices.Contains(c.without, a.By) {
					t.Errorf("%s (%s) is possible too: %s", a.Name, a.By, a.Answer)
				}
				if slices.Contains(c.shows, a.Name) && a.Outcome != lockdown.Allowed {
					t.Errorf("%s (%s): %s, %s; want it possible", a.Name, a.By, a.Outcome, a.Answer)
				}
			}
			for _, folder := range []string{temporary, "/dev/shm"} {
				left, err := filepath.Glob(filepath.Join(folder, ".insyn-selftest-*"))
				if err != nil || len(left) > 0 {
					t.Errorf("left behind: %v %v", left, err)
				}
			}
		})
	}
}

// Without it, the rest can't be had: an error, and no guard.
func TestItFailsClosed(t *testing.T) {
	said, err := child(t, true, "without", string(lockdown.NoPrivileges))
	if err == nil || !strings.Contains(said, "confinement: Landlock: ") {
		t.Errorf("%v: %s", err, said)
	}
}

func TestAMissingGuaranteeIsAnError(t *testing.T) {
	if err := (lockdown.Result{}).Err(); err != nil {
		t.Error(err)
	}
	r := lockdown.Result{Attempts: []lockdown.Attempt{
		{Name: "fly", By: lockdown.Landlock, Outcome: lockdown.Unknown},
		{Name: "swim", By: lockdown.FileSize, Outcome: lockdown.Allowed, Answer: "it worked"},
	}}
	if err := r.Err(); err == nil || !strings.Contains(err.Error(), "swim (file size: it worked)") || strings.Contains(err.Error(), "fly") {
		t.Errorf("%v", err)
	}
}

// inherited is a file that a child gets open.
func inherited(t *testing.T, how int) *os.File {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(t.TempDir(), "log"), how|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func TestWhatIsInheritedIsLookedAt(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	folder, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	defer func() { _ = write.Close() }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = full.Close() }()
	for _, c := range []struct {
		what string
		file *os.File
		says string // empty: accepted
	}{
		{"a file to write to", inherited(t, os.O_WRONLY), "goes through a pipe"},
		{"a file to append to", inherited(t, os.O_WRONLY|os.O_APPEND), "goes through a pipe"},
		{"a file to read", inherited(t, os.O_RDONLY), "descriptor 3"},
		{"a device to write to", full, "device 1:7"},
		{"the null device", null, ""},
		{"a folder", folder, ""},
		{"a pipe", write, ""},
		{"the other end of a pipe", read, ""},
		{"a socket", socket, ""},
	} {
		said, err := child(t, false, "enter", "", c.file)
		if (err == nil) != (c.says == "") || !strings.Contains(said, c.says) {
			t.Errorf("%s: %v %s, want it to say %q", c.what, err, said, c.says)
		}
	}
}

func TestAFolderMayStay(t *testing.T) {
	asBoth(t, func(t *testing.T, ordinary bool) {
		folder, err := os.MkdirTemp("", "insyn-pages-")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
		for _, err := range []error{
			os.Chmod(folder, 0o755),
			os.Mkdir(filepath.Join(folder, "below"), 0o755),
			os.WriteFile(filepath.Join(folder, "below", "page"), []byte("a page"), 0o644),
			os.Symlink("/etc/passwd", filepath.Join(folder, "link")),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if said, err := child(t, ordinary, "folder", folder); err != nil {
			t.Errorf("%v: %s", err, said)
		}
	})
}

// listen has each connection served until the test is over, and returns the address to connect to.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				serve(conn)
			}()
		}
	}()
	return listener.Addr().String()
}

func TestWorkGoesOnUnderConfinement(t *testing.T) {
	echo := listen(t, func(conn net.Conn) { _, _ = io.Copy(conn, conn) })
	asBoth(t, func(t *testing.T, ordinary bool) {
		if said, err := child(t, ordinary, "busy", echo); err != nil {
			t.Errorf("%v: %s", err, said)
		}
	})
}

func TestThreadsThatComeLaterAreConfinedToo(t *testing.T) {
	if said, err := child(t, true, "threads", ""); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
