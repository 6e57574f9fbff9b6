package selfcheck

// Room: cmd. The drill's own server: started, read, asked for its metrics, held still, ended.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// itself is this very program, also where its folder is closed to the user that it is started as.
const itself = "/proc/self/exe"

// Started is how the drill's server is started, by this very program, and how it is reached then.
type Started struct {
	Args    []string // of a server that listens on a free port of this machine's own and says so
	Reached func(port string) (insyn, desk string)
}

// instance is a server of the drill's own.
type instance struct {
	cmd     *exec.Cmd
	out     *capture // standard output and standard error
	address string   // host and port
	port    string
	client  http.Client
	gone    chan struct{} // closed when the process is gone
}

// capture keeps what a process writes. Safe for concurrent use.
type capture struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *capture) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(b)
}

func (c *capture) Bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.text.Bytes())
}

// tail is the last few lines of what was said, for an error.
func (c *capture) tail() string {
	said := bytes.TrimSpace(c.Bytes())
	if at := len(said) - 600; at > 0 {
		said = said[at:]
	}
	return string(said)
}

const (
	startTime = 30 * time.Second
	stopTime  = 20 * time.Second
	pollTime  = 50 * time.Millisecond
)

var errNotReady = errors.New("it does not say where it listens")

// start starts the server and waits until it says where it is.
func start(ctx context.Context, how Started) (*instance, error) {
	cmd := exec.CommandContext(ctx, itself, how.Args...) //nolint:gosec // ourselves
	cmd.Args[0] = "insyn"
	cmd.SysProcAttr = asNobody()
	cmd.Dir, cmd.WaitDelay = "/", stopTime
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = []string{"PATH=/usr/bin:/bin"} // nothing of ours that could hold something
	i := &instance{cmd: cmd, out: &capture{}, gone: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = i.out, i.out // pipes, as a service manager has them
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(i.gone)
		_ = cmd.Wait() // its state is read from cmd
	}()
	where := regexp.MustCompile(`http://(127\.0\.0\.1:([0-9]+))/metrics`)
	ready, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		if found := where.FindSubmatch(i.out.Bytes()); found != nil {
			i.address, i.port = string(found[1]), string(found[2])
			return i, nil
		}
		select {
		case <-i.gone:
			return nil, fmt.Errorf("the server ended with %v: %s", cmd.ProcessState, i.out.tail())
		case <-ready.Done():
			i.stop()
			return nil, fmt.Errorf("%w: %s", errNotReady, i.out.tail())
		case <-time.After(pollTime):
		}
	}
}

func (i *instance) pid() int { return i.cmd.Process.Pid }

// stop ends the server and waits until it is gone.
func (i *instance) stop() {
	_ = i.cmd.Process.Signal(syscall.SIGTERM) // one that is gone needs none
	select {
	case <-i.gone:
	case <-time.After(stopTime):
		_ = i.cmd.Process.Kill() // as above
		<-i.gone
	}
}

// still holds the process still while look looks, so that nothing moves about meanwhile.
func (i *instance) still(look func() error) error {
	if err := halt(i.cmd.Process); err != nil {
		return err
	}
	return errors.Join(look(), resume(i.cmd.Process))
}

// metrics is the page of metrics.
func (i *instance) metrics(ctx context.Context) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+i.address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := i.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the metrics are answered with %s", response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, 16<<20))
}

// value is one metric without labels of a page of them.
func value(metrics []byte, name string) (int64, bool) {
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` ([0-9]+)$`).FindSubmatch(metrics)
	if found == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(found[1]), 10, 64)
	return n, err == nil
}

// until asks for metrics until they fit, or ctx is over. It gives the last ones.
func (i *instance) until(ctx context.Context, fits func(metrics []byte) bool) ([]byte, error) {
	for {
		page, err := i.metrics(ctx)
		if err != nil || fits(page) {
			return page, err
		}
		select {
		case <-ctx.Done():
			return page, ctx.Err()
		case <-time.After(pollTime):
		}
	}
}
