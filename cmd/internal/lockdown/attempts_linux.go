//go:build amd64 || arm64

package lockdown

// Room: cmd. More that is tried: memory, processes, networks, and what else of the kernel can keep or tell something.

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// closing tries something that opens a descriptor, and closes it.
func closing(name string, try func() (int, error)) attempt {
	return attempt{name, SystemCalls, unix.EPERM, func() syscall.Errno {
		fd, err := try()
		if err == nil {
			_ = unix.Close(fd)
		}
		return asErrno(err)
	}}
}

// refusedCall tries something that leaves nothing.
func refusedCall(name string, try func() syscall.Errno) attempt {
	return attempt{name, SystemCalls, unix.EPERM, try}
}

// inMemory tries what memory can be kept in beyond the process's own, and what could run what was not built in.
func inMemory() []attempt {
	const anonymous = unix.MAP_PRIVATE | unix.MAP_ANONYMOUS
	return []attempt{
		closing("make a file in memory", func() (int, error) { return unix.MemfdCreate("insyn-selftest", unix.MFD_CLOEXEC) }),
		closing("make a secret file in memory", func() (int, error) { return unix.MemfdSecret(unix.FD_CLOEXEC) }),
		refusedCall("share memory (System V)", func() syscall.Errno {
			id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4096, unix.IPC_CREAT|0o600)
			if err == nil {
				_, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil)
			}
			return asErrno(err)
		}),
		refusedCall("make a message queue (System V)", func() syscall.Errno {
			id, errno := raw(unix.SYS_MSGGET, unix.IPC_PRIVATE, unix.IPC_CREAT|0o600)
			if errno == 0 {
				_, _ = raw(unix.SYS_MSGCTL, id, unix.IPC_RMID)
			}
			return errno
		}),
		refusedCall("make a semaphore (System V)", func() syscall.Errno {
			id, errno := raw(unix.SYS_SEMGET, unix.IPC_PRIVATE, 1, unix.IPC_CREAT|0o600)
			if errno == 0 {
				_, _ = raw(unix.SYS_SEMCTL, id, 0, unix.IPC_RMID)
			}
			return errno
		}),
		refusedCall("open a message queue (POSIX)", func() syscall.Errno {
			_, errno := raw(unix.SYS_MQ_OPEN) // without a name: EFAULT where it is possible
			return errno
		}),
		refusedCall("keep a key in the kernel", func() syscall.Errno {
			id, err := unix.AddKey("user", "insyn-selftest", []byte{0}, unix.KEY_SPEC_THREAD_KEYRING)
			if err == nil {
				_, _ = unix.KeyctlInt(unix.KEYCTL_REVOKE, id, 0, 0, 0)
			}
			return asErrno(err)
		}),
		refusedCall("share memory between threads and children", func() syscall.Errno {
			return asErrno(mapped(-1, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS))
		}),
		refusedCall("map memory that can be executed", func() syscall.Errno {
			return asErrno(mapped(-1, unix.PROT_READ|unix.PROT_EXEC, anonymous))
		}),
		refusedCall("make memory executable", func() syscall.Errno {
			memory, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, anonymous)
			if err != nil {
				return unix.ESRCH // not tried
			}
			defer func() { _ = unix.Munmap(memory) }()
			return asErrno(unix.Mprotect(memory, unix.PROT_READ|unix.PROT_EXEC))
		}),
	}
}

// onProcesses tries to start some, to reach others, and to take the guards away.
func (g *Guard) onProcesses() []attempt {
	own := func() syscall.Errno {
		var limit unix.Rlimit
		if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, nil, &limit); err != nil {
			return asErrno(err)
		}
		return asErrno(unix.Prlimit(0, unix.RLIMIT_NOFILE, &limit, nil)) // to what it is
	}
	return []attempt{
		refusedCall("start a process", fork),
		refusedCall("start a process by clone3", func() syscall.Errno {
			_, errno := raw(unix.SYS_CLONE3) // without arguments: EINVAL where it is possible
			return errno
		}),
		refusedCall("start a program", execute),
		refusedCall("enter another name space", func() syscall.Errno { return asErrno(unix.Setns(-1, 0)) }),
		refusedCall("make a name space", func() syscall.Errno { return asErrno(unix.Unshare(0)) }),
		refusedCall("trace a process", func() syscall.Errno {
			if _, errno := raw(unix.SYS_PTRACE, unix.PTRACE_CONT, 0); errno != unix.ESRCH { // where it is possible there is no process 0
				return errno
			}
			return 0
		}),
		refusedCall("write to the memory of a process", func() syscall.Errno {
			_, err := unix.ProcessVMWritev(unix.Getpid(), nil, nil, 0)
			return asErrno(err)
		}),
		closing("take hold of a process", func() (int, error) { return unix.PidfdOpen(unix.Getpid(), 0) }),
		refusedCall("signal a process by kill", func() syscall.Errno { return asErrno(unix.Kill(unix.Getpid(), 0)) }),
		{"signal the process that started this one", Landlock, unix.EPERM, func() syscall.Errno {
			if g.parent == 0 {
				return unix.ESRCH // nothing would be known
			}
			return asErrno(unix.Tgkill(g.parent, g.parent, 0))
		}},
		refusedCall("become dumpable again", func() syscall.Errno { return asErrno(unix.Prctl(unix.PR_SET_DUMPABLE, ^uintptr(0), 0, 0, 0)) }),
		refusedCall("set a limit", own),
		refusedCall("set another filter", func() syscall.Errno {
			_, errno := raw(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER) // without one: EFAULT where it is possible
			return errno
		}),
		refusedCall("have other Landlock rules", func() syscall.Errno {
			_, errno := raw(unix.SYS_LANDLOCK_CREATE_RULESET)
			return errno
		}),
		refusedCall("change the user", func() syscall.Errno {
			const asItIs = ^uintptr(0)
			_, errno := raw(unix.SYS_SETRESUID, asItIs, asItIs, asItIs)
			return errno
		}),
	}
}

