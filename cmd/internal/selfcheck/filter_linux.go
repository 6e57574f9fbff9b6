package selfcheck

// Room: cmd. Reading a thread's seccomp programs, which the kernel gives to root.

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// From the kernel's ptrace.h, the same on each processor.
const (
	ptraceSeize     = 0x4206
	ptraceInterrupt = 0x4207
	ptraceFilter    = 0x420c // PTRACE_SECCOMP_GET_FILTER
	instruction     = 8      // bytes
	mostPrograms    = 64
)

// readFilters stops a thread for a moment, and reads its programs.
func readFilters(thread int) (programs [][]byte, err error) {
	runtime.LockOSThread() // only the thread that traces may ask
	defer runtime.UnlockOSThread()
	if err := ptrace(ptraceSeize, thread, 0, nil); err != nil {
		return nil, fmt.Errorf("it cannot be traced: %w", err)
	}
	defer func() { err = errors.Join(err, syscall.PtraceDetach(thread)) }()
	if err := ptrace(ptraceInterrupt, thread, 0, nil); err != nil {
		return nil, err
	}
	if err := stopped(thread); err != nil {
		return nil, err
	}
	for i := range uintptr(mostPrograms) {
		length, err := filterAt(thread, i, nil)
		if errors.Is(err, syscall.ENOENT) || i == 0 && errors.Is(err, syscall.EINVAL) { // no more, or no filter at all
			return programs, nil
		}
		if err != nil {
			return nil, err
		}
		program := make([]byte, length*instruction)
		if _, err := filterAt(thread, i, program); err != nil {
			return nil, err
		}
		programs = append(programs, program)
	}
	return programs, nil
}

// stopped waits until a thread that was interrupted stands still: at once, or never, where somebody else is told of it.
func stopped(thread int) error {
	const patience = 5 * time.Second
	var status syscall.WaitStatus
	for began := time.Now(); time.Since(began) < patience; time.Sleep(time.Millisecond) {
		got, err := syscall.Wait4(thread, &status, syscall.WALL|syscall.WNOHANG, nil)
		switch {
		case errors.Is(err, syscall.EINTR), err == nil && got == 0:
			continue
		case err != nil:
			return err
		case !status.Stopped():
			return errors.New("it ended")
		}
		return nil
	}
	return errors.New("it does not stop")
}

// filterAt gives the number of instructions of one program, and the instructions, if there is room for them.
func filterAt(thread int, index uintptr, into []byte) (int, error) {
	n, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, ptraceFilter, uintptr(thread), index, uintptr(unsafe.Pointer(unsafe.SliceData(into))), 0, 0) //nolint:gosec // the kernel writes what it said it would
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func ptrace(request, thread int, address uintptr, data unsafe.Pointer) error {
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, uintptr(request), uintptr(thread), address, uintptr(data), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
