package ends

// Room: cmd. One side's seat: its line, the exchange on it, and frames that are sealed and opened.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"insyn/cmd/internal/link"
	"insyn/session"
	"insyn/signaling"
)

// askEvery is how often the agent's end asks whether the page may still be shown.
const askEvery = 10 * time.Second

// What a seat says when it ends the session (signaling/doc.go, Ending).
const (
	byPerson   = 0 // a person ended it
	byTampered = 2 // a frame came that does not open
)

// ErrOver is what is left to say on a seat that is gone.
var ErrOver = errors.New("the seat is gone")

// Frame is what was opened.
type Frame struct {
	Kind    session.Kind
	Epoch   uint32
	Counter uint64
	Content []byte
}

// Hearer is told what comes, by the seat's own reader: what it does holds the line up, which is how a slow viewer is
// played. It must not call the seat, but from another goroutine. Each may be nil.
type Hearer struct {
	Frame  func(Frame)  // opened, of any relayed kind but the exchange
	Resync func()       // the server, or the other end, wants a keyframe of a higher epoch
	Digits func(string) // at the agent's end: these four are to be read aloud; at the applicant's: "", four are to be typed
	Sealed func([]byte) // each relayed frame as it goes out or comes in, for those who search for them
}

// Seat is one connection on one side of a session. Its methods are safe for concurrent use.
type Seat struct {
	// Static after begin.
	ws    *websocket.Conn
	seat  session.Seat
	id    string
	hear  Hearer
	store func(*link.Stored)
	over  chan struct{} // closed by the reader: nothing comes any more

	mu       sync.Mutex // guards what follows, and the order of what is written
	page     uint16     // the applicant's
	bound    link.Bound
	desk     link.Desk
	end      *link.End // nil at the agent's end before the first message
	shown    string    // the code's secret digits, at the agent's end, once
	typed    string    // the same, at the applicant's
	began    bool      // the applicant's first message was said
	status   signaling.Status
	ended    signaling.Ended
	failure  error // why nothing comes any more; set before over is closed
	matched  bool
	counters [3]uint64
	windows  [3]window
	changed  chan struct{} // closed and made anew whenever one of these may have changed
}

func newSeat(ws *websocket.Conn, seat session.Seat, id string, hear Hearer) *Seat {
	return &Seat{
		ws: ws, seat: seat, id: id, hear: hear, store: func(*link.Stored) {}, over: make(chan struct{}),
		windows: [3]window{newWindow(), newWindow(), newWindow()}, changed: make(chan struct{}),
	}
}

func (s *Seat) begin() {
	go s.readLoop()
	if s.seat == session.Agent {
		go s.askLoop()
	}
}

// readLoop is the only reader. It returns when the line is gone.
func (s *Seat) readLoop() {
	defer close(s.over)
	for {
		_, message, err := s.ws.Read(context.Background())
		if err == nil {
			err = s.take(message)
		}
		if err != nil {
			_ = s.ws.CloseNow() // it is over, whatever this says
			s.mu.Lock()
			s.failure = err
			s.wake()
			s.mu.Unlock()
			return
		}
	}
}

// askLoop asks whether the page may still be shown, as the console does.
func (s *Seat) askLoop() {
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.mu.Lock()
			if s.live() {
				_, _ = s.write(session.KindState, 0, nil) // a line that is gone is found by the reader
			}
			s.mu.Unlock()
		case <-s.over:
			return
		}
	}
}

// wake lets those who wait look again. mu is held.
func (s *Seat) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Seat) live() bool { return s.matched && s.status.State == "live" && s.status.Page == s.page }

// until waits for something to be true of the seat. mu is held, and is let go meanwhile.
func (s *Seat) until(ctx context.Context, what string, fits func() bool) error {
	for !fits() {
		if s.failure != nil {
			if s.ended.Reason != "" {
				return fmt.Errorf("%w: %s", ErrOver, s.ended.Reason)
			}
			return fmt.Errorf("%w: %w", ErrOver, s.failure)
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		s.mu.Lock()
		if ctx.Err() != nil {
			return fmt.Errorf("the %v waits for %s: %w", s.seat, what, ctx.Err())
		}
	}
	return nil
}

// Live waits until the codes have matched on the present page and the session is live.
func (s *Seat) Live(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until(ctx, "a live session", s.live)
}

// Page waits until the agent's seat is live on a page of the applicant's, or on a later one.
func (s *Seat) Page(ctx context.Context, number uint16) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until(ctx, "the next page", func() bool { return s.page >= number && s.live() })
}

