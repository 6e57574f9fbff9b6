package lockdown

// Room: cmd. The system calls that are left, on both processors, and what of each.

// Errors of the kernel that the filter answers with, the same on both processors.
const (
	errPermission = 1  // EPERM
	errAbsent     = 38 // ENOSYS: the standard library then takes another way
)

// call is a system call that is left. It is allowed as a whole, or in one of the ways of its rules.
type call struct {
	name         string
	amd64, arm64 uint32
	ways         []way // none: any
}

// way is a way to use a call: all of its conditions hold.
type way []condition

// condition wants an argument, of 64 bits, to be a value once some of its bits are masked out.
type condition struct {
	argument int
	ignore   perProcessor // bits that don't matter
	want     uint64
}

// perProcessor is a value that differs between the two.
type perProcessor struct{ amd64, arm64 uint64 }

func both(v uint64) perProcessor { return perProcessor{v, v} }

// is wants an argument of 32 bits, the upper half of which the kernel does not read.
func is(argument int, want uint64) condition {
	return condition{argument: argument, ignore: both(0xffffffff_00000000), want: want}
}

// isButFor wants an argument of 32 bits to be a value, whatever some bits are.
func isButFor(argument int, ignore, want uint64) condition {
	return condition{argument: argument, ignore: both(0xffffffff_00000000 | ignore), want: want}
}

// whole wants an argument of 64 bits.
func whole(argument int, want uint64) condition { return condition{argument: argument, want: want} }

func oneOf(argument int, values ...uint64) []way {
	ways := make([]way, 0, len(values))
	for _, v := range values {
		ways = append(ways, way{is(argument, v)})
	}
	return ways
}

// Numbers of the kernel's headers; the tests compare them with golang.org/x/sys where that has them.
const (
	inet, inet6         = 2, 10
	stream              = 1
	nonblockCloexec     = 0x80800 // of socket types
	tcp                 = 6
	solSocket           = 1
	solIPv6             = 41
	anonymousPrivate    = 0x22
	fixedNoReserve      = 0x4010
	readWrite           = 3
	threadOfGo          = 0x50f00    // CLONE_VM, FS, FILES, SIGHAND, SYSVSEM, THREAD
	setTLS              = 0x80000    // and CLONE_SETTLS on amd64
	prSetVMA            = 0x53564d41 // names a mapping, which Go does
	prGetDumpable       = 3
	prGetSeccomp        = 21
	prGetNoNewPrivs     = 39
	fGetFD, fSetFD      = 1, 2
	fGetFL, fSetFL      = 3, 4
	soError, soKeep     = 4, 9
	tcpNoDelay          = 1
	tcpKeepIdle         = 4
	tcpKeepInterval     = 5
	tcpKeepCount        = 6
	ipv6Only            = 26
	numberOfX32Calls    = 0x40000000
	processorAMD64      = 0xc000003e // AUDIT_ARCH_X86_64
	processorARM64      = 0xc00000b7 // AUDIT_ARCH_AARCH64
	openForReadingAMD64 = 0x80000 | 0x800 | 0x10000 | 0x20000 | 0x8000
	openForReadingARM64 = 0x80000 | 0x800 | 0x4000 | 0x8000 | 0x20000
)

