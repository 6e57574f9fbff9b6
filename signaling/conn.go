package signaling

// Room: signaling. One admitted connection: the caller reads, one goroutine writes and is joined before serve returns.

import (
	"context"
	"io"
	"net"
	"slices"
	"time"

	"github.com/coder/websocket"

	"insyn/session"
	"insyn/session/sealed"
)

const (
	readChunk    = 16 << 10 // silence is measured per chunk, so that a slow line is not a silent one
	writeChunk   = 64 << 10 // so is the time to write
	firstScratch = 512
	keptScratch  = 16 << 10 // a larger buffer is given back after the frame
)

// conn carries frames between a WebSocket and an attachment.
type conn struct {
	// Static after construction.
	ws         *websocket.Conn
	line       net.Conn // under ws
	attachment *session.Attachment
	limits     Limits
	most       int         // bytes of the longest frame that the seat may send
	silence    *time.Timer // rings when nothing was heard for too long
	stall      *time.Timer // rings when the peer does not take what is written

	// Owned by the reader.
	scratch []byte
	frames  bucket
	bytes   bucket
}

func newConn(ws *websocket.Conn, line net.Conn, attachment *session.Attachment, seat session.Seat, limits Limits) *conn {
	c := &conn{
		ws: ws, line: line, attachment: attachment, limits: limits, most: session.MaxFrame(seat),
		frames: bucket{perSecond: float64(limits.FramesPerSecond), burst: float64(limits.FrameBurst)},
		bytes:  bucket{perSecond: float64(limits.BytesPerSecond), burst: float64(limits.ByteBurst)},
	}
	ws.SetReadLimit(int64(c.most) + 1) // a second fence; read knows the limit of each kind
	return c
}

// serve returns when the connection is over and nothing of it runs any more.
func (c *conn) serve() {
	c.silence = time.AfterFunc(c.limits.Silence, func() { c.attachment.End(session.ReasonSilent) })
	defer c.silence.Stop()
	c.stall = time.AfterFunc(c.limits.Write, func() {
		c.attachment.End(session.ReasonSlow) // first, so that what is unblocked next finds the reason
		_ = c.ws.CloseNow()
	})
	c.stall.Stop()
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.writeLoop()
	}()
	c.readLoop()
	c.attachment.End(session.ReasonGone) // does nothing where there was a better reason
	<-written
	_ = c.ws.CloseNow() // a second close changes nothing
	clear(c.scratch)
}

// heard is one message that came: sealed where it is relayed, at most one byte in the clear where it is local.
type heard struct {
	kind  session.Kind
	size  int          // bytes, header included
	frame sealed.Frame // of a relayed kind
	say   byte         // of a local one, if it has more than its header
}

// readLoop hands frames to the session until either is over.
func (c *conn) readLoop() {
	for {
		message, fault, err := c.read()
		if err != nil {
			if websocket.CloseStatus(err) == websocket.StatusGoingAway {
				c.attachment.Leave() // browsers say so when the document goes, also where it had no time to
			}
			return
		}
		if fault != "" {
			c.attachment.Refuse(fault)
			return
		}
		if reason := c.hand(message); reason != "" {
			return
		}
		now := time.Now()
		if !c.pause(max(c.frames.take(1, now), c.bytes.take(message.size, now))) {
			return
		}
	}
}

// hand gives a message to the session; its answer is why the connection is over, or nothing.
func (c *conn) hand(message heard) session.Reason {
	if message.kind.Local() {
		return c.attachment.Say(message.kind, message.say, message.size-session.HeaderSize)
	}
	return c.attachment.Receive(message.frame)
}

// pause holds the reader back. False: the connection ended meanwhile.
func (c *conn) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		c.silence.Reset(c.limits.Silence) // it was us who did not listen
		return true
	case <-c.attachment.Ended():
		return false
	}
}

// read reads one message into a buffer of its own. Length comes before allocation: the header is judged first, and never
// more than its kind may have is read. An error means that the connection is lost; a fault, that the peer is wrong.
func (c *conn) read() (heard, session.Fault, error) {
	// No deadlines by context: they would cost allocations per frame. The timers close the connection instead.
	kind, r, err := c.ws.Reader(context.Background())
	if err != nil {
		return heard{}, "", err
	}
	if kind != websocket.MessageBinary {
		return heard{}, session.FaultText, nil
	}
	var h session.Header
	n, limit := 0, session.HeaderSize
	for {
		c.room(n, limit)
		got, err := r.Read(c.scratch[n:min(len(c.scratch), n+readChunk, limit+1)])
		n += got
		if got > 0 {
			c.silence.Reset(c.limits.Silence)
		}
		if n >= session.HeaderSize && h.Kind == 0 {
			var fault session.Fault
			if h, fault = session.ParseHeader(c.scratch[:session.HeaderSize]); fault != "" {
				return heard{}, fault, nil
			}
			limit = min(session.HeaderSize+h.Kind.MaxPayload(), c.most)
		}
		if n > limit {
			return heard{}, session.FaultSize, nil
		}
		if err == io.EOF { //nolint:errorlint // bare: the end of the message; wrapped: the end of the connection
			break
		}
		if err != nil {
			return heard{}, "", err
		}
	}
	if n < session.HeaderSize {
		return heard{}, session.FaultShort, nil
	}
	return c.takeAway(h.Kind, n), "", nil
}

