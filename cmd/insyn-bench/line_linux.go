package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// mtu is more than any packet on a line of Ethernet's size takes.
const mtu = 1600

// carry makes both interfaces, says so on out, and carries packets until ctx is done.
func carry(ctx context.Context, near, far string, how conditions, out io.Writer) error {
	var ends [2]*os.File
	for i, name := range []string{near, far} {
		end, err := openTun(name)
		if err != nil {
			return fmt.Errorf("interface %q: %w", name, err)
		}
		defer func() { _ = end.Close() }()
		ends[i] = end
	}
	var slow atomic.Bool
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	defer signal.Stop(asked)
	if _, err := fmt.Fprintln(out, "ready"); err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- oneWay(ends[0], ends[1], how, &slow) }()
	go func() { failed <- oneWay(ends[1], ends[0], how, &slow) }()
	for {
		select {
		case <-asked:
			slow.Store(true)
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

// openTun makes an interface that hands its packets over as they are. It is gone once the file is closed.
func openTun(name string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	request, err := unix.NewIfreq(name)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err == nil {
		// Only now can it be waited for.
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

type packet struct {
	bytes []byte
	at    time.Time
}

// oneWay carries packets until one end is closed.
func oneWay(from, to *os.File, how conditions, slow *atomic.Bool) error {
	line := sender{conditions: how, random: rand.New(rand.NewPCG(rand.Uint64(), 0))} //nolint:gosec // no secret
	under := make(chan packet, how.queue+1000)
	defer close(under)
	go func() {
		for one := range under {
			time.Sleep(time.Until(one.at))
			// An interface that is not up yet refuses packets, as a line does that loses them.
			_, _ = to.Write(one.bytes)
		}
	}()
	buffer := make([]byte, mtu)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return err
		}
		now := time.Now()
		at, ok := now, true
		if slow.Load() {
			at, ok = line.send(n, now)
		}
		if ok {
			under <- packet{append([]byte(nil), buffer[:n]...), at}
		}
	}
}