// calls lists all that is left; the rest is answered with EPERM. docs/decisions/010-confinement.md says why each is here,
// and a test compares the two lists.
func calls() []call {
	return []call{
		// On descriptors that are open. RLIMIT_FSIZE refuses a write to a file.
		{name: "read", amd64: 0, arm64: 63},
		{name: "write", amd64: 1, arm64: 64},
		{name: "writev", amd64: 20, arm64: 66},
		{name: "close", amd64: 3, arm64: 57},
		{name: "pread64", amd64: 17, arm64: 67},
		{name: "lseek", amd64: 8, arm64: 62},
		{name: "fstat", amd64: 5, arm64: 80},
		{name: "getdents64", amd64: 217, arm64: 61},
		{name: "fcntl", amd64: 72, arm64: 25, ways: oneOf(1, fGetFD, fSetFD, fGetFL, fSetFL)},

		// Threads, time and signals of the Go runtime.
		{name: "futex", amd64: 202, arm64: 98},
		{name: "epoll_pwait", amd64: 281, arm64: 22},
		{name: "epoll_ctl", amd64: 233, arm64: 21},
		{name: "nanosleep", amd64: 35, arm64: 101},
		{name: "clock_gettime", amd64: 228, arm64: 113},
		{name: "restart_syscall", amd64: 219, arm64: 128},
		{name: "sched_yield", amd64: 24, arm64: 124},
		{name: "sched_getaffinity", amd64: 204, arm64: 123},
		{name: "clone", amd64: 56, arm64: 220, ways: []way{{condition{0, both(setTLS), threadOfGo}}}},
		{name: "getpid", amd64: 39, arm64: 172},
		{name: "gettid", amd64: 186, arm64: 178},
		{name: "tgkill", amd64: 234, arm64: 131}, // Landlock keeps it to this process
		{name: "rt_sigaction", amd64: 13, arm64: 134},
		{name: "rt_sigprocmask", amd64: 14, arm64: 135},
		{name: "rt_sigreturn", amd64: 15, arm64: 139},
		{name: "sigaltstack", amd64: 131, arm64: 132},
		{name: "exit", amd64: 60, arm64: 93},
		{name: "exit_group", amd64: 231, arm64: 94},

		// Memory: anonymous, private, never executable.
		{name: "mmap", amd64: 9, arm64: 222, ways: []way{{
			isButFor(2, readWrite, 0), isButFor(3, fixedNoReserve, anonymousPrivate),
		}}},
		{name: "munmap", amd64: 11, arm64: 215},
		{name: "madvise", amd64: 28, arm64: 233},
		{name: "getrandom", amd64: 318, arm64: 278},
		{name: "prctl", amd64: 157, arm64: 167, ways: oneOf(0, prSetVMA, prGetDumpable, prGetSeccomp, prGetNoNewPrivs)},

		// TCP, not by way of MPTCP, which Landlock does not see. It keeps connect to the listed ports.
		{name: "accept4", amd64: 288, arm64: 242},
		{name: "socket", amd64: 41, arm64: 198, ways: sockets()},
		{name: "connect", amd64: 42, arm64: 203},
		{name: "getsockname", amd64: 51, arm64: 204},
		{name: "getpeername", amd64: 52, arm64: 205},
		{name: "shutdown", amd64: 48, arm64: 210},
		{name: "setsockopt", amd64: 54, arm64: 208, ways: []way{
			{is(1, solSocket), is(2, soKeep)},
			{is(1, tcp), is(2, tcpNoDelay)},
			{is(1, tcp), is(2, tcpKeepIdle)},
			{is(1, tcp), is(2, tcpKeepInterval)},
			{is(1, tcp), is(2, tcpKeepCount)},
			{is(1, solIPv6), is(2, ipv6Only)},
		}},
		{name: "getsockopt", amd64: 55, arm64: 209, ways: []way{{is(1, solSocket), is(2, soError)}}},

		// Files, for reading. Landlock refuses all but those below Config.Folders.
		{name: "openat", amd64: 257, arm64: 56, ways: []way{{
			condition{2, perProcessor{0xffffffff_00000000 | openForReadingAMD64, 0xffffffff_00000000 | openForReadingARM64}, 0},
		}}},
		{name: "newfstatat", amd64: 262, arm64: 79},
		{name: "readlinkat", amd64: 267, arm64: 78},

		// What the self-test asks.
		{name: "prlimit64", amd64: 302, arm64: 261, ways: []way{{is(0, 0), whole(2, 0)}}}, // to read one's own
		{name: "capget", amd64: 125, arm64: 90},
	}
}

// absent lists the calls that are answered as if the kernel did not have them.
func absent() []call {
	return []call{
		{name: "sendfile", amd64: 40, arm64: 71},
		{name: "splice", amd64: 275, arm64: 76},
		{name: "copy_file_range", amd64: 326, arm64: 285},
	}
}

func sockets() []way {
	var ways []way
	for _, family := range []uint64{inet, inet6} {
		for _, protocol := range []uint64{0, tcp} {
			ways = append(ways, way{is(0, family), isButFor(1, nonblockCloexec, stream), is(2, protocol)})
		}
	}
	return ways
}
