package signaling

// Room: signaling. What is left of a connection that ended: what we hold is wiped where it is held, but net/http and the
// WebSocket library have buffers of their own, in which sealed bytes and headers stand until the memory is used again.
// So memory is collected and given back to the kernel, which hands out zeros, after connections end.

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// settle is how long a connection that ended may take until nothing runs for it any more.
const settle = 500 * time.Millisecond

// discarder collects memory some time after something ended, and never more often than it may. Safe for concurrent use.
type discarder struct {
	// Static after construction.
	every   time.Duration
	collect func()
	metrics *Metrics

	mu      sync.Mutex // guards what follows
	timer   *time.Timer
	due     bool
	last    time.Time // when memory was last collected
	running sync.WaitGroup
	stopped bool
}

func newDiscarder(every time.Duration, metrics *Metrics) *discarder {
	return &discarder{every: every, collect: collectAndGiveBack, metrics: metrics}
}

// collectAndGiveBack collects twice, since pools let go of what they hold only the second time, and gives back.
func collectAndGiveBack() {
	runtime.GC()
	debug.FreeOSMemory() // collects too
}

// ended says that a connection is over. Memory is collected after the last of several, and after some of many.
func (d *discarder) ended() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.due || d.stopped {
		return
	}
	d.due = true
	d.metrics.discardDue.Store(1)
	d.running.Add(1)
	d.timer = time.AfterFunc(max(settle, d.every-time.Since(d.last)), d.run)
}

func (d *discarder) run() {
	defer d.running.Done()
	d.mu.Lock()
	d.due = false // what ends from here on needs another one
	d.last = time.Now()
	d.mu.Unlock()
	d.collect()
	d.metrics.discards.Add(1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.due {
		d.metrics.discardDue.Store(0)
	}
}

// stop returns when nothing runs any more. The process goes then, and its memory with it.
func (d *discarder) stop() {
	d.mu.Lock()
	d.stopped = true
	if d.due && d.timer.Stop() {
		d.running.Done()
	}
	d.mu.Unlock()
	d.running.Wait()
}
