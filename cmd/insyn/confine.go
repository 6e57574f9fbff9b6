package main

// Confinement: entered once everything is open and loaded, tested again every hour and whenever somebody asks, and told of
// in the greeting, the log and the metrics. One attempt that succeeds ends the process.

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"mime"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"insyn/cmd/internal/lockdown"
)

const (
	unconfinedFlag = "unconfined-i-accept-that-writes-are-possible"
	testEvery      = time.Hour
	askedEvery     = time.Second // asked more often, it answers with what it found last
)

func unconfinedVar(flags *flag.FlagSet) *bool {
	return flags.Bool(unconfinedFlag, false, "run without confinement: the kernel will not keep this process from writing")
}

// confinement is the process's, and what is known of it. Safe for concurrent use.
type confinement struct {
	// Static after enter.
	log   zerolog.Logger
	guard *lockdown.Guard // nil: not confined
	why   string          // it is not
	lost  chan error      // one error, once an attempt has succeeded; never closed

	mu   sync.Mutex // guards what follows
	last lockdown.Result
	at   time.Time // of the last test
	runs int
}

func newConfinement(log zerolog.Logger) *confinement {
	return &confinement{log: log, lost: make(chan error, 1)}
}

// enter confines the process, unless it is accepted that it is not. The demo, whose agency is invented, also runs on systems
// that have no confinement, older Linux among them, and says so; where the kernel has it, nothing is left to chance.
func (c *confinement) enter(config lockdown.Config, unconfined bool) error {
	if unconfined {
		c.why = "as asked for"
		return nil
	}
	preload()
	guard, err := lockdown.Enter(config)
	if errors.Is(err, lockdown.ErrPlatform) {
		c.why = err.Error()
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w. (To run without confinement: --%s)", err, unconfinedFlag)
	}
	c.guard = guard
	return c.test("start")
}

// preload has the standard library read what it would read at the first use, when it no longer can.
func preload() {
	_, _ = time.Now().Zone()
	_ = mime.TypeByExtension(".html")
}

// test tries everything, tells what came of it, and fails if one attempt succeeded.
func (c *confinement) test(cause string) error {
	if c.guard == nil {
		return nil
	}
	return c.found(cause, c.guard.Test())
}

// found tells what came of a test.
func (c *confinement) found(cause string, result lockdown.Result) error {
	c.mu.Lock()
	c.last, c.at = result, time.Now()
	c.runs++
	c.mu.Unlock()
	err := result.Err()
	level := zerolog.InfoLevel
	if err != nil {
		level = zerolog.ErrorLevel
	}
	c.log.WithLevel(level).Str("cause", cause).
		Int("refused", result.Count(lockdown.Refused)).
		Int("allowed", result.Count(lockdown.Allowed)).
		Int("unknown", result.Count(lockdown.Unknown)).
		Msg("selfcheck")
	if err != nil {
		select {
		case c.lost <- err:
		default: // the process is ending already
		}
	}
	return err
}

// watch tests every hour and at each signal, until ctx is over.
func (c *confinement) watch(ctx context.Context) {
	hour := time.NewTicker(testEvery)
	defer hour.Stop()
	asked := make(chan os.Signal, 1)
	if signals := askingSignals(); len(signals) > 0 {
		signal.Notify(asked, signals...)
		defer signal.Stop(asked)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-hour.C:
			_ = c.test("hour") // what was lost is in c.lost
		case <-asked:
			_ = c.test("asked")
		}
	}
}

// ServeHTTP tests, and answers with each attempt and what came of it. It is for the operator only, and for no web page.
func (c *confinement) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(r.Header.Values("Origin")) > 0 {
		http.Error(w, "not for web pages", http.StatusForbidden)
		return
	}
	if c.guard == nil {
		http.Error(w, "not confined: "+c.why, http.StatusNotFound)
		return
	}
	c.mu.Lock()
	late := time.Since(c.at) >= askedEvery
	c.mu.Unlock()
	if late {
		_ = c.test("asked")
	}
	c.mu.Lock()
	last := c.last
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if last.Err() != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
	_ = json.NewEncoder(w).Encode(last) // fails only when the reader is gone
}

// metrics are the lines for the page of metrics.
func (c *confinement) metrics() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	line := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	line("insyn_confined", "gauge", "1 if the kernel keeps this process from writing.")
	if c.guard == nil {
		b.WriteString("insyn_confined 0\n")
		return b.String()
	}
	b.WriteString("insyn_confined 1\n")
	line("insyn_selftest_runs_total", "counter", "Times that the confinement was tested.")
	fmt.Fprintf(&b, "insyn_selftest_runs_total %d\n", c.runs)
	line("insyn_selftest_attempts", "gauge", "Attempts at what must not be possible in the last test, by outcome.")
	for _, outcome := range lockdown.Outcomes() {
		fmt.Fprintf(&b, "insyn_selftest_attempts{outcome=%q} %d\n", string(outcome), c.last.Count(outcome))
	}
	line("insyn_selftest_time_seconds", "gauge", "When the last test was, in seconds since 1970.")
	fmt.Fprintf(&b, "insyn_selftest_time_seconds %d\n", c.at.Unix())
	if written, err := c.guard.Written(); err == nil {
		line("insyn_storage_bytes_written", "counter", "Bytes that the kernel says this process had written to storage.")
		fmt.Fprintf(&b, "insyn_storage_bytes_written %d\n", written)
	}
	return b.String()
}

// greeting says of each guarantee whether it is on.
func (c *confinement) greeting(metrics string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := "Confinement: off, " + c.why + ". Nothing but its own code keeps this process from writing.\n"
	if c.guard != nil {
		text = fmt.Sprintf("Confinement: on. It tried %d things that it must not be able to do: %d refused, %d could not be tried here.\n"+
			"Have it try again: curl -X POST %s/selftest\n",
			len(c.last.Attempts), c.last.Count(lockdown.Refused), c.last.Count(lockdown.Unknown), metrics)
	}
	for _, guarantee := range lockdown.Guarantees() {
		is := "off"
		if c.guard != nil && c.holds(guarantee) {
			is = "on"
		}
		text += fmt.Sprintf("  %-4s %-14s %s\n", is, guarantee, guarantee.Means())
	}
	return text
}

// holds wants something to have been refused by a guarantee, and nothing to have been allowed.
func (c *confinement) holds(guarantee lockdown.Guarantee) bool {
	has := func(outcome lockdown.Outcome) bool {
		return slices.ContainsFunc(c.last.Attempts, func(a lockdown.Attempt) bool { return a.By == guarantee && a.Outcome == outcome })
	}
	return has(lockdown.Refused) && !has(lockdown.Allowed)
}
