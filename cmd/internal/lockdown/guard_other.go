//go:build !linux || (!amd64 && !arm64)

package lockdown

// Room: cmd. Systems that have no confinement of this kind.

import (
	"fmt"
	"runtime"
)

// Guard is what a confined process holds; here there is none.
type Guard struct{}

// Enter returns ErrPlatform.
func Enter(Config) (*Guard, error) {
	return nil, fmt.Errorf("%w: it takes Linux on amd64 or arm64, and this is %s on %s", ErrPlatform, runtime.GOOS, runtime.GOARCH)
}

// Test has nothing to try.
func (*Guard) Test() Result { return Result{} }

// Written returns ErrPlatform.
func (*Guard) Written() (int64, error) { return 0, ErrPlatform }
