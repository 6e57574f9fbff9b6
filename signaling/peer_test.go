package signaling

// Room: signaling. The test bench's other half: one browser's end of the line, and what it expects to hear.

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/coder/websocket"

	"insyn/session"
)

// peer is one browser's end of the line.
type peer struct {
	*world
	ws       *websocket.Conn
	seat     session.Seat
	counters map[[2]uint16]uint64
	mute     bool // does not answer beats
	resyncs  int
}

func (w *world) dialAs(origin, host, cookie, query string, subprotocols ...string) (*websocket.Conn, *http.Response, error) {
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	if cookie != "" {
		header.Set("Cookie", cookie)
	}
	return websocket.Dial(context.Background(), host+"/signal"+query, &websocket.DialOptions{
		HTTPClient: w.client, HTTPHeader: header, Subprotocols: subprotocols,
	})
}

func (w *world) dial(seat session.Seat, page string) *peer {
	w.Helper()
	origin, cookie := insynOrigin, w.ticket
	if seat == session.Agent {
		origin, cookie = deskOrigin, w.agent
	}
	ws, _, err := w.dialAs(origin, origin, cookie, "?session="+w.session+"&page="+page, Subprotocol)
	if err != nil {
		w.Fatalf("dial as %v: %v", seat, err)
	}
	ws.SetReadLimit(4 << 20)
	w.Cleanup(func() { _ = ws.CloseNow() })
	return &peer{world: w, ws: ws, seat: seat, counters: map[[2]uint16]uint64{}}
}

func (p *peer) send(kind session.Kind, page uint16, payload []byte) {
	p.Helper()
	lane, epoch := session.LaneControl, uint32(0)
	switch kind {
	case session.KindKeyframe, session.KindDelta, session.KindPointer:
		lane, epoch = session.LaneState, 1
	case session.KindResource:
		lane = session.LaneResource
	default:
	}
	key := [2]uint16{page, uint16(lane)}
	p.counters[key]++
	p.raw(websocket.MessageBinary, append(session.Header{
		Kind: kind, Lane: lane, Page: page, Epoch: epoch, Counter: p.counters[key],
	}.Append(nil), payload...))
}

// opaque is a payload as short as sealing makes them, which begins with text and has no meaning to anyone.
func opaque(text string) []byte { return append([]byte(text), make([]byte, 80-len(text))...) }

func (p *peer) say(kind session.Kind, payload ...byte) {
	p.Helper()
	p.raw(websocket.MessageBinary, append(session.Header{Kind: kind}.Append(nil), payload...))
}

func (p *peer) raw(kind websocket.MessageType, message []byte) {
	p.Helper()
	if err := p.ws.Write(context.Background(), kind, message); err != nil {
		p.Fatalf("%v writes: %v", p.seat, err)
	}
}

// next reads one frame, answering beats and counting resyncs on the way.
func (p *peer) next() ([]byte, error) {
	for {
		_, frame, err := p.ws.Read(context.Background())
		if err != nil {
			return nil, err
		}
		switch session.Kind(frame[0]) {
		case session.KindBeat:
			if !p.mute {
				p.say(session.KindBeat)
			}
		case session.KindResyncLocal:
			p.resyncs++
		default:
			return frame, nil
		}
	}
}

// want reads up to the next frame that is no status, and wants it to be of a kind. It gives the payload.
func (p *peer) want(kind session.Kind) []byte {
	p.Helper()
	for {
		frame, err := p.next()
		if err != nil {
			p.Fatalf("%v waits for %v: %v", p.seat, kind, err)
		}
		if got := session.Kind(frame[0]); got != session.KindStatus {
			if got != kind {
				p.Fatalf("%v was given %v, want %v", p.seat, got, kind)
			}
			return frame[session.HeaderSize:]
		}
	}
}

// waitFor reads up to a status that fits. Frames of other kinds on the way are an error.
func (p *peer) waitFor(fits func(Status) bool) Status {
	p.Helper()
	for {
		frame, err := p.next()
		if err != nil {
			p.Fatalf("%v waits for a status: %v", p.seat, err)
		}
		if got := session.Kind(frame[0]); got != session.KindStatus {
			p.Fatalf("%v was given %v, want a status", p.seat, got)
		}
		var s Status
		if err := json.Unmarshal(frame[session.HeaderSize:], &s); err != nil {
			p.Fatal(err)
		}
		if fits(s) {
			return s
		}
	}
}

// wantEnd reads up to the close of the line, and gives what was told last.
func (p *peer) wantEnd(reason session.Reason) Ended {
	p.Helper()
	var ended Ended
	for {
		frame, err := p.next()
		if err != nil {
			if got := websocket.CloseStatus(err); int(got) != reason.Code() {
				p.Fatalf("%v: closed with %v (%v), want %d %s", p.seat, got, err, reason.Code(), reason)
			}
			if want := reason; ended.Reason != string(want) && reason.Over() && reason != session.ReasonNotAdmitted {
				p.Errorf("%v: told %q before the close, want %q", p.seat, ended.Reason, want)
			}
			return ended
		}
		if session.Kind(frame[0]) == session.KindClose {
			if err := json.Unmarshal(frame[session.HeaderSize:], &ended); err != nil {
				p.Fatal(err)
			}
		}
	}
}
