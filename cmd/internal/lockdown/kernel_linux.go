//go:build amd64 || arm64

package lockdown

// Room: cmd. Calls that golang.org/x/sys/unix has no function for, or none for every thread. All that is unsafe is here.

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The Landlock that is required. 6 is that of Linux 6.12: files, TCP ports, devices, signals. The fix is of 6.15,
// and of later 6.12s: before it a thread could not signal its sisters, which the Go runtime does.
const (
	landlockABI    = 6
	landlockFix    = 1 << 1 // erratum 2
	everyFile      = 1<<16 - 1
	everyPort      = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	everyScope     = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	readingBelow   = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	ruleNetPort    = 2 // LANDLOCK_RULE_NET_PORT
	capabilitiesV3 = 0x20080522
)

func canLandlock() error {
	abi, _, errno := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return fmt.Errorf("it takes Landlock, which this kernel lacks or has not switched on (%w)", errno)
	}
	if abi < landlockABI {
		return fmt.Errorf("it takes Landlock %d (Linux 6.12), this kernel has %d", landlockABI, abi)
	}
	fixed, _, errno := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_ERRATA)
	if errno != 0 || fixed&landlockFix == 0 {
		return errors.New("it takes the fix of Landlock's signals between threads (Linux 6.15, or a 6.12 that got it)")
	}
	return nil
}

// restrict has Landlock refuse all but what is listed, on every thread.
func restrict(config Config) error {
	rules := struct{ files, ports, scopes uint64 }{everyFile, everyPort, everyScope}
	fd, _, errno := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rules)), unsafe.Sizeof(rules), 0)
	if errno != 0 {
		return errno
	}
	defer func() { _ = unix.Close(int(fd)) }()
	for _, folder := range config.Folders {
		if err := readable(fd, folder); err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
	}
	for _, port := range config.Connect {
		rule := struct{ access, port uint64 }{unix.LANDLOCK_ACCESS_NET_CONNECT_TCP, uint64(port)}
		if _, _, errno := syscall.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, fd, ruleNetPort, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
			return fmt.Errorf("port %d: %w", port, errno)
		}
	}
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

func readable(rules uintptr, folder string) error {
	root, err := os.Open(folder) //nolint:gosec // the operator's own choice
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	rule := unix.LandlockPathBeneathAttr{Allowed_access: readingBelow, Parent_fd: int32(root.Fd())} //nolint:gosec // a descriptor
	if _, _, errno := syscall.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, rules, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

func dropCapabilities() error {
	header := unix.CapUserHeader{Version: capabilitiesV3}
	var none [2]unix.CapUserData
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)), 0); errno != 0 {
		return errno
	}
	return nil
}

// capabilities are those of this thread.
func capabilities() ([2]unix.CapUserData, error) {
	header := unix.CapUserHeader{Version: capabilitiesV3}
	var has [2]unix.CapUserData
	err := unix.Capget(&header, &has[0])
	return has, err
}

func setFilter(program *unix.SockFprog) error {
	stuck, _, errno := syscall.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(program)))
	if errno != 0 {
		return errno
	}
	if stuck != 0 {
		return fmt.Errorf("thread %d did not take it", stuck)
	}
	return nil
}

// raw makes a call as it is, without telling the scheduler: none of those made so waits.
func raw(number uintptr, arguments ...uintptr) (uintptr, syscall.Errno) {
	var a [6]uintptr
	copy(a[:], arguments)
	r, _, errno := syscall.RawSyscall6(number, a[0], a[1], a[2], a[3], a[4], a[5])
	return r, errno
}

// onAll makes a call on every thread. The runtime ends the process if two of them get different answers.
func onAll(number uintptr, a ...uintptr) (uintptr, syscall.Errno) {
	var all [3]uintptr
	copy(all[:], a)
	r, _, errno := syscall.AllThreadsSyscall(number, all[0], all[1], all[2])
	return r, errno
}

// fork makes a process, and ends it at once.
func fork() syscall.Errno {
	child, _, errno := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	if child == 0 { // only this thread is in it, and nothing of Go's may run there
		_, _, _ = syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	_, _ = unix.Wait4(int(child), nil, 0, nil) // where a process could be made, it can be waited for
	return 0
}

// execute starts a program that does not exist: where starting programs is possible, that is the answer.
func execute() syscall.Errno {
	name := [...]byte{'/', 'n', 'o', 'n', 'e', '/', 's', 'u', 'c', 'h', 0}
	_, _, errno := syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(&name)), 0, 0)
	return errno
}

// fastOpen sends on a socket that is not connected, with the address beside the bytes.
func fastOpen(socket int, port uint16) syscall.Errno {
	return asErrno(unix.Sendto(socket, []byte{0}, unix.MSG_FASTOPEN|unix.MSG_NOSIGNAL, &unix.SockaddrInet4{Port: int(port), Addr: [4]byte{127, 0, 0, 1}}))
}

// asErrno is the kernel's answer in an error of golang.org/x/sys/unix, 0 for nil.
func asErrno(err error) syscall.Errno {
	errno := syscall.Errno(0)
	if err != nil && !errors.As(err, &errno) {
		return unix.ENOTSUP // not the kernel's
	}
	return errno
}

// everyThreadOpens tries to open the root folder on every thread.
func everyThreadOpens() (int, syscall.Errno) {
	root := [...]byte{'/', 0}
	at := unix.AT_FDCWD
	fd, errno := onAll(unix.SYS_OPENAT, uintptr(at), uintptr(unsafe.Pointer(&root)), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC)
	return int(fd), errno
}
