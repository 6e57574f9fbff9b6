package canary

// Room: cmd. What Linux tells of a file beside its name.

import (
	"io/fs"
	"syscall"
	"time"
)

// openFlags: what was a file when it was seen may be a link or a pipe when it is opened.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// identity is a file's device and number.
func identity(info fs.FileInfo) (device, number uint64) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0
	}
	return stat.Dev, stat.Ino
}

// changedSince reports whether contents or name changed. The time of change can't be set back, that of modification can.
func changedSince(info fs.FileInfo, since time.Time) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || !time.Unix(stat.Ctim.Unix()).Before(since) || !info.ModTime().Before(since)
}
