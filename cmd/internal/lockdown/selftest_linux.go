//go:build amd64 || arm64

package lockdown

// Room: cmd. The self-test: what must not be possible is tried, in the process that must not be able to.

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// attempt is something that must not be possible.
type attempt struct {
	name string
	by   Guarantee
	want syscall.Errno        // how the guard refuses; another answer means that it was not asked, or did not mind
	try  func() syscall.Errno // 0 if it worked; then it has undone what it did
}

// can't be made here, so nothing is known: the kernel has no such call, no such protocol, no such process.
func notHere(errno syscall.Errno) bool {
	return slices.Contains([]syscall.Errno{unix.ENOSYS, unix.EAFNOSUPPORT, unix.EPROTONOSUPPORT, unix.ESRCH}, errno)
}

// Test makes every attempt. It takes about a millisecond, and leaves nothing behind where an attempt succeeds.
func (g *Guard) Test() Result {
	g.mu.Lock()
	defer g.mu.Unlock()
	var result Result
	for _, a := range slices.Concat(g.states(), g.onFiles(), g.onWhatIsOpen(), inMemory(), g.onProcesses(), g.onNetworks(), onKernel()) {
		errno := a.try()
		made := Attempt{Name: a.name, By: a.by, Outcome: Allowed, Answer: "it worked"}
		if errno != 0 {
			made.Answer = errno.Error()
		}
		switch {
		case errno == a.want:
			made.Outcome = Refused
		case errno != 0 && notHere(errno):
			made.Outcome = Unknown
		}
		result.Attempts = append(result.Attempts, made)
	}
	return result
}

// state makes an attempt of something that can be read: EPERM says that it is as it must be.
func state(name string, by Guarantee, holds func() bool) attempt {
	return attempt{name, by, unix.EPERM, func() syscall.Errno {
		if holds() {
			return unix.EPERM
		}
		return 0
	}}
}

// states are read, not tried.
func (g *Guard) states() []attempt {
	limited := func(resource int) func() bool {
		return func() bool {
			var limit unix.Rlimit
			return unix.Prlimit(0, resource, nil, &limit) == nil && limit == unix.Rlimit{}
		}
	}
	everywhere := func(option, want uintptr) func() bool {
		return func() bool {
			got, errno := onAll(unix.SYS_PRCTL, option)
			return errno == 0 && got == want
		}
	}
	return []attempt{
		state("have a file limit above 0", FileSize, limited(unix.RLIMIT_FSIZE)),
		state("have a core dump limit above 0", Core, limited(unix.RLIMIT_CORE)),
		state("be dumpable", Undumpable, everywhere(unix.PR_GET_DUMPABLE, 0)),
		state("have a thread that may gain privileges", NoPrivileges, everywhere(unix.PR_GET_NO_NEW_PRIVS, 1)),
		state("have a thread without a filter", SystemCalls, everywhere(unix.PR_GET_SECCOMP, unix.SECCOMP_MODE_FILTER)),
		state("have a capability", Capabilities, func() bool {
			has, err := capabilities()
			return err == nil && has == [2]unix.CapUserData{}
		}),
		state("have something open to be written to that is no socket, pipe or device", Descriptors, func() bool {
			fault, err := g.open()
			return err == nil && fault == ""
		}),
	}
}

// opens tries to open, and closes again; created: and removes again.
func opens(name string, by Guarantee, want syscall.Errno, path string, flags int) attempt {
	return attempt{name, by, want, func() syscall.Errno {
		fd, err := unix.Openat(unix.AT_FDCWD, path, flags|unix.O_CLOEXEC|unix.O_NONBLOCK, 0o600)
		if err == nil {
			_ = unix.Close(fd)
			if flags&unix.O_EXCL != 0 {
				_ = unix.Unlink(path)
			}
		}
		return asErrno(err)
	}}
}

