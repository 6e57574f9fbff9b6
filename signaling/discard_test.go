package signaling

// Room: signaling. After the close nothing is held: neither by us, nor by what memory was collected of.

import (
	"bufio"
	"bytes"
	"io"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"insyn/session"
)

// counting is a discarder whose collections are counted.
func counting(every time.Duration) (*discarder, *atomic.Int64) {
	n := &atomic.Int64{}
	d := newDiscarder(every, NewMetrics())
	d.collect = func() { n.Add(1) }
	return d, n
}

func TestMemoryIsCollectedAfterTheLastEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, n := counting(5 * time.Second)
		defer d.stop()
		time.Sleep(time.Hour)
		if n.Load() != 0 {
			t.Fatalf("collected %d times where nothing ended", n.Load())
		}
		d.ended()
		if got := d.metrics.discardDue.Load(); got != 1 || n.Load() != 0 {
			t.Errorf("due %d, collected %d times, want it to be due", got, n.Load())
		}
		time.Sleep(time.Second)
		if got := d.metrics.discardDue.Load(); got != 0 || n.Load() != 1 || d.metrics.discards.Load() != 1 {
			t.Errorf("due %d, collected %d times, want once", got, n.Load())
		}
		d.ended() // too early for another
		time.Sleep(time.Second)
		if n.Load() != 1 {
			t.Errorf("collected %d times within 5 s, want once", n.Load())
		}
		time.Sleep(5 * time.Second)
		if got := d.metrics.discardDue.Load(); got != 0 || n.Load() != 2 {
			t.Errorf("due %d, collected %d times, want it twice: after the last one too", got, n.Load())
		}
	})
}

func TestChurnCollectsNotMoreThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, n := counting(5 * time.Second)
		defer d.stop()
		for range 60_000 { // a minute
			d.ended()
			time.Sleep(time.Millisecond)
		}
		if n.Load() < 11 || n.Load() > 13 {
			t.Errorf("collected %d times in a minute, want every 5 s", n.Load())
		}
	})
}

func TestWhatEndsWhileCollectingIsCollectedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, n := counting(5 * time.Second)
		defer d.stop()
		collect := d.collect
		d.collect = func() {
			if n.Load() == 0 {
				d.ended()
			}
			collect()
		}
		d.ended()
		time.Sleep(time.Second)
		if got := d.metrics.discardDue.Load(); got != 1 || n.Load() != 1 {
			t.Errorf("due %d, collected %d times, want another one to be due", got, n.Load())
		}
		time.Sleep(time.Minute)
		if got := d.metrics.discardDue.Load(); got != 0 || n.Load() != 2 {
			t.Errorf("due %d, collected %d times, want twice", got, n.Load())
		}
	})
}

func TestNothingRunsAfterTheStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, n := counting(5 * time.Second)
		d.ended()
		d.stop()
		d.ended()
		time.Sleep(time.Hour)
		if n.Load() != 0 {
			t.Errorf("collected %d times after the stop", n.Load())
		}
	})
}

// weakly is the session as far as it is held by others.
func weakly(w *world) weak.Pointer[session.Session] {
	w.Helper()
	id, _ := session.ParseID(w.session)
	found, ok := w.registry.ForAgent(id, w.agentID())
	if !ok {
		w.Fatal("no such session")
	}
	return weak.Make(found)
}

// A frame waits in an outbox, that of a connection, that of a session. After the close all of these are gone, though the
// server goes on.
func TestAfterTheCloseASessionIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		var collected atomic.Int64
		collect := w.server.discard.collect
		w.server.discard.collect = func() { collected.Add(1); collect() }
		applicant, agent := w.live()
		payload := opaque("sealed")
		for range 20 {
			applicant.send(session.KindDelta, 1, payload) // the agent's end reads none of them
		}
		synctest.Wait()
		kept := weakly(w)
		if got := w.metrics.held.Load(); got == 0 {
			t.Error("nothing is held, want frames that nobody reads") // else this test says nothing
		}
		applicant.say(session.KindClose, 0)
		go func() {
			for {
				if _, err := agent.next(); err != nil {
					return
				}
			}
		}()
		applicant.wantEnd(session.ReasonStopped)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if w.registry.Count() != 0 || w.metrics.held.Load() != 0 || w.metrics.connections.Load() != 0 || w.metrics.sessions.Load() != 0 {
			t.Errorf("%d sessions, %d bytes, %d connections", w.registry.Count(), w.metrics.held.Load(), w.metrics.connections.Load())
		}
		if collected.Load() == 0 {
			t.Error("memory was not collected")
		}
		applicant, agent = nil, nil
		runtime.GC()
		if kept.Value() != nil {
			t.Error("the session is still held")
		}
		var page recorder
		w.metrics.ServeHTTP(&page, httptest.NewRequest("GET", "/metrics", nil))
		for _, want := range []string{"insyn_sessions_open 0\n", "insyn_bytes_held 0\n", "insyn_connections 0\n", "insyn_sockets 0\n", "insyn_discard_due 0\n"} {
			if !strings.Contains(page.String(), want) {
				t.Errorf("the metrics do not say %q", want)
			}
		}
	})
}

// The buffers that net/http hands over with a connection held headers and frames.
func TestBuffersAreWiped(t *testing.T) {
	secret := bytes.Repeat([]byte("sealed bytes and a cookie "), 200)
	h := &hijacker{buffers: bufio.NewReadWriter(bufio.NewReader(bytes.NewReader(secret)), bufio.NewWriter(io.Discard))}
	h.wipe() // before anything was read
	h.buffers.Reader.Reset(bytes.NewReader(secret))
	read, err := h.buffers.Peek(h.buffers.Reader.Size())
	if err != nil {
		t.Fatal(err)
	}
	written := h.buffers.AvailableBuffer()
	written = written[:cap(written)]
	if _, err := h.buffers.Write(secret[:len(written)]); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read, secret[:len(read)]) || !bytes.Equal(written, secret[:len(written)]) || len(read) < 1000 || len(written) < 1000 {
		t.Fatal("these are not the buffers") // else this test says nothing
	}
	h.wipe()
	for name, buffer := range map[string][]byte{"read": read, "written": written} {
		if len(bytes.Trim(buffer, "\x00")) > 0 {
			t.Errorf("what was %s is still there", name)
		}
	}
	(&hijacker{}).wipe() // where nothing was taken over
}
