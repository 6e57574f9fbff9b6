package canary

// Room: cmd. The memory of another process, as Linux shows it to who may look (the same user, or root where the process has
// made itself undumpable).

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Memory is what was searched of a process, and what was found there.
type Memory struct {
	Mappings   int   // readable and writable ones
	Bytes      int64 // that were searched
	Unreadable int64 // that could not be
	Hits       []MemoryHit
}

// MemoryHit is a hit, and what lies there: "[heap]", a file, or nothing for the memory that Go takes.
type MemoryHit struct {
	Hit
	Mapping string
}

// errNothing is a process of which nothing could be read: nothing can be said of it then.
var errNothing = errors.New("none of its memory could be read")

// SearchMemory searches all readable and writable mappings of a process. Stop it meanwhile, or it may move things about.
func SearchMemory(pid int, s *Set) (Memory, error) {
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return Memory{}, err
	}
	defer func() { _ = maps.Close() }()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return Memory{}, fmt.Errorf("its memory is not to be read, root may: %w", err)
	}
	defer func() { _ = mem.Close() }()
	m, err := search(maps, mem, s)
	if err == nil && m.Bytes == 0 {
		err = errNothing
	}
	return m, err
}

func search(maps io.Reader, mem io.ReaderAt, s *Set) (Memory, error) {
	var m Memory
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		from, to, access, name, err := parseMapping(lines.Text())
		if err != nil {
			return m, err
		}
		if !strings.HasPrefix(access, "rw") {
			continue
		}
		m.Mappings++
		read := s.ReadAt(mem, from, to, func(h Hit) { m.Hits = append(m.Hits, MemoryHit{h, name}) })
		m.Bytes, m.Unreadable = m.Bytes+read, m.Unreadable+(to-from-read)
	}
	return m, lines.Err()
}

// parseMapping reads a line of /proc/PID/maps.
func parseMapping(line string) (from, to int64, access, name string, err error) {
	fields := strings.Fields(line)
	bad := func() (int64, int64, string, string, error) {
		return 0, 0, "", "", errors.New("a line of maps that is none")
	}
	if len(fields) < 5 {
		return bad()
	}
	begin, end, ok := strings.Cut(fields[0], "-")
	low, errLow := strconv.ParseUint(begin, 16, 63)
	high, errHigh := strconv.ParseUint(end, 16, 63)
	if !ok || errLow != nil || errHigh != nil || high < low {
		if strings.HasPrefix(begin, "ffffffff") { // the vsyscall page, which is nobody's
			return 0, 0, "---p", "[vsyscall]", nil
		}
		return bad()
	}
	return int64(low), int64(high), fields[1], strings.Join(fields[5:], " "), nil
}