// onFiles tries the file system, in folders where anybody may write.
func (g *Guard) onFiles() []attempt {
	const null, memory = "/dev/null", "/dev/shm"
	temporary := os.TempDir()
	name := ".insyn-selftest-" + strconv.Itoa(os.Getpid())
	at := filepath.Join(temporary, name)
	all := []attempt{
		{"open a folder for reading", Landlock, unix.EACCES, func() syscall.Errno {
			fd, errno := openEverywhere()
			if errno == 0 {
				_ = unix.Close(fd)
			}
			return errno
		}},
		opens("open a device for reading", Landlock, unix.EACCES, null, unix.O_RDONLY),
		opens("open a device for writing", SystemCalls, unix.EPERM, null, unix.O_WRONLY),
		opens("open a device for reading and writing", SystemCalls, unix.EPERM, null, unix.O_RDWR),
		opens("create a file in "+temporary, SystemCalls, unix.EPERM, at, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY),
		opens("create a file to read in "+temporary, SystemCalls, unix.EPERM, at, unix.O_CREAT|unix.O_EXCL|unix.O_RDONLY),
		opens("create a file in "+memory, SystemCalls, unix.EPERM, filepath.Join(memory, name), unix.O_CREAT|unix.O_EXCL|unix.O_RDWR),
		opens("create a file without a name in "+temporary, SystemCalls, unix.EPERM, temporary, unix.O_TMPFILE|unix.O_RDWR),
		opens("cut a file off", SystemCalls, unix.EPERM, null, unix.O_RDONLY|unix.O_TRUNC),
	}
	undo := func(err error, how func()) syscall.Errno {
		if err == nil {
			how()
		}
		return asErrno(err)
	}
	unlink := func() { _ = unix.Unlink(at) }
	for _, one := range []struct {
		name string
		try  func() syscall.Errno
	}{
		{"create a file by openat2", func() syscall.Errno {
			fd, err := unix.Openat2(unix.AT_FDCWD, at, &unix.OpenHow{Flags: unix.O_CREAT | unix.O_EXCL | unix.O_WRONLY | unix.O_CLOEXEC, Mode: 0o600})
			return undo(err, func() { _ = unix.Close(fd); unlink() })
		}},
		{"make a folder", func() syscall.Errno {
			return undo(unix.Mkdirat(unix.AT_FDCWD, at, 0o700), func() { _ = unix.Rmdir(at) })
		}},
		{"make a symbolic link", func() syscall.Errno { return undo(unix.Symlinkat("content", unix.AT_FDCWD, at), unlink) }},
		{"make a link", func() syscall.Errno {
			return undo(unix.Linkat(unix.AT_FDCWD, null, unix.AT_FDCWD, at, 0), unlink)
		}},
		{"make a named pipe", func() syscall.Errno {
			return undo(unix.Mknodat(unix.AT_FDCWD, at, unix.S_IFIFO|0o600, 0), unlink)
		}},
		{"rename a file", func() syscall.Errno {
			return asErrno(unix.Renameat2(unix.AT_FDCWD, at, unix.AT_FDCWD, at+"-2", unix.RENAME_NOREPLACE))
		}},
		{"remove a file", func() syscall.Errno { return asErrno(unix.Unlinkat(unix.AT_FDCWD, at, 0)) }},
		{"change a file's mode", func() syscall.Errno { return asErrno(unix.Fchmodat(unix.AT_FDCWD, at, 0o600, 0)) }},
		{"change a file's times", func() syscall.Errno {
			return asErrno(unix.UtimesNanoAt(unix.AT_FDCWD, at, []unix.Timespec{{}, {}}, 0))
		}},
		{"set an attribute of a file", func() syscall.Errno { return asErrno(unix.Setxattr(at, "user.insyn", []byte{0}, 0)) }},
	} {
		all = append(all, attempt{one.name, SystemCalls, unix.EPERM, one.try})
	}
	return all
}

// openEverywhere opens the root folder: on one thread, and if that is refused, on every other. The runtime ends the process
// if only some are refused.
func openEverywhere() (int, syscall.Errno) {
	fd, err := unix.Openat(unix.AT_FDCWD, "/", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return everyThreadOpens()
	}
	return fd, 0
}

// onWhatIsOpen tries an empty file in memory that was opened before. Its seal keeps it empty, whatever happens.
func (g *Guard) onWhatIsOpen() []attempt {
	one := []byte{0}
	calls := func(name string, try func() error) attempt {
		return attempt{name, SystemCalls, unix.EPERM, func() syscall.Errno { return asErrno(try()) }}
	}
	absent := func(name string, try func() error) attempt {
		return attempt{name, SystemCalls, unix.ENOSYS, func() syscall.Errno { return asErrno(try()) }}
	}
	return []attempt{
		{"write to a file that is open", FileSize, unix.EFBIG, func() syscall.Errno {
			_, err := unix.Write(g.probe, one)
			return asErrno(err)
		}},
		{"write several parts to a file that is open", FileSize, unix.EFBIG, func() syscall.Errno {
			_, err := unix.Writev(g.probe, [][]byte{one, one})
			return asErrno(err)
		}},
		calls("write at a place in a file that is open", func() error { _, err := unix.Pwrite(g.probe, one, 0); return err }),
		calls("make an open file longer", func() error { return unix.Ftruncate(g.probe, 1) }),
		calls("reserve room for an open file", func() error { return unix.Fallocate(g.probe, 0, 0, 1) }),
		calls("set an attribute of an open file", func() error {
			err := unix.Fsetxattr(g.probe, "user.insyn", one, 0)
			if err == nil {
				_ = unix.Fremovexattr(g.probe, "user.insyn")
			}
			return err
		}),
		calls("map an open file, shared", func() error { return mapped(g.probe, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED) }),
		calls("map an open file, private", func() error { return mapped(g.probe, unix.PROT_READ, unix.MAP_PRIVATE) }),
		calls("control an open file (ioctl)", func() error {
			_, err := unix.IoctlGetInt(g.probe, unix.TIOCINQ)
			return err
		}),
		calls("have signals sent about an open file", func() error {
			_, err := unix.FcntlInt(uintptr(g.probe), unix.F_SETOWN, 0)
			return err
		}),
		absent("send a file to an open file", func() error { _, err := unix.Sendfile(g.probe, g.probe, nil, 1); return err }),
		absent("splice to an open file", func() error { _, err := unix.Splice(g.probe, nil, g.probe, nil, 1, 0); return err }),
		absent("copy to an open file", func() error {
			_, err := unix.CopyFileRange(g.probe, nil, g.probe, nil, 1, 0)
			return err
		}),
		calls("sync a file system", func() error { return unix.Syncfs(g.probe) }),
	}
}

// mapped maps, and takes it back where that works. Nothing is stored: the file is empty.
func mapped(fd, protection, flags int) error {
	const page = 4096
	memory, err := unix.Mmap(fd, 0, page, protection, flags)
	if err == nil {
		_ = unix.Munmap(memory)
	}
	return err
}
