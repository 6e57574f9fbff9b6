package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// ordinary has a program run by an ordinary user, also where the test is root's, and opens the way to it.
func ordinary(t *testing.T, binary string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	for _, folder := range []string{filepath.Dir(binary), filepath.Dir(filepath.Dir(binary))} {
		if err := os.Chmod(folder, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	const nobody = 65534
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
