//go:build !linux

package main

import (
	"syscall"
	"testing"
)

func ordinary(*testing.T, string) *syscall.SysProcAttr { return nil }
