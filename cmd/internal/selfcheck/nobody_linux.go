package selfcheck

// Room: cmd. Root starts the drill's server as nobody: that is who it should be run as, and more is to be seen then.

import (
	"os"
	"syscall"
)

const nobody = 65534

func asNobody() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if os.Geteuid() == 0 {
		attributes.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return attributes
}
