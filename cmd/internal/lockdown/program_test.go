package lockdown

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/bpf"
)

// asked runs the filter of a processor over one call, on the assembler's own machine.
func asked(t *testing.T, p Processor, processor, number uint32, arguments ...uint64) uint32 {
	t.Helper()
	vm, err := bpf.NewVM(instructions(p))
	if err != nil {
		t.Fatal(err)
	}
	// The machine reads words as networks have them, the kernel as the processor has them: word by word it is the same.
	word := binary.BigEndian.AppendUint32
	data := word(word(word(word(nil, number), processor), 0x1000), 0)
	for i := range 6 {
		a := uint64(0)
		if i < len(arguments) {
			a = arguments[i]
		}
		data = word(word(data, uint32(a)), uint32(a>>32))
	}
	verdict, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(verdict)
}

// numbers are those of the kernel for a processor, as golang.org/x/sys has them.
func numbers(t *testing.T, p Processor) map[string]uint32 {
	t.Helper()
	folder, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "unix", "zsysnum_linux_"+string(p)+".go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]uint32{}
	for _, m := range regexp.MustCompile(`(?m)^\s*SYS_(\w+)\s*=\s*(\d+)$`).FindAllStringSubmatch(string(raw), -1) {
		n, err := strconv.ParseUint(m[2], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		found[strings.ToLower(m[1])] = uint32(n)
	}
	found["newfstatat"] = max(found["newfstatat"], found["fstatat"]) // arm64's other name for it
	return found
}

var processors = map[Processor]uint32{AMD64: processorAMD64, ARM64: processorARM64}

func TestNumbersAreTheKernels(t *testing.T) {
	for p := range processors {
		known := numbers(t, p)
		if len(known) < 250 {
			t.Fatalf("%s: only %d numbers known", p, len(known))
		}
		seen := map[uint32]string{}
		for _, c := range append(calls(), absent()...) {
			if got, want := c.number(p), known[c.name]; got != want {
				t.Errorf("%s: %s has the number %d, want %d", p, c.name, got, want)
			}
			if twice := seen[c.number(p)]; twice != "" {
				t.Errorf("%s: %s and %s have one number", p, c.name, twice)
			}
			seen[c.number(p)] = c.name
		}
	}
}

// Whatever is not in the list is refused, on both processors: every number there is, and those of the other calling
// conventions.
func TestOnlyWhatIsListedIsAllowed(t *testing.T) {
	for p, processor := range processors {
		listed := map[uint32]call{}
		for _, c := range calls() {
			listed[c.number(p)] = c
		}
		gone := map[uint32]bool{}
		for _, c := range absent() {
			gone[c.number(p)] = true
		}
		for n := range uint32(1024) {
			want := uint32(verdictErrno | errPermission)
			if c, ok := listed[n]; ok && len(c.ways) == 0 {
				want = verdictAllow
			} else if gone[n] {
				want = verdictErrno | errAbsent
			} else if ok {
				continue // TestArguments
			}
			if got := asked(t, p, processor, n); got != want {
				t.Errorf("%s: call %d is answered with %#x, want %#x", p, n, got, want)
			}
			if got := asked(t, p, processor, n|numberOfX32Calls); got != verdictErrno|errPermission {
				t.Errorf("%s: call %d of x32 is answered with %#x", p, n, got)
			}
		}
		for _, other := range []uint32{0, 0x40000003, 0x40000028, processorAMD64 ^ processorARM64 ^ processor} { // i386, ARM
			if got := asked(t, p, other, listed[0].number(p)); got != verdictKill {
				t.Errorf("%s: a call of processor %#x is answered with %#x, want the end", p, other, got)
			}
		}
	}
}

func TestArguments(t *testing.T) {
	const (
		upper = 1 << 32
		yes   = uint32(verdictAllow)
		no    = uint32(verdictErrno | errPermission)
	)
	for _, c := range []struct {
		what string
		call string
		args []uint64
		want uint32
	}{
		{"a thread of Go's on arm64", "clone", []uint64{0x50f00}, yes},
		{"a thread of Go's on amd64", "clone", []uint64{0xd0f00}, yes},
		{"a process", "clone", []uint64{17}, no},
		{"a process that shares all", "clone", []uint64{0x4111}, no},
		{"a thread in a name space of its own", "clone", []uint64{0x50f00 | 0x10000000}, no},
		{"a flag in the upper half", "clone", []uint64{0x50f00 | upper}, no},
		{"anonymous memory", "mmap", []uint64{0, 4096, 3, 0x22}, yes},
		{"reserved memory", "mmap", []uint64{0, 4096, 0, 0x4022}, yes},
		{"memory at a place", "mmap", []uint64{0, 4096, 3, 0x32}, yes},
		{"executable memory", "mmap", []uint64{0, 4096, 5, 0x22}, no},
		{"shared memory", "mmap", []uint64{0, 4096, 3, 0x21}, no},
		{"a shared file", "mmap", []uint64{0, 4096, 3, 0x01}, no},
		{"a shared file, checked", "mmap", []uint64{0, 4096, 3, 0x03}, no},
		{"a file of one's own", "mmap", []uint64{0, 4096, 1, 0x02}, no},
		{"huge pages", "mmap", []uint64{0, 4096, 3, 0x40022}, no},
		{"bits that the kernel does not read", "mmap", []uint64{0, 4096, 3 | upper, 0x22}, yes},
		{"TCP", "socket", []uint64{2, 1, 0}, yes},
		{"TCP, by its number", "socket", []uint64{10, 0x80801, 6}, yes},
		{"MPTCP", "socket", []uint64{2, 0x80801, 262}, no},
		{"SCTP", "socket", []uint64{2, 1, 132}, no},
		{"UDP", "socket", []uint64{2, 2, 0}, no},
		{"ping", "socket", []uint64{2, 2, 1}, no},
		{"raw", "socket", []uint64{2, 3, 6}, no},
		{"Unix", "socket", []uint64{1, 1, 0}, no},
		{"netlink", "socket", []uint64{16, 3, 0}, no},
		{"upper bits that the kernel does not read", "socket", []uint64{2 | upper, 1 | upper, 6 | upper}, yes},
		{"another flag of the type", "socket", []uint64{2, 0x1000001, 0}, no},
		{"flags of a descriptor", "fcntl", []uint64{1, 3}, yes},
		{"a lease", "fcntl", []uint64{1, 1024}, no},
		{"a seal", "fcntl", []uint64{1, 1033}, no},
		{"another descriptor", "fcntl", []uint64{1, 1030}, no},
		{"keep-alive", "setsockopt", []uint64{5, 1, 9}, yes},
		{"no delay", "setsockopt", []uint64{5, 6, 1}, yes},
		{"an option of the wrong level", "setsockopt", []uint64{5, 6, 9}, no},
		{"a program at a socket", "setsockopt", []uint64{5, 1, 26}, no},
		{"an upper protocol", "setsockopt", []uint64{5, 6, 31}, no},
		{"an error of a socket", "getsockopt", []uint64{5, 1, 4}, yes},
		{"another option", "getsockopt", []uint64{5, 1, 17}, no},
		{"is it dumpable", "prctl", []uint64{3}, yes},
		{"be dumpable", "prctl", []uint64{4, 1}, no},
		{"name memory", "prctl", []uint64{0x53564d41}, yes},
		{"no privileges", "prctl", []uint64{38, 1}, no},
		{"a filter", "prctl", []uint64{22, 2}, no},
		{"one's limits", "prlimit64", []uint64{0, 1, 0, 0x1234}, yes},
		{"new limits", "prlimit64", []uint64{0, 1, 0x1234, 0}, no},
		{"new limits, far up in memory", "prlimit64", []uint64{0, 1, 0x12 * upper, 0}, no},
		{"another's limits", "prlimit64", []uint64{1, 1, 0, 0x1234}, no},
		{"to read", "openat", []uint64{0xffffff9c, 0, 0x80000}, yes},
		{"to write", "openat", []uint64{0xffffff9c, 0, 0x80001}, no},
		{"to read and write", "openat", []uint64{0xffffff9c, 0, 0x80002}, no},
		{"neither", "openat", []uint64{0xffffff9c, 0, 0x80003}, no},
		{"to create", "openat", []uint64{0xffffff9c, 0, 0x80040}, no},
		{"to cut off", "openat", []uint64{0xffffff9c, 0, 0x80200}, no},
		{"to append", "openat", []uint64{0xffffff9c, 0, 0x80400}, no},
		{"without a name", "openat", []uint64{0xffffff9c, 0, 0x400000}, no},
	} {
		for p, processor := range processors {
			number, found := uint32(0), false
			for _, one := range calls() {
				if one.name == c.call {
					number, found = one.number(p), true
				}
			}
			if !found {
				t.Fatalf("no call %s", c.call)
			}
			if got := asked(t, p, processor, number, c.args...); got != c.want {
				t.Errorf("%s: %s, %s %#x: %#x, want %#x", p, c.what, c.call, c.args, got, c.want)
			}
		}
	}
	// Flags that have other numbers on the other processor.
	for _, c := range []struct {
		p     Processor
		flags uint64
		want  uint32
	}{
		{AMD64, 0x10000 | 0x20000, yes}, // a folder, no link
		{ARM64, 0x4000 | 0x8000, yes},
		{AMD64, 0x4000, no}, // past the page cache
		{ARM64, 0x10000, no},
	} {
		for _, one := range calls() {
			if one.name == "openat" {
				if got := asked(t, c.p, processors[c.p], one.number(c.p), 0xffffff9c, 0, c.flags); got != c.want {
					t.Errorf("%s: openat with %#x: %#x, want %#x", c.p, c.flags, got, c.want)
				}
			}
		}
	}
}

// Every condition counts: a call with rules, asked for with one bit more in an argument that has one, is refused.
func TestEveryRuleHasARefusal(t *testing.T) {
	for _, c := range calls() {
		for p, processor := range processors {
			if len(c.ways) > 0 && asked(t, p, processor, c.number(p), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)) == verdictAllow {
				t.Errorf("%s: %s is allowed with all bits set", p, c.name)
			}
		}
	}
}

