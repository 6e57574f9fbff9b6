package signaling

// Room: signaling. The limits of connections and requests, and the pace that a reader is held to.

import (
	"errors"
	"time"
)

// Limits are the limits of connections, and of requests to the console's HTTP API.
type Limits struct {
	Connections int           // WebSockets at once, not yet admitted ones included
	Beat        time.Duration // between two beats of the server
	Silence     time.Duration // without a byte from the peer
	Write       time.Duration // for the peer to take WriteChunk bytes
	Farewell    time.Duration // for the peer to answer a close
	Refusals    int           // sockets at once that are being told that they are not admitted
	BodyBytes   int64         // of a request to the console's API
	Discard     time.Duration // least time between two collections of the memory of what ended

	// A seat that sends faster is read slower, which the sender's own line then tells it.
	FramesPerSecond int
	FrameBurst      int
	BytesPerSecond  int
	ByteBurst       int
}

// DefaultLimits are the ones that the service is run with.
func DefaultLimits() Limits {
	return Limits{
		Connections: 25_000,
		Beat:        10 * time.Second, Silence: 25 * time.Second, Write: 10 * time.Second, Farewell: 2 * time.Second,
		Refusals:        256,
		BodyBytes:       1 << 10,
		Discard:         5 * time.Second,
		FramesPerSecond: 250, FrameBurst: 500,
		BytesPerSecond: 2 << 20, ByteBurst: 4 << 20,
	}
}

func (l Limits) check() error {
	if l.Connections <= 0 || l.Beat <= 0 || l.Silence <= l.Beat || l.Write <= 0 || l.Farewell <= 0 || l.Refusals <= 0 || l.BodyBytes <= 0 || l.Discard <= 0 ||
		l.FramesPerSecond <= 0 || l.FrameBurst <= 0 || l.BytesPerSecond <= 0 || l.ByteBurst <= 0 {
		return errors.New("signaling: limits above 0 expected, and Silence longer than Beat")
	}
	return nil
}

// bucket lets perSecond units through, and burst at once. Owned by one goroutine.
type bucket struct {
	perSecond float64
	burst     float64
	debt      float64 // units taken and not yet earned back
	at        time.Time
}

// take takes n units and tells how long to wait until they are paid for.
func (b *bucket) take(n int, now time.Time) time.Duration {
	b.debt = max(0, b.debt-now.Sub(b.at).Seconds()*b.perSecond) + float64(n)
	b.at = now
	if b.debt <= b.burst {
		return 0
	}
	return time.Duration((b.debt - b.burst) / b.perSecond * float64(time.Second))
}
