package ends

// Room: cmd. What comes to a seat: the exchange up to the verdict, and then sealed frames.

import (
	"errors"
	"fmt"
	"time"

	"insyn/cmd/internal/link"
	"insyn/session"
)

// take does what is to be done about one message.
func (s *Seat) take(message []byte) error {
	h, fault := session.ParseHeader(message)
	switch {
	case fault != "":
		return fmt.Errorf("a frame with a fault: %s", fault)
	case h.Kind.Local():
		return s.local(h.Kind, message[session.HeaderSize:])
	case h.Kind == session.KindExchange:
		return s.heard(h.Page, message[session.HeaderSize:])
	}
	return s.opened(h, message)
}

// greet begins the exchange at the applicant's end, once the other side is there. mu is held.
func (s *Seat) greet() error {
	state := s.status.State
	if s.seat != session.Applicant || s.began || !s.status.Peer || (state != "joining" && state != "away") {
		return nil
	}
	s.began = true
	typed := s.typed
	s.typed = ""
	first := s.end.Start(typed)
	if len(first) == 1 { // it has nothing to begin with
		s.need("")
	}
	return s.exchange(first)
}

// need has four digits read aloud, or typed.
func (s *Seat) need(digits string) {
	if s.hear.Digits != nil {
		s.hear.Digits(digits)
	}
}

// Type gives the applicant's end the four digits that it needs.
func (s *Seat) Type(four string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exchange(s.end.Digits(four))
}

// heard takes an exchange message.
func (s *Seat) heard(page uint16, message []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seat == session.Agent && page > s.page {
		s.turn(page)
	}
	if page != s.page || s.end == nil {
		return nil // of a page that is gone
	}
	step := s.end.Receive(message)
	if step.Store != nil {
		s.store(step.Store)
	}
	if step.Needs {
		if err := s.needs(); err != nil {
			return err
		}
	}
	if err := s.exchange(step.Reply); err != nil {
		return err
	}
	switch step.Verdict {
	case link.Matches:
		s.matched = true
		s.wake()
		return s.tell(session.KindVerdict, 1)
	case link.Mismatch: // the server closes, and says why
		return s.tell(session.KindVerdict, 0)
	case link.Undecided:
	}
	return nil
}

// needs has fresh digits shown, or typed. mu is held.
func (s *Seat) needs() error {
	if s.seat == session.Applicant {
		s.need("")
		return nil
	}
	fresh, err := drawDigits()
	if err != nil {
		return err
	}
	s.end.Digits(fresh)
	s.need(fresh)
	return nil
}

// turn begins a page of the applicant's at the agent's end. mu is held.
func (s *Seat) turn(page uint16) {
	if s.bound.Statement == "" && s.status.Statement != nil {
		s.bound.Statement = s.status.Statement.Hash // the first one that is said, for good
	}
	s.end = link.NewAgent(link.Page{Session: s.id, Number: page, Bound: s.bound}, &s.desk, s.shown)
	s.page, s.shown, s.matched = page, "", false
	s.counters, s.windows = [3]uint64{}, [3]window{newWindow(), newWindow(), newWindow()}
}

// opened opens a sealed frame, and answers for what a screen would do about it.
func (s *Seat) opened(h session.Header, frame []byte) error {
	if s.hear.Sealed != nil {
		s.hear.Sealed(frame)
	}
	s.mu.Lock()
	if s.end == nil {
		s.mu.Unlock()
		return nil
	}
	content, why := s.end.Open(frame)
	s.mu.Unlock()
	switch why {
	case "":
	case link.RefusedTruncated, link.RefusedForged:
		return s.tell(session.KindClose, byTampered)
	default:
		return nil // as good as not come
	}
	if s.hear.Frame != nil {
		s.hear.Frame(Frame{h.Kind, h.Epoch, h.Counter, content})
	}
	return s.answer(h, content)
}

// answer acknowledges what was applied, takes acknowledgements, and says that the page may be shown.
func (s *Seat) answer(h session.Header, content []byte) error {
	switch h.Kind {
	case session.KindKeyframe, session.KindDelta, session.KindResource:
		return s.control(session.KindAck, Ack{h.Lane, h.Epoch, h.Counter}.Encode())
	case session.KindAck:
		ack, ok := decodeAck(content)
		if !ok {
			return errors.New("an acknowledgement that is none")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.windows[ack.Lane].acknowledged(ack.Counter, time.Now())
		s.wake()
	case session.KindState:
		if s.seat == session.Applicant {
			return s.control(session.KindState, seenVisible(h.Counter))
		}
	case session.KindResync:
		s.resync()
	default: // pointers and wants have no answer but what the hearer does
	}
	return nil
}

// control sends what is never held back, while the session is live.
func (s *Seat) control(kind session.Kind, content []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.live() {
		return nil
	}
	_, err := s.write(kind, 0, content)
	return err
}
