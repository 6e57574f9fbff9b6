package canary

// Room: cmd. Every file that changed since a moment, on every mount that can be written to.

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bounds are how much of a machine is walked.
type Bounds struct {
	Entries int   // files and folders looked at
	File    int64 // bytes of one file, its last ones
	Bytes   int64 // of all files
}

// DefaultBounds are enough for a server, and a few minutes.
func DefaultBounds() Bounds { return Bounds{Entries: 10_000_000, File: 256 << 20, Bytes: 8 << 30} }

// Files is what was walked, and what was found.
type Files struct {
	Mounts  []string // walked
	Entries int
	Changed int   // regular files that changed since
	Bytes   int64 // of these that were searched
	Skipped []string
	Hits    []FileHit
}

// FileHit is a hit in a file.
type FileHit struct {
	Hit
	File string
}

// mount is a place where files are.
type mount struct{ point, kind string }

// notFiles are file systems that hold no files of their own, but the kernel's view of itself. Each is named in what was
// skipped.
func notFiles() []string {
	return []string{
		"proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "securityfs", "debugfs", "tracefs", "configfs", "pstore", "bpf",
		"fusectl", "autofs", "binfmt_misc", "nsfs", "efivarfs", "rpc_pipefs", "selinuxfs",
	}
}

// writable reads /proc/self/mountinfo: the mounts that can be written to, and what was left out of them and why.
func writable(mountinfo io.Reader) (mounts []mount, skipped []string, err error) {
	lines := bufio.NewScanner(mountinfo)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields, rest := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < 6 || len(rest) < 3 {
			return nil, nil, errors.New("a line of mountinfo that is none")
		}
		point := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(fields[4])
		has := func(options, one string) bool { return slices.Contains(strings.Split(options, ","), one) }
		switch {
		case has(fields[5], "ro") || has(rest[2], "ro"): // nobody can write there
		case slices.Contains(notFiles(), rest[0]):
			skipped = append(skipped, point+": "+rest[0]+", the kernel's own view, no files")
		default:
			mounts = append(mounts, mount{point, rest[0]})
		}
	}
	return mounts, skipped, lines.Err()
}

// walker is one walk.
type walker struct {
	ctx    context.Context
	set    *Set
	since  time.Time
	bounds Bounds
	seen   map[[2]uint64]bool // roots, by device and number: a mount may be there twice
	found  Files
}

var errEnough = errors.New("enough")

// SearchFiles searches every regular file on this machine that changed since a moment, as far as this user may read and
// the bounds go. What was left out is named. ctx bounds its time.
func SearchFiles(ctx context.Context, s *Set, since time.Time, bounds Bounds) (Files, error) {
	info, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return Files{}, err
	}
	defer func() { _ = info.Close() }()
	mounts, skipped, err := writable(info)
	if err != nil {
		return Files{}, err
	}
	w := &walker{ctx: ctx, set: s, since: since.Truncate(time.Second), bounds: bounds, seen: map[[2]uint64]bool{}}
	w.found.Skipped = skipped
	for _, m := range mounts {
		if err := w.mount(m); err != nil {
			return w.found, err
		}
	}
	return w.found, nil
}

// SearchFolder does the same below one folder, without leaving its file system.
func SearchFolder(ctx context.Context, folder string, s *Set, since time.Time, bounds Bounds) (Files, error) {
	w := &walker{ctx: ctx, set: s, since: since.Truncate(time.Second), bounds: bounds, seen: map[[2]uint64]bool{}}
	err := w.mount(mount{folder, "folder"})
	return w.found, err
}

func (w *walker) skip(what, why string) { w.found.Skipped = append(w.found.Skipped, what+": "+why) }

func (w *walker) mount(m mount) error {
	info, err := os.Lstat(m.point)
	if err != nil {
		w.skip(m.point, "not to be reached")
		return nil //nolint:nilerr // said above
	}
	if !info.IsDir() {
		if info.Mode().IsRegular() {
			w.found.Mounts = append(w.found.Mounts, m.point)
			w.file(m.point, info)
		}
		return nil
	}
	device, number := identity(info)
	if w.seen[[2]uint64{device, number}] {
		return nil
	}
	w.seen[[2]uint64{device, number}] = true
	w.found.Mounts = append(w.found.Mounts, m.point)
	err = filepath.WalkDir(m.point, func(path string, entry fs.DirEntry, err error) error {
		return w.visit(path, entry, err, device)
	})
	if errors.Is(err, errEnough) {
		w.skip(m.point, "the rest of it, as much was looked at as there may be")
		return nil
	}
	return err
}

func (w *walker) visit(path string, entry fs.DirEntry, err error, device uint64) error {
	w.found.Entries++
	switch {
	case w.ctx.Err() != nil:
		w.skip(path, "this and what follows, no time is left")
		return filepath.SkipAll
	case w.found.Entries > w.bounds.Entries || w.found.Bytes > w.bounds.Bytes:
		return errEnough
	case errors.Is(err, fs.ErrNotExist):
		return nil // it went while we walked
	case err != nil:
		w.skip(path, "not to be read")
		return fs.SkipDir
	}
	info, err := entry.Info()
	if err != nil {
		return nil //nolint:nilerr // it went while we walked
	}
	if entry.IsDir() {
		if there, _ := identity(info); there != device {
			return fs.SkipDir // another mount, which has its own turn
		}
		return nil
	}
	if info.Mode().IsRegular() && changedSince(info, w.since) {
		w.file(path, info)
	}
	return nil
}

func (w *walker) file(path string, info fs.FileInfo) {
	if !changedSince(info, w.since) {
		return
	}
	w.found.Changed++
	file, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0) //nolint:gosec // every file there is, read only
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			w.skip(path, "changed, and not to be read")
		}
		return
	}
	defer func() { _ = file.Close() }()
	from := max(0, info.Size()-w.bounds.File)
	if from > 0 {
		w.skip(path, "all but its last bytes, it is too long")
	}
	// It may have grown since.
	w.found.Bytes += w.set.ReadAt(file, from, from+w.bounds.File, func(h Hit) {
		w.found.Hits = append(w.found.Hits, FileHit{h, path})
	})
}