func TestTheFilterIsPublished(t *testing.T) {
	published, err := Filters()
	if err != nil || len(published) != 2 || published[0].SHA256 == published[1].SHA256 {
		t.Fatalf("%v %v", published, err)
	}
	again, err := Filters()
	if err != nil || again[0] != published[0] || again[1] != published[1] {
		t.Errorf("%v, then %v: %v", published, again, err)
	}
	for _, p := range published {
		if len(p.SHA256) != 64 || p.Length == 0 || p.Length > 4096 { // what the kernel takes at most
			t.Errorf("%+v", p)
		}
	}
}

// The decision's list is the program's.
func TestTheDecisionListsEachCall(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/decisions/010-confinement.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(raw), "\n## The system calls\n")
	table, _, _ = strings.Cut(table, "\n## ")
	listed := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?) \\|").FindAllStringSubmatch(table, -1) {
		for _, name := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[1], -1) {
			listed[name[1]] = true
		}
	}
	if !ok || len(listed) == 0 {
		t.Fatal("no list of system calls in the decision")
	}
	for _, c := range append(calls(), absent()...) {
		if !listed[c.name] {
			t.Errorf("the decision does not list %s", c.name)
		}
		delete(listed, c.name)
	}
	for name := range listed {
		t.Errorf("the decision lists %s, which is not left", name)
	}
}
