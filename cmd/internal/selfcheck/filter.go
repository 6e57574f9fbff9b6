package selfcheck

// Room: cmd. The seccomp program as the kernel has it, against what the build publishes.

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// filter reads every thread's seccomp programs out of the kernel.
func (l *look) filter() {
	const name, promise = "filter", "the seccomp program that the kernel runs on every thread is one that this build publishes"
	ids, err := threads(l.pid)
	if err != nil {
		l.unknown(name, promise, err)
		return
	}
	found := map[string]int{} // threads, by the hashes of their programs
	for _, id := range ids {
		programs, err := readFilters(id)
		if err != nil {
			l.report.add(name, promise, Unknown, fmt.Sprintf("the kernel does not give it out for thread %d: %v", id, err),
				"it does to root, outside of containers that have a filter of their own, where it was built with CONFIG_CHECKPOINT_RESTORE")
			return
		}
		hashes := make([]string, 0, len(programs))
		for _, program := range programs {
			sum := sha256.Sum256(program)
			hashes = append(hashes, hex.EncodeToString(sum[:]))
		}
		slices.Sort(hashes)
		found[strings.Join(hashes, " and ")]++
	}
	verdict, seen := l.compare(found)
	l.report.add(name, promise, verdict, seen...)
}

// compare wants one of the published programs on every thread. More filters above it only take more away.
func (l *look) compare(found map[string]int) (Verdict, []string) {
	verdict, seen := Holds, []string{}
	if len(l.config.Filters) == 0 {
		verdict, seen = Unknown, []string{"this build publishes none for this kind of processor"}
	}
	for hashes, count := range found {
		known := ""
		for _, published := range l.config.Filters {
			if slices.Contains(strings.Split(hashes, " and "), published.Hash) {
				known = published.Name
			}
		}
		switch {
		case hashes == "":
			verdict = Fails
			seen = append(seen, fmt.Sprintf("%d threads: no program", count))
		case known == "" && len(l.config.Filters) > 0:
			verdict = Fails
			seen = append(seen, fmt.Sprintf("%d threads: SHA-256 %s, which is not published", count, hashes))
		default:
			seen = append(seen, fmt.Sprintf("%d threads: SHA-256 %s %s", count, hashes, known))
		}
	}
	slices.Sort(seen)
	return verdict, seen
}
