//go:build !unix

package main

import "os"

// askingSignals are none here.
func askingSignals() []os.Signal { return nil }
