package selfcheck

// Room: cmd. A running server, from outside: what the kernel says of it. Nothing is asked of the process itself, but where
// the report says so.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LookConfig is what to look at.
type LookConfig struct {
	PID     int
	Watch   time.Duration // between the two times that the kernel is asked what was written
	Filters []Filter      // seccomp programs that the build publishes, for this kind of processor: one of these, or nothing
	Ask     string        // where the server answers its operator; empty: where it listens
}

// Filter is a published seccomp program.
type Filter struct {
	Name string
	Hash string // SHA-256 of its instructions, eight bytes each, lower-case hexadecimal digits
}

// swapLater is the claim that is the operator's to settle, and no matter of the program's.
const swapLater = "swap, later"

// look is one run.
type look struct {
	config LookConfig
	pid    int
	proc   string // its folder in /proc
	report *Report

	listeners []netip.AddrPort // found by descriptors
}

// Look examines a process. An error means that there is none; what could not be looked into is in the report.
func Look(ctx context.Context, config LookConfig) (*Report, error) {
	if runtime.GOOS != "linux" {
		return nil, ErrPlatform
	}
	l := &look{config: config, pid: config.PID, proc: fmt.Sprintf("/proc/%d", config.PID)}
	named, err := os.ReadFile(l.proc + "/cmdline")
	if err != nil {
		return nil, fmt.Errorf("no process %d: %w", config.PID, err)
	}
	l.report = &Report{Of: fmt.Sprintf("Process %d, from outside: %q", config.PID, strings.Fields(strings.ReplaceAll(string(named), "\x00", " ")))}
	before, beforeErr := written(l.pid)
	l.program()
	l.threads()
	l.limits()
	l.closed()
	l.swap()
	l.descriptors()
	l.filter()
	l.selfTest(ctx)
	l.storage(ctx, before, beforeErr)
	l.report.Blind = []string{
		"Landlock: the kernel shows nobody which rules a process is under. The self-test's word is the process's own",
		"what the program would do with another input: read its source, and compare its hash with a build of your own",
		"what stands before the server: proxies, balancers, packet captures",
		"what reads its standard output and error: journald and log collectors keep what they are given",
		"the host below: swap of another machine's memory, snapshots of a virtual machine, a debugger of root's, the hypervisor",
		"the identity provider, the two browsers, screenshots, a recording of the phone call",
		"what happened before the process started or between two looks; run this when you like, and unannounced",
	}
	return l.report, nil
}

func (l *look) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(l.proc, name)) //nolint:gosec // names of ours, below /proc
}

// unknown adds a claim that could not be looked into.
func (l *look) unknown(name, promise string, err error) {
	why := err.Error()
	if errors.Is(err, os.ErrPermission) {
		why += " (root may)"
	}
	l.report.add(name, promise, Unknown, why)
}

// program compares what runs with what checks, and wants no other code in the process.
func (l *look) program() {
	const name, promise = "program", "it runs the very program that this check is, and no other code"
	theirs, err := hashOf(l.proc + "/exe")
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	ours, err := hashOf(itself)
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	maps, err := l.read("maps")
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	file, _ := os.Readlink(l.proc + "/exe") // for reading only
	verdict, seen := Holds, []string{"SHA-256 of its file " + theirs}
	if theirs != ours {
		verdict = Fails
		seen = append(seen, "SHA-256 of this program "+ours+": another build, or another program. Check with the one that runs: "+file)
	}
	for _, other := range foreignCode(string(maps), file) {
		verdict = Fails
		seen = append(seen, "code that is not the program's: "+other)
	}
	l.report.add(name, promise, verdict, seen...)
}

