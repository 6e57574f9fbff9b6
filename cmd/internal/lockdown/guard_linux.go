//go:build amd64 || arm64

package lockdown

// Room: cmd. Entering: one guarantee after the other, and what is kept to go on trying.

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Guard is what a confined process holds: what the self-test needs, opened before. Safe for concurrent use.
type Guard struct {
	// Static after construction.
	probe  int      // an empty file in memory that is sealed, so that not even a missing guard makes it longer
	list   *os.File // the folder of this process's descriptors
	io     *os.File // what the kernel counts of it
	parent int      // the process that started this one, 0 if it can't be signalled anyway
	port   uint16   // a TCP port that may not be connected to

	mu sync.Mutex // one test at a time: guards the position in list and io
}

// Enter confines this process, for good, and tests that it is. It fails if a guarantee can't be had, and if one attempt at
// what must not be possible succeeds: the process should then end. An error that is ErrPlatform, and only that, means that
// nothing was changed.
func Enter(config Config) (*Guard, error) { return enter(config, nil) }

// enter leaves out what is to be left out: the tests want to see that missed.
func enter(config Config, without []Guarantee) (*Guard, error) {
	if err := can(); err != nil {
		return nil, err
	}
	g, err := prepare(config)
	if err != nil {
		return nil, fmt.Errorf("confinement: %w", err)
	}
	for _, guarantee := range Guarantees() {
		if slices.Contains(without, guarantee) {
			continue
		}
		if err := g.put(guarantee, config); err != nil {
			return nil, fmt.Errorf("confinement: %s: %w", guarantee, err)
		}
	}
	return g, g.Test().Err()
}

// can says whether this build and this kernel have what it takes, without changing anything.
func can() error {
	if _, _, errno := syscall.AllThreadsSyscall(syscall.SYS_GETPID, 0, 0, 0); errno != 0 {
		return fmt.Errorf("%w: it takes a build without cgo (CGO_ENABLED=0), to reach every thread", ErrPlatform)
	}
	if err := canLandlock(); err != nil {
		return fmt.Errorf("%w: %w", ErrPlatform, err)
	}
	return nil
}

// prepare opens what is kept, and sees to it that being refused kills nobody.
func prepare(config Config) (*Guard, error) {
	signal.Ignore(unix.SIGXFSZ) // else the runtime ends the process where a file would grow; the error is enough
	g := &Guard{parent: os.Getppid(), port: unlisted(config.Connect)}
	if unix.Kill(g.parent, 0) != nil {
		g.parent = 0 // another user's: to be refused a signal to it says nothing
	}
	var err error
	if g.probe, err = unix.MemfdCreate("insyn-probe", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_NOEXEC_SEAL); err != nil {
		return nil, fmt.Errorf("an empty file in memory, to try on: %w", err)
	}
	seals := unix.F_SEAL_GROW | unix.F_SEAL_SEAL
	if _, err = unix.FcntlInt(uintptr(g.probe), unix.F_ADD_SEALS, seals); err != nil {
		return nil, fmt.Errorf("sealing it: %w", err)
	}
	if g.list, err = os.Open("/proc/self/fd"); err != nil {
		return nil, err
	}
	g.io, err = os.Open("/proc/self/io")
	return g, err
}

// unlisted is a port that is not in the list, one that would lead somewhere if any is.
func unlisted(listed []uint16) uint16 {
	for _, port := range []uint16{443, 25, 53, 80} {
		if !slices.Contains(listed, port) {
			return port
		}
	}
	for port := uint16(1024); ; port++ {
		if !slices.Contains(listed, port) {
			return port
		}
	}
}

func (g *Guard) put(guarantee Guarantee, config Config) error {
	switch guarantee {
	case Descriptors:
		return g.audit()
	case FileSize:
		return unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{})
	case Core:
		return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	case Capabilities:
		return dropCapabilities()
	case Undumpable:
		return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	case NoPrivileges:
		if _, _, errno := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
			return errno
		}
		return nil
	case Landlock:
		return restrict(config)
	case SystemCalls:
		return filter()
	}
	return errors.New("not known")
}

// Written is how many bytes this process has caused to be written to storage, as the kernel counts.
func (g *Guard) Written() (int64, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	raw := make([]byte, 1024)
	n, err := g.io.ReadAt(raw, 0)
	if n == 0 {
		return 0, err
	}
	for line := range strings.Lines(string(raw[:n])) {
		if value, ok := strings.CutPrefix(line, "write_bytes: "); ok {
			return strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
	}
	return 0, errors.New("the kernel does not count what is written")
}

// filter puts the seccomp program on every thread at once.
func filter() error {
	program, err := assemble(Processor(runtime.GOARCH))
	if err != nil {
		return err
	}
	raw := make([]unix.SockFilter, 0, len(program))
	for _, i := range program {
		raw = append(raw, unix.SockFilter{Code: i.Op, Jt: i.Jt, Jf: i.Jf, K: i.K})
	}
	return setFilter(&unix.SockFprog{Len: uint16(len(raw)), Filter: &raw[0]}) //nolint:gosec // a few hundred
}
