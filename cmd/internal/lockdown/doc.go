// Package lockdown takes away from the running process what a relay does not need: to write to a file, to start a program,
// to reach anybody who is not listed. It does so by the Linux kernel (Landlock, seccomp, limits), for good, on every thread;
// and it goes on trying to do what must not be possible, so that a guard that is missing shows.
//
// Open listeners and files, load templates, trust roots and the time zone, then call Enter. What Enter returns tells what is
// on and repeats the attempts. There is no best effort: Enter succeeds with every guarantee in place, or returns an error,
// and the process is then half confined and should end.
//
// docs/decisions/010-confinement.md says why each system call that is left is left.
package lockdown

// Room: cmd. The door: what is asked for, what is promised, what an attempt came to.

import (
	"errors"
	"fmt"
	"strings"
)

// ErrPlatform means that this system, or this build, has not what confinement takes. Its text fits on one line.
var ErrPlatform = errors.New("confinement is missing here")

// Config is what stays possible. The zero value leaves nothing but what is open already.
type Config struct {
	Connect []uint16 // TCP ports that may be connected to, on any host: Landlock knows no addresses
	Folders []string // that may be read, and all below them
}

// Guarantee is one thing that the kernel is asked for.
type Guarantee string

// The guarantees, in the order in which they are put in place.
const (
	Descriptors  Guarantee = "descriptors"   // nothing inherited leads to a file, nothing but sockets and pipes can be written to
	FileSize     Guarantee = "file size"     // RLIMIT_FSIZE 0
	Core         Guarantee = "core dumps"    // RLIMIT_CORE 0
	Capabilities Guarantee = "capabilities"  // none, also as root
	Undumpable   Guarantee = "not dumpable"  // memory is closed to processes of the same user
	NoPrivileges Guarantee = "no privileges" // no program that is started gains any
	Landlock     Guarantee = "Landlock"      // no file is opened or changed, no TCP port reached that is not listed, no other process signalled
	SystemCalls  Guarantee = "system calls"  // a seccomp allow-list
)

// Guarantees lists all of them, in order.
func Guarantees() []Guarantee {
	return []Guarantee{Descriptors, FileSize, Core, Capabilities, Undumpable, NoPrivileges, Landlock, SystemCalls}
}

// Means says in a few words what a guarantee is good for.
func (g Guarantee) Means() string {
	switch g {
	case Descriptors:
		return "nothing is open that leads to a file to write to"
	case FileSize:
		return "no file may be longer than 0 bytes"
	case Core:
		return "no core dump"
	case Capabilities:
		return "none, also for root"
	case Undumpable:
		return "memory closed to the user's other processes"
	case NoPrivileges:
		return "none to be gained"
	case Landlock:
		return "no file opened, no port reached but those listed"
	case SystemCalls:
		return fmt.Sprintf("%d of some 380, and of these not every use", len(calls()))
	}
	return ""
}

// Outcome is what an attempt came to.
type Outcome string

// The outcomes. Only Refused is good.
const (
	Refused Outcome = "refused" // by the guard that should
	Allowed Outcome = "allowed" // it worked, or got past the guard and failed for another reason
	Unknown Outcome = "unknown" // it could not be made here
)

// Outcomes lists all of them.
func Outcomes() []Outcome { return []Outcome{Refused, Allowed, Unknown} }

// Attempt is one thing that must not be possible, and what came of trying it.
type Attempt struct {
	Name    string    `json:"name"`
	By      Guarantee `json:"guarantee"`
	Outcome Outcome   `json:"outcome"`
	Answer  string    `json:"answer"` // the kernel's
}

// Result is one run of the self-test.
type Result struct {
	Attempts []Attempt `json:"attempts"`
}

// Count is how many attempts had an outcome.
func (r Result) Count(outcome Outcome) int {
	n := 0
	for _, a := range r.Attempts {
		if a.Outcome == outcome {
			n++
		}
	}
	return n
}

// Err is nil if nothing was allowed. It names what was.
func (r Result) Err() error {
	var names []string
	for _, a := range r.Attempts {
		if a.Outcome == Allowed {
			names = append(names, fmt.Sprintf("%s (%s: %s)", a.Name, a.By, a.Answer))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("not confined, these were possible: %s", strings.Join(names, "; "))
}
