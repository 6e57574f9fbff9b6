package selfcheck

// Room: cmd. What a process has open, and what each of these is good for.

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// opened is one open descriptor.
type opened struct {
	number int
	what   string
	bad    bool           // something can be kept or told through it
	odd    bool           // we don't know what it is
	listen netip.AddrPort // where it listens, if it does
}

// descriptors wants nothing to be open through which something could be kept.
func (l *look) descriptors() {
	const name, promise = "descriptors", "nothing is open that can be written to but sockets of its own, pipes and the runtime's eventfd"
	all, err := l.opened()
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	verdict, seen := Holds, []string{fmt.Sprintf("%d descriptors", len(all))}
	connections := 0
	for _, one := range all {
		if one.listen.IsValid() {
			l.listeners = append(l.listeners, one.listen)
		}
		switch {
		case one.bad:
			verdict = Fails
		case one.odd && verdict == Holds:
			verdict = Unknown
		case one.what == connection:
			connections++
			continue
		}
		note := ""
		if one.bad {
			note = " <- must not be open"
		} else if one.odd {
			note = " <- not known what it is"
		}
		seen = append(seen, fmt.Sprintf("%d: %s%s", one.number, one.what, note))
	}
	if connections > 0 {
		seen = append(seen, fmt.Sprintf("and %d connections (TCP)", connections))
	}
	l.report.add(name, promise, verdict, seen...)
}

func (l *look) opened() ([]opened, error) {
	entries, err := os.ReadDir(filepath.Join(l.proc, "fd"))
	if err != nil {
		return nil, err
	}
	sockets, err := l.sockets()
	if err != nil {
		return nil, err
	}
	var all []opened
	for _, entry := range entries {
		n, err := strconv.Atoi(entry.Name())
		if err != nil {
			return nil, err
		}
		target, err := os.Readlink(filepath.Join(l.proc, "fd", entry.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue // closed meanwhile
		}
		if err != nil {
			return nil, err
		}
		info, err := l.read("fdinfo/" + entry.Name())
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		mode, length := os.FileMode(0), int64(0)
		if stat, err := os.Stat(filepath.Join(l.proc, "fd", entry.Name())); err == nil {
			mode, length = stat.Mode(), stat.Size()
		}
		one := judge(target, string(info), mode, length, sockets)
		one.number = n
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b opened) int { return a.number - b.number })
	return all, nil
}

// judge says what a descriptor is, from where it leads, what the kernel says of it, and the kind and the length of what is
// there.
func judge(target, info string, mode os.FileMode, length int64, sockets map[string]opened) opened {
	if inode, ok := strings.CutPrefix(target, "socket:["); ok {
		if known, ok := sockets[strings.TrimSuffix(inode, "]")]; ok {
			return known
		}
		return opened{what: "a socket of a kind that the kernel does not list", odd: true}
	}
	if strings.HasPrefix(target, "pipe:[") {
		return opened{what: "a pipe"}
	}
	if kind, ok := strings.CutPrefix(target, "anon_inode:"); ok {
		harmless := []string{"[eventpoll]", "[eventfd]", "[timerfd]", "[signalfd]", "inotify", "[pidfd]", "[landlock-ruleset]"}
		return opened{what: "the kernel's " + strings.Trim(kind, "[]"), bad: !slices.Contains(harmless, kind)}
	}
	access := accessOf(info)
	what := fmt.Sprintf("%s, open %s", target, access)
	switch {
	case strings.HasPrefix(target, probe) && mode.IsRegular() && length == 0:
		return opened{what: what + ", in memory, empty: what the self-test tries to write to"}
	case strings.HasPrefix(target, "/memfd:"):
		return opened{what: what + ", memory as a file", bad: true}
	case target == "/dev/null", target == "/dev/urandom", target == "/dev/random":
		return opened{what: what}
	case mode&os.ModeCharDevice != 0:
		return opened{what: what + ", a terminal or another device that keeps nothing by itself"}
	case mode.IsRegular() && access == reading, mode.IsDir() && access == reading:
		return opened{what: what}
	case mode&os.ModeNamedPipe != 0:
		return opened{what: what + ", a pipe with a name"}
	case access == reading && mode != 0:
		return opened{what: what}
	case mode == 0:
		return opened{what: what, odd: true}
	}
	return opened{what: what, bad: true}
}

const (
	reading = "for reading"
	probe   = "/memfd:insyn-probe " // without a name in any folder; what was written to it would show as its length
)

// accessOf reads a descriptor's flags.
func accessOf(info string) string {
	found := regexp.MustCompile(`(?m)^flags:\s*([0-7]+)$`).FindStringSubmatch(info)
	if found == nil {
		return "for who knows what"
	}
	flags, err := strconv.ParseUint(found[1], 8, 64)
	if err != nil {
		return "for who knows what"
	}
	const path = 0o10000000 // O_PATH: nothing can be read or written through it
	switch {
	case flags&path != 0, flags&3 == 0:
		return reading
	case flags&3 == 1:
		return "for writing"
	}
	return "for reading and writing"
}

const connection = "a connection (TCP)"

// sockets are those of the process's network, by inode.
func (l *look) sockets() (map[string]opened, error) {
	found := map[string]opened{}
	for _, table := range []struct {
		file   string
		inode  int // column
		judged func(fields []string) opened
	}{
		{"tcp", 9, tcp},
		{"tcp6", 9, tcp},
		{"udp", 9, udp},
		{"udp6", 9, udp},
		{"unix", 6, never("a Unix socket")},
		{"netlink", 9, never("a netlink socket")},
		{"raw", 9, never("a raw socket")},
		{"raw6", 9, never("a raw socket")},
		{"packet", 8, never("a packet socket")},
	} {
		raw, err := l.read("net/" + table.file)
		if errors.Is(err, os.ErrNotExist) {
			continue // this kernel has no such sockets
		}
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(string(raw), "\n") {
			if fields := strings.Fields(line); i > 0 && len(fields) > table.inode {
				found[fields[table.inode]] = table.judged(fields)
			}
		}
	}
	return found, nil
}

func never(what string) func([]string) opened {
	return func([]string) opened { return opened{what: what, bad: true} }
}

// tcp says whether a TCP socket listens. Whom a connection is with is not said: one of the two is an applicant.
func tcp(fields []string) opened {
	const listening = "0A"
	if fields[3] != listening {
		return opened{what: connection}
	}
	listen, _ := netip.ParseAddrPort(address(fields[1])) // not valid: it is only named
	return opened{what: "listens on TCP " + address(fields[1]), listen: listen}
}

func udp(fields []string) opened {
	return opened{what: "UDP " + address(fields[1]) + ", which can send to anybody: the tab stream's"}
}

// address reads one of the kernel's: hexadecimal digits of words in the machine's order, a colon, the port.
func address(text string) string {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	n, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil || len(raw)%4 != 0 {
		return text
	}
	for word := range slices.Chunk(raw, 4) { // little-endian, as on both processors that this runs on
		slices.Reverse(word)
	}
	ip, ok := netip.AddrFromSlice(raw)
	if !ok {
		return text
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)).String()
}