// Send seals content and sends it, waiting for credit where its lane has that. It gives the frame's counter. Keyframes and
// deltas are to be packed (link.Pack) by the caller.
func (s *Seat) Send(ctx context.Context, kind session.Kind, epoch uint32, content []byte) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lane := link.LaneOf(kind)
	err := s.until(ctx, "credit", func() bool {
		return s.live() && (lane == session.LaneControl || kind == session.KindPointer || s.windows[lane].open())
	})
	if err != nil {
		return 0, err
	}
	return s.write(kind, epoch, content)
}

// Applied waits until the other end has acknowledged all that was sent on the lanes that have credit.
func (s *Seat) Applied(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until(ctx, "acknowledgements", func() bool {
		return s.windows[session.LaneState].bytes == 0 && s.windows[session.LaneResource].bytes == 0
	})
}

// write seals and writes a frame. mu is held.
func (s *Seat) write(kind session.Kind, epoch uint32, content []byte) (uint64, error) {
	lane := link.LaneOf(kind)
	counter := s.counters[lane] + 1
	frame, ok := s.end.Seal(kind, epoch, counter, content)
	if !ok {
		return 0, fmt.Errorf("%v of %d bytes cannot be sealed", kind, len(content))
	}
	s.counters[lane] = counter
	if lane != session.LaneControl && kind != session.KindPointer {
		s.windows[lane].sent(counter, len(frame), time.Now())
	}
	return counter, s.put(frame)
}

// put writes a relayed frame. mu is held.
func (s *Seat) put(frame []byte) error {
	if s.hear.Sealed != nil {
		s.hear.Sealed(frame)
	}
	return s.ws.Write(context.Background(), websocket.MessageBinary, frame)
}

// exchange writes an exchange message. mu is held.
func (s *Seat) exchange(message []byte) error {
	if message == nil {
		return nil
	}
	s.counters[session.LaneControl]++
	header := session.Header{Kind: session.KindExchange, Page: s.page, Counter: s.counters[session.LaneControl]}
	return s.ws.Write(context.Background(), websocket.MessageBinary, append(header.Append(nil), message...))
}

// tell writes a local frame.
func (s *Seat) tell(kind session.Kind, payload ...byte) error {
	return s.ws.Write(context.Background(), websocket.MessageBinary, append(session.Header{Kind: kind}.Append(nil), payload...))
}

// Secrets are what the server must never have of the present page. See link.End.
func (s *Seat) Secrets() ([][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end == nil {
		return nil, errors.New("nothing was exchanged")
	}
	return s.end.Secrets()
}

// Close ends the session, as a person does, and waits until the server has said so. It gives what the server told last.
func (s *Seat) Close(ctx context.Context) (signaling.Ended, error) {
	if err := s.tell(session.KindClose, byPerson); err != nil {
		_ = s.ws.CloseNow() // the reader finds it gone
	}
	return s.Ended(ctx)
}

// Ended waits until the line is gone, and gives what the server told last.
func (s *Seat) Ended(ctx context.Context) (signaling.Ended, error) {
	select {
	case <-s.over:
	case <-ctx.Done():
		_ = s.ws.CloseNow() // nobody waits for it any more
		<-s.over
		return signaling.Ended{}, fmt.Errorf("the %v waits for the end: %w", s.seat, ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended.Reason == "" {
		return s.ended, fmt.Errorf("the %v was not told why it ended: %w", s.seat, s.failure)
	}
	return s.ended, nil
}

// Leave is the document going away: of the applicant's, on to the next page; of the agent's, the end.
func (s *Seat) Leave() {
	_ = s.ws.Close(websocket.StatusGoingAway, "") // a line that is gone already has nothing to be told
	<-s.over
}

// Cut is the line going away without a word.
func (s *Seat) Cut() {
	_ = s.ws.CloseNow()
	<-s.over
}

// local reads a frame between the server and this seat.
func (s *Seat) local(kind session.Kind, payload []byte) error {
	switch kind {
	case session.KindBeat:
		return s.tell(session.KindBeat)
	case session.KindResyncLocal:
		s.resync()
	case session.KindClose:
		s.mu.Lock()
		defer s.mu.Unlock()
		return json.Unmarshal(payload, &s.ended)
	case session.KindStatus:
		var status signaling.Status
		if err := json.Unmarshal(payload, &status); err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.status = status
		s.wake()
		return s.greet()
	default:
		return fmt.Errorf("the server said %v", kind)
	}
	return nil
}

func (s *Seat) resync() {
	s.mu.Lock()
	s.windows[session.LaneState].forget()
	s.windows[session.LaneResource].forget()
	s.wake()
	s.mu.Unlock()
	if s.hear.Resync != nil {
		s.hear.Resync()
	}
}
