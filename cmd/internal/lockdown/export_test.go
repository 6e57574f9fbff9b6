//go:build linux && (amd64 || arm64)

package lockdown

// EnterWithout leaves guarantees out, to see that each one is missed.
func EnterWithout(config Config, without ...Guarantee) (*Guard, error) { return enter(config, without) }

// Can says whether this kernel has what it takes.
func Can() error { return canLandlock() }
