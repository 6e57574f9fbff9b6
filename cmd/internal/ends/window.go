package ends

// Room: cmd. Credit, as web/src/link/window.ts finds it: how many bytes may be under way, from how long acknowledgements
// take.

import "time"

const (
	windowStart = 32 << 10
	windowLeast = 8 << 10
	windowMost  = 512 << 10
	queued      = 200 * time.Millisecond // an answer that takes this much longer than the quickest did has stood in a queue
)

type underWay struct {
	counter uint64
	bytes   int
	at      time.Time
}

// window is one lane's at the sender. Owned by a seat.
type window struct {
	limit    int
	quickest time.Duration
	bytes    int
	sends    []underWay
}

func newWindow() window { return window{limit: windowStart} }

// open reports whether something may be sent. One frame larger than the window may go when nothing is under way.
func (w *window) open() bool { return w.bytes == 0 || w.bytes < w.limit }

func (w *window) sent(counter uint64, bytes int, now time.Time) {
	w.sends = append(w.sends, underWay{counter, bytes, now})
	w.bytes += bytes
}

// acknowledged takes note that everything up to and including counter was applied.
func (w *window) acknowledged(counter uint64, now time.Time) {
	n, newest := 0, underWay{}
	for ; n < len(w.sends) && w.sends[n].counter <= counter; n++ {
		newest = w.sends[n]
		w.bytes -= newest.bytes
	}
	if n == 0 {
		return
	}
	w.sends = append(w.sends[:0], w.sends[n:]...)
	took := now.Sub(newest.at)
	if w.quickest == 0 || took < w.quickest {
		w.quickest = took
	}
	grown := w.limit + newest.bytes
	if took > w.quickest+queued {
		grown = w.limit / 2
	}
	w.limit = min(windowMost, max(windowLeast, grown))
}

// forget is for what is lost: the line broke, or everything was dropped for a resync.
func (w *window) forget() { w.sends, w.bytes = nil, 0 }