// foreignCode lists executable mappings of anything but the program and what the kernel puts into each process.
func foreignCode(maps, program string) []string {
	var foreign []string
	for line := range strings.Lines(maps) {
		fields := strings.Fields(line)
		if len(fields) < 5 || !strings.Contains(fields[1], "x") {
			continue
		}
		what := strings.Join(fields[5:], " ")
		if what != program && what != "[vdso]" && what != "[vsyscall]" {
			foreign = append(foreign, strings.TrimSpace(fields[0]+" "+fields[1]+" "+what))
		}
	}
	return foreign
}

func hashOf(file string) (string, error) {
	f, err := os.Open(file) //nolint:gosec // to be hashed, nothing else
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// threads wants every thread to be confined.
func (l *look) threads() {
	const (
		capabilities = "capabilities"
		filtered     = "every thread is under a seccomp filter and can gain no privileges"
		powers       = "no thread has any of root's powers"
	)
	ids, err := threads(l.pid)
	if err != nil {
		l.unknown("seccomp", filtered, err)
		l.unknown(capabilities, powers, err)
		return
	}
	open, mighty := map[string]int{}, map[string]int{} // threads, by what speaks against them
	looked, asRoot := 0, false
	for _, id := range ids {
		status, err := l.read(fmt.Sprintf("task/%d/status", id))
		if errors.Is(err, os.ErrNotExist) {
			continue // it ended meanwhile
		}
		if err != nil {
			l.unknown("seccomp", filtered, err)
			l.unknown(capabilities, powers, err)
			return
		}
		looked++
		for name, want := range map[string]string{"Seccomp": "2", "NoNewPrivs": "1"} {
			if got, _ := field(status, name); got != want {
				open[fmt.Sprintf("%s is %q, want %s", name, got, want)]++
			}
		}
		for _, name := range []string{"CapInh", "CapPrm", "CapEff", "CapAmb"} {
			if got, _ := field(status, name); got == "" || strings.Trim(got, "0") != "" {
				mighty[fmt.Sprintf("%s is %s, want none", name, got)]++
			}
		}
		if uids, _ := field(status, "Uid"); slices.Contains(strings.Fields(uids), "0") {
			asRoot = true
		}
	}
	for _, c := range []struct {
		name, promise string
		against       map[string]int
	}{{"seccomp", filtered, open}, {capabilities, powers, mighty}} {
		verdict := Holds
		if len(c.against) > 0 || looked == 0 {
			verdict = Fails
		}
		seen := []string{fmt.Sprintf("%d threads", looked)}
		for _, why := range slices.Sorted(maps.Keys(c.against)) {
			seen = append(seen, fmt.Sprintf("%d of them: %s", c.against[why], why))
		}
		if asRoot && c.name == capabilities {
			seen = append(seen, "it runs as user 0, which without capabilities is a user like others, but owns the system's files. An ordinary one is better")
		}
		l.report.add(c.name, c.promise, verdict, seen...)
	}
}

// limits wants files and core dumps to be of no length.
func (l *look) limits() {
	const name, promise = "limits", "the longest file that it may write has 0 bytes, and so has a core dump"
	table, err := l.read("limits")
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	verdict, seen := Holds, []string{}
	for _, limit := range []string{"Max file size", "Max core file size"} {
		found := regexp.MustCompile(`(?m)^` + limit + `\s+(\S+)\s+(\S+)`).FindSubmatch(table)
		if found == nil {
			verdict = Fails
			seen = append(seen, limit+": not in the kernel's table")
			continue
		}
		soft, hard := string(found[1]), string(found[2])
		if soft != "0" || hard != "0" {
			verdict = Fails
		}
		seen = append(seen, fmt.Sprintf("%s: %s, and never more than %s", limit, soft, hard))
	}
	l.report.add(name, promise, verdict, seen...)
}

// closed wants the process to be undumpable and untraced.
func (l *look) closed() {
	const name, promise = "dumps", "nobody but root can read its memory, and nobody traces it now"
	status, err := l.read("status")
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	info, err := os.Stat(l.proc + "/environ") // the folder itself is always its user's
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	uids, _ := field(status, "Uid")
	tracer, _ := field(status, "TracerPid")
	owner := ownerOf(info)
	runs := strings.Fields(uids + " ?")[0]
	verdict, seen := Holds, []string{fmt.Sprintf("it runs as user %s, and its files in /proc belong to user %d", runs, owner)}
	switch {
	case tracer != "0":
		verdict = Fails
		seen = append(seen, "traced by process "+tracer)
	case runs == "0":
		verdict = Unknown
		seen = append(seen, "as root there is no telling from outside whether it is dumpable")
	case owner != 0: // the kernel gives the files of one that is not dumpable to root
		verdict = Fails
		seen = append(seen, "it is dumpable")
	}
	l.report.add(name, promise, verdict, seen...)
}

// swap wants nothing of it to be on a disk, and nothing to get there.
func (l *look) swap() {
	const (
		now   = "nothing of its memory is on a swap device"
		later = "nothing of its memory can get to one"
	)
	status, err := l.read("status")
	if err != nil {
		l.unknown("swap, now", now, err)
		return
	}
	kilobytes, ok := number(status, "VmSwap")
	switch {
	case !ok:
		l.report.add("swap, now", now, Unknown, "the kernel does not say")
	case kilobytes > 0:
		l.report.add("swap, now", now, Fails, fmt.Sprintf("VmSwap: %d kB", kilobytes))
	default:
		l.report.add("swap, now", now, Holds, "VmSwap: 0 kB")
	}
	swaps, err := os.ReadFile("/proc/swaps")
	if err != nil {
		l.unknown(swapLater, later, err)
		return
	}
	devices := strings.Count(strings.TrimSpace(string(swaps)), "\n")
	if devices == 0 {
		l.report.add(swapLater, later, Holds, "this machine has no swap device now")
		return
	}
	if most, err := l.swapMost(); err == nil && most == "0" {
		l.report.add(swapLater, later, Holds, fmt.Sprintf("%d swap devices, and its control group may use none of them (memory.swap.max 0)", devices))
		return
	}
	l.report.add(swapLater, later, Fails,
		fmt.Sprintf("%d swap devices: the operator's to settle, MemorySwapMax=0 in its systemd unit, or an enciphered swap device", devices))
}

// swapMost is memory.swap.max of its control group, or of one above that sets it to nothing.
func (l *look) swapMost() (string, error) {
	groups, err := l.read("cgroup")
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile(`(?m)^0::(/.*)$`).FindSubmatch(groups)
	if found == nil {
		return "", errors.New("no control group")
	}
	err = errors.New("no control group sets it")
	for group := string(found[1]); ; group = filepath.Dir(group) {
		raw, readErr := os.ReadFile(filepath.Join("/sys/fs/cgroup", group, "memory.swap.max")) //nolint:gosec // as the kernel named it
		if readErr == nil && strings.TrimSpace(string(raw)) == "0" {
			return "0", nil
		}
		if group == "/" {
			return "", errors.Join(err, readErr)
		}
	}
}

// storage compares what the kernel counts, over some time.
func (l *look) storage(ctx context.Context, before int64, err error) {
	const name, promise = "writes", "it has not written to any storage since it started"
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	select {
	case <-time.After(l.config.Watch):
	case <-ctx.Done():
	}
	after, err := written(l.pid)
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	verdict := Holds
	if after > 0 {
		verdict = Fails
	}
	l.report.add(name, promise, verdict, fmt.Sprintf("write_bytes of the kernel: %d, and %d after %v", before, after, l.config.Watch))
}

// Servers finds the processes that are Insyn servers.
func Servers() ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlatform, err)
	}
	var found []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		if err != nil {
			continue // it ended meanwhile
		}
		words := strings.Split(string(line), "\x00")
		if len(words) > 1 && filepath.Base(words[0]) == "insyn" && slices.Contains([]string{"serve", "demo"}, words[1]) {
			found = append(found, pid)
		}
	}
	return found, nil
}
