package selfcheck

// Room: cmd. A seccomp program that a process was given is read out of the kernel as it was.

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"unsafe"
)

// underFilter makes this test binary a process of two filters that waits.
const underFilter = "INSYN_TEST_UNDER_FILTER"

// programs are harmless: both allow everything, the first in a round-about way.
func programs() [][]syscall.SockFilter {
	const allow = 0x7fff0000
	return [][]syscall.SockFilter{
		{{Code: syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS}, {Code: syscall.BPF_RET | syscall.BPF_K, K: allow}},
		{{Code: syscall.BPF_RET | syscall.BPF_K, K: allow}},
	}
}

func TestMain(m *testing.M) {
	if os.Getenv(underFilter) != "" {
		if err := waitUnderFilter(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func waitUnderFilter() error {
	const setNoNewPrivs, setSeccomp, filter = 38, 22, 2
	runtime.LockOSThread()
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivs, 1, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	for _, program := range programs() {
		p := syscall.SockFprog{Len: uint16(len(program)), Filter: unsafe.SliceData(program)}
		if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setSeccomp, filter, uintptr(unsafe.Pointer(&p)), 0, 0, 0); errno != 0 {
			return errno
		}
	}
	fmt.Println(syscall.Gettid())
	_, err := bufio.NewReader(os.Stdin).ReadByte()
	if err != nil && err.Error() != "EOF" {
		return err
	}
	return nil
}

func encode(program []syscall.SockFilter) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, program) // a bytes.Buffer does not fail
	return b.Bytes()
}

func TestFiltersAreReadOutOfTheKernel(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), itself)
	cmd.Env = append(os.Environ(), underFilter+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Error(err)
		}
	}()
	thread := 0
	if _, err := fmt.Fscan(out, &thread); err != nil {
		t.Fatal(err)
	}
	got, err := readFilters(thread)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EIO) {
		t.Skipf("SKIPPED, AND NOTHING IS KNOWN: the kernel gives no filter out to this user: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if want := programs(); len(got) != len(want) {
		t.Fatalf("%d programs, want %d", len(got), len(want))
	}
	for _, want := range programs() {
		found := false
		for _, program := range got {
			found = found || bytes.Equal(program, encode(want))
		}
		if !found {
			t.Errorf("%x is not among %x", encode(want), got)
		}
	}
	// A thread without one has none, and no other's.
	free := exec.CommandContext(t.Context(), "/bin/cat")
	hold, err := free.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Start(); err != nil {
		t.Fatal(err)
	}
	if got, err := readFilters(free.Process.Pid); err != nil || len(got) != 0 {
		t.Errorf("of one without: %d programs, %v", len(got), err)
	}
	if err := errors.Join(hold.Close(), free.Wait()); err != nil {
		t.Errorf("it did not go on: %v", err)
	}
}
