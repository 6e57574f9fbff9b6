//go:build !linux

package selfcheck

// Room: cmd. Elsewhere there is no drill; this lets the rest compile.

import "syscall"

func asNobody() *syscall.SysProcAttr { return nil }
