package selfcheck

// Room: cmd. What the kernel says of a process, in /proc.

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
)

// threads are the ids of a process's threads.
func threads(pid int) ([]int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil, err
	}
	all := make([]int, 0, len(entries))
	for _, entry := range entries {
		id, err := strconv.Atoi(entry.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, nil
}

// written is what the kernel counts as written to storage by a process.
func written(pid int) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0, err
	}
	n, ok := number(raw, "write_bytes")
	if !ok {
		return 0, errors.New("no write_bytes in it")
	}
	return n, nil
}

// field is what stands behind a name in one of the kernel's tables of lines like "Name: 12 kB".
func field(table []byte, name string) (string, bool) {
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `:[ \t]*(.*?)[ \t]*$`).FindSubmatch(table)
	if found == nil {
		return "", false
	}
	return string(found[1]), true
}

// number is the number that a field begins with.
func number(table []byte, name string) (int64, bool) {
	text, ok := field(table, name)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(regexp.MustCompile(`^[0-9]*`).FindString(text), 10, 64)
	return n, err == nil
}
