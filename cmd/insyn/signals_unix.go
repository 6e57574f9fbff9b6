//go:build unix

package main

import (
	"os"
	"syscall"
)

// askingSignals have the confinement tested.
func askingSignals() []os.Signal { return []os.Signal{syscall.SIGUSR1} }