// takeAway makes a message of the first n bytes in scratch, a header at least, and wipes them there.
func (c *conn) takeAway(kind session.Kind, n int) heard {
	message := heard{kind: kind, size: n}
	switch {
	case !kind.Local():
		frame := make([]byte, n)
		copy(frame, c.scratch)
		message.frame, _ = sealed.Take(frame)
	case n > session.HeaderSize:
		message.say = c.scratch[session.HeaderSize]
	}
	clear(c.scratch[:n])
	if len(c.scratch) > keptScratch {
		c.scratch = nil
	}
	return message
}

// room makes sure that at least one byte fits behind n, growing twofold up to one byte more than limit.
func (c *conn) room(n, limit int) {
	if n < len(c.scratch) {
		return
	}
	grown := make([]byte, max(firstScratch, min(2*len(c.scratch), limit+1)))
	copy(grown, c.scratch[:n])
	clear(c.scratch)
	c.scratch = grown
}

// writeLoop writes what the attachment gives until its end, and tells that too.
func (c *conn) writeLoop() {
	beat := time.NewTicker(c.limits.Beat)
	defer beat.Stop()
	beatFrame, resyncFrame := encodeLocal(session.KindBeat, nil), encodeLocal(session.KindResyncLocal, nil)
	for {
		select {
		case <-beat.C: // looked at first, so that a busy connection beats too
			c.tell(beatFrame)
		default:
		}
		out, ok := c.attachment.Next()
		switch {
		case !ok:
			select {
			case <-c.attachment.Ready():
			case <-beat.C:
				c.tell(beatFrame)
			}
		case out.Frame.Size() > 0:
			c.relay(out.Frame)
			c.attachment.Done(out.Frame)
		case out.Status != nil:
			c.tell(encodeStatus(out.Status))
		case out.Resync:
			c.tell(resyncFrame)
		case out.End != nil:
			if out.End.Reason.Over() {
				c.tell(encodeEnded(out.End))
			}
			farewell(c.ws, c.line, out.End.Reason, c.limits.Farewell)
			return
		}
	}
}

// farewell tells why, waits a little for the browser's answer, and closes the socket in any case: a peer that does not
// answer must not keep it.
func farewell(ws *websocket.Conn, line net.Conn, reason session.Reason, wait time.Duration) {
	timer := time.AfterFunc(wait, func() { _ = line.Close() })
	defer timer.Stop()
	_ = ws.Close(endingOf(reason).code, "") // nothing can be done where the answer does not come
}

// pinged counts a ping as a frame, so that it is paced like one. Called by the reader; c is nil before there is one.
func (c *conn) pinged() bool {
	return c == nil || c.pause(c.frames.take(1, time.Now()))
}

// tell writes a local frame as one message.
func (c *conn) tell(frame []byte) {
	c.stall.Reset(c.limits.Write)
	c.written(c.ws.Write(context.Background(), websocket.MessageBinary, frame))
}

// relay writes a relayed frame as one message.
func (c *conn) relay(frame sealed.Frame) {
	c.stall.Reset(c.limits.Write)
	if frame.Size() <= writeChunk {
		_, err := frame.WriteTo((*atOnce)(c))
		c.written(err)
		return
	}
	w, err := c.ws.Writer(context.Background(), websocket.MessageBinary)
	if err == nil {
		_, err = frame.WriteTo(pieces{w, c})
	}
	if err == nil {
		err = w.Close()
	}
	c.written(err)
}

// written takes note of how a write went. Where it failed the attachment ends, and the loop will find its end.
func (c *conn) written(err error) {
	c.stall.Stop()
	if err != nil {
		c.attachment.End(session.ReasonGone)
	}
}

// atOnce is a conn whose Write is one whole message.
type atOnce conn

func (a *atOnce) Write(message []byte) (int, error) {
	if err := a.ws.Write(context.Background(), websocket.MessageBinary, message); err != nil {
		return 0, err
	}
	return len(message), nil
}

// pieces is a message that is written piece by piece, the peer having its time for each.
type pieces struct {
	message io.Writer
	conn    *conn
}

func (p pieces) Write(b []byte) (int, error) {
	total := 0
	for piece := range slices.Chunk(b, writeChunk) {
		n, err := p.message.Write(piece)
		total += n
		if err != nil {
			return total, err
		}
		p.conn.stall.Reset(p.conn.limits.Write)
	}
	return total, nil
}