// onNetworks tries to reach whom nobody listed.
func (g *Guard) onNetworks() []attempt {
	kinds := []attempt{}
	for _, s := range []struct {
		name                   string
		family, kind, protocol int
	}{
		{"a Unix socket, as of a log or a container service", unix.AF_UNIX, unix.SOCK_STREAM, 0},
		{"a Unix socket for datagrams", unix.AF_UNIX, unix.SOCK_DGRAM, 0},
		{"a netlink socket", unix.AF_NETLINK, unix.SOCK_RAW, 0},
		{"a UDP socket", unix.AF_INET, unix.SOCK_DGRAM, 0},
		{"a UDP socket (IPv6)", unix.AF_INET6, unix.SOCK_DGRAM, 0},
		{"a socket for MPTCP, which Landlock does not see", unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP},
		{"a socket for SCTP", unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_SCTP},
		{"a socket of the kernel's ciphers", unix.AF_ALG, unix.SOCK_SEQPACKET, 0},
		{"a socket to the host of a virtual machine", unix.AF_VSOCK, unix.SOCK_STREAM, 0},
	} {
		kinds = append(kinds, closing("open "+s.name, func() (int, error) {
			return unix.Socket(s.family, s.kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, s.protocol)
		}))
	}
	loopback := [4]byte{127, 0, 0, 1}
	return append(
		kinds,
		refusedCall("open a pair of Unix sockets", func() syscall.Errno {
			pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err == nil {
				_, _ = unix.Close(pair[0]), unix.Close(pair[1])
			}
			return asErrno(err)
		}),
		attempt{"connect to a TCP port that is not listed", Landlock, unix.EACCES, onSocket(unix.AF_INET, func(fd int) syscall.Errno {
			return asErrno(unix.Connect(fd, &unix.SockaddrInet4{Port: int(g.port), Addr: loopback}))
		})},
		attempt{"connect to a TCP port that is not listed (IPv6)", Landlock, unix.EACCES, onSocket(unix.AF_INET6, func(fd int) syscall.Errno {
			return asErrno(unix.Connect(fd, &unix.SockaddrInet6{Port: int(g.port), Addr: [16]byte{15: 1}}))
		})},
		refusedCall("connect by sending (TCP fast open)", onSocket(unix.AF_INET, func(fd int) syscall.Errno { return fastOpen(fd, g.port) })),
		refusedCall("bind to a TCP port", onSocket(unix.AF_INET, func(fd int) syscall.Errno {
			return asErrno(unix.Bind(fd, &unix.SockaddrInet4{Addr: loopback}))
		})),
		refusedCall("listen on a TCP port", onSocket(unix.AF_INET, func(fd int) syscall.Errno { return asErrno(unix.Listen(fd, 1)) })),
		refusedCall("set a socket option that is not needed", onSocket(unix.AF_INET, func(fd int) syscall.Errno {
			return asErrno(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVLOWAT, 1))
		})),
	)
}

// onSocket tries something on a TCP socket of its own.
func onSocket(family int, try func(fd int) syscall.Errno) func() syscall.Errno {
	return func() syscall.Errno {
		fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.IPPROTO_TCP)
		if err != nil {
			return asErrno(err)
		}
		defer func() { _ = unix.Close(fd) }()
		return try(fd)
	}
}

// onKernel tries the rest of what the kernel offers to whoever asks.
func onKernel() []attempt {
	bare := func(name string, number uintptr, arguments ...uintptr) attempt {
		return refusedCall(name, func() syscall.Errno {
			fd, errno := raw(number, arguments...)
			if errno == 0 {
				_ = unix.Close(int(fd))
			}
			return errno
		})
	}
	return []attempt{
		bare("set up io_uring, which makes calls by itself", unix.SYS_IO_URING_SETUP, 1), // without parameters: EFAULT where it is possible
		bare("set up asynchronous input and output", unix.SYS_IO_SETUP),                  // EINVAL
		closing("watch files", func() (int, error) { return unix.InotifyInit1(unix.IN_CLOEXEC) }),
		closing("hold on to a folder tree", func() (int, error) {
			return unix.OpenTree(unix.AT_FDCWD, "/", unix.OPEN_TREE_CLOEXEC)
		}),
		closing("make a pipe", func() (int, error) {
			var ends [2]int
			err := unix.Pipe2(ends[:], unix.O_CLOEXEC)
			if err == nil {
				_ = unix.Close(ends[1])
			}
			return ends[0], err
		}),
	}
}
