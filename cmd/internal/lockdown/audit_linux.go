//go:build amd64 || arm64

package lockdown

// Room: cmd. The descriptors that a process has, and which of these it must not have.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// descriptor is what the kernel says of one.
type descriptor struct {
	number   int
	mode     uint32 // of fstat
	device   uint64 // of a device file
	writable bool
	family   int    // of a socket
	terminal bool   // of a character device
	name     string // where it leads, for a person; empty once nothing can be looked up
}

// fault is empty, or why a descriptor must not be there.
func (d descriptor) fault() string {
	switch d.mode & unix.S_IFMT {
	case unix.S_IFIFO:
		return ""
	case unix.S_IFSOCK:
		if slices.Contains([]int{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6}, d.family) {
			return ""
		}
		return fmt.Sprintf("it is a socket of family %d", d.family)
	case unix.S_IFDIR:
		return "" // can't be written to; what is below it is Landlock's
	case unix.S_IFCHR:
		null := unix.Mkdev(1, 3)
		if d.device == null || d.terminal || (!d.writable && unix.Major(d.device) == unix.Major(null)) {
			return ""
		}
		return fmt.Sprintf("it is the device %d:%d", unix.Major(d.device), unix.Minor(d.device))
	case unix.S_IFREG:
		if !d.writable {
			return ""
		}
		return "it is a file, and open for writing"
	case 0: // of the kernel's own making: at the start it is known by its name, later no new kind can be made
		if d.name == "" || slices.Contains([]string{"anon_inode:[eventpoll]", "anon_inode:[eventfd]", "anon_inode:[pidfd]"}, d.name) {
			return ""
		}
	}
	return "it is of a kind that has no place here"
}

// descriptors are those of this process, but for the ones that are the guard's own.
func (g *Guard) descriptors() ([]descriptor, error) {
	if _, err := g.list.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	names, err := g.list.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var all []descriptor
	for _, name := range names {
		number, err := strconv.Atoi(name)
		if err != nil {
			return nil, err
		}
		if number == g.probe {
			continue
		}
		d, err := describe(number)
		if errors.Is(err, unix.EBADF) {
			continue // closed meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("descriptor %d: %w", number, err)
		}
		all = append(all, d)
	}
	return all, nil
}

func describe(number int) (descriptor, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(number, &stat); err != nil {
		return descriptor{}, err
	}
	flags, err := unix.FcntlInt(uintptr(number), unix.F_GETFL, 0)
	if err != nil {
		return descriptor{}, err
	}
	return descriptor{
		number: number, mode: stat.Mode, device: stat.Rdev, //nolint:unconvert // as on both processors
		writable: flags&unix.O_ACCMODE != unix.O_RDONLY && flags&unix.O_PATH == 0,
	}, nil
}

// audit refuses what was inherited and leads to a file, or to who knows what. Files that the kernel makes up, as of control
// groups, are opened for reading by the Go runtime.
func (g *Guard) audit() error {
	all, err := g.descriptors()
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.name, err = os.Readlink(fmt.Sprintf("/proc/self/fd/%d", d.number)); errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		switch d.mode & unix.S_IFMT {
		case unix.S_IFSOCK:
			d.family, err = unix.GetsockoptInt(d.number, unix.SOL_SOCKET, unix.SO_DOMAIN)
		case unix.S_IFCHR:
			_, notTerminal := unix.IoctlGetTermios(d.number, unix.TCGETS)
			d.terminal = notTerminal == nil
		case unix.S_IFREG:
			err = madeUp(d.number)
		}
		if err != nil {
			return fmt.Errorf("descriptor %d, %s: %w", d.number, d.name, err)
		}
		if fault := d.fault(); fault != "" {
			return fmt.Errorf("descriptor %d leads to %s, and must not: %s. A log goes through a pipe: insyn demo | tee FILE", d.number, d.name, fault)
		}
	}
	return nil
}

// madeUp wants a file to be one that the kernel makes up.
func madeUp(number int) error {
	var system unix.Statfs_t
	if err := unix.Fstatfs(number, &system); err != nil {
		return err
	}
	if !slices.Contains([]int64{unix.PROC_SUPER_MAGIC, unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC, unix.SYSFS_MAGIC}, int64(system.Type)) { //nolint:unconvert // as on both processors
		return errors.New("a file, where only pipes, sockets, a terminal and /dev/null may be. A log goes through a pipe: insyn demo | tee FILE")
	}
	return nil
}

// open repeats in the live process what can still be seen: an errno for how it is answered.
func (g *Guard) open() (fault string, err error) {
	all, err := g.descriptors()
	if err != nil {
		return "", err
	}
	for _, d := range all {
		kind := d.mode & unix.S_IFMT
		if kind == unix.S_IFSOCK || kind == unix.S_IFCHR {
			continue // of these, no more than was seen at the start can be told
		}
		if fault := d.fault(); fault != "" {
			return fmt.Sprintf("descriptor %d: %s", d.number, fault), nil
		}
	}
	return "", nil
}
