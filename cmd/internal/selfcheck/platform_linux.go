package selfcheck

// Room: cmd. What only Linux has, beside /proc.

import (
	"io/fs"
	"os"
	"syscall"
)

const nobody = 65534

// asNobody has root start the drill's server as nobody: that is who it should be run as, and more is to be seen then.
func asNobody() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		attributes.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return attributes
}

// halt and resume stop a process in its tracks, and let it go on.
func halt(p *os.Process) error   { return p.Signal(syscall.SIGSTOP) }
func resume(p *os.Process) error { return p.Signal(syscall.SIGCONT) }

// ownerOf is the user that something in /proc belongs to.
func ownerOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}

// forNobody makes a folder inside of another for whom asNobody runs things as.
func forNobody(outer, folder string) error {
	if err := os.Mkdir(folder, 0o700); err != nil || os.Geteuid() != 0 {
		return err
	}
	if err := os.Chmod(outer, 0o711); err != nil { //nolint:gosec // to be passed through, not to be read
		return err
	}
	return os.Chown(folder, nobody, nobody)
}
