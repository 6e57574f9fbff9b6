package session

// Room: session. What a seat says to the server itself: a kind and at most one byte, in the clear.

import "time"

// Say hears one local frame: its kind, and the one byte that it says, if that is what came. n is how many bytes were
// behind the header. The empty reason means go on; any other one that this connection is over, and why.
func (a *Attachment) Say(kind Kind, say byte, n int) Reason {
	s := a.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.end != nil {
		s.observer.Dropped(kind, DropStale, HeaderSize+n)
		return a.end.Reason
	}
	rule, known := kind.rule()
	switch {
	case !known, !kind.Local():
		return s.refuse(a, FaultKind)
	case !rule.from.has(a.seat):
		return s.refuse(a, FaultSeat)
	case n < rule.least || n > rule.most:
		return s.refuse(a, FaultSize)
	}
	reason, why := s.act(a, kind, say)
	if why != "" {
		s.observer.Dropped(kind, why, HeaderSize+n)
	}
	return reason
}

// act does what a seat says. What means nothing now gives why it is dropped. mu is held.
func (s *Session) act(a *Attachment, kind Kind, say byte) (Reason, Drop) {
	switch kind {
	case KindVerdict:
		if say > 1 {
			return s.refuse(a, FaultMalformed), ""
		}
		return s.verdict(a, say == 1)
	case KindClose:
		if say > closeBroken || (say == closePolicy && a.seat == Agent) {
			return s.refuse(a, FaultMalformed), ""
		}
		reason, ok := s.closeReason(a.seat, say)
		if !ok {
			return "", DropState
		}
		s.close(reason)
		return reason, ""
	case KindPause, KindResume:
		e := eventPause
		if kind == KindResume {
			e = eventResume
		}
		if !s.move(e) {
			return "", DropState
		}
		s.heard = time.Now()
		if e == eventResume && s.place.state == Live {
			s.wantResync() // what was under way was wiped when the curtain fell
		}
	default: // KindBeat: that it came is all it says
	}
	return "", ""
}

// What the byte of a seat's close frame says.
const (
	closeAsked    byte = 0 // a person ended it
	closeLeft     byte = 1 // the document behind the seat is gone
	closeTampered byte = 2 // a frame came that does not open: it is not what the other end sealed
	closePolicy   byte = 3 // the applicant's page pins another policy than the one in force; not the agent's to say
	closeBroken   byte = 4 // this end can't go on: something failed there that should not
)

// closeReason is what a seat's close frame means. False: nothing, in this state.
func (s *Session) closeReason(seat Seat, say byte) (Reason, bool) {
	switch {
	case say == closeTampered:
		return ReasonTampered, true
	case say == closePolicy:
		return ReasonPolicy, true
	case say == closeBroken:
		return ReasonProtocol, true
	case seat == Agent && say == closeLeft:
		return ReasonConsoleClosed, true
	case seat == Agent && s.place.state == Offered:
		return ReasonTakenBack, true
	case seat == Agent:
		return ReasonEnded, true
	case say == closeAsked:
		return ReasonStopped, true
	}
	// A page that leaves before the codes matched takes the digits along. Later it may be on the way to the next one.
	return ReasonNotJoined, s.place.state == Joining
}

// verdict hears how the exchange went at one end. A match counts only from a seat that took part in the exchange of the
// present page: a late verdict on the page before must not vouch for this one. mu is held.
func (s *Session) verdict(a *Attachment, matched bool) (Reason, Drop) {
	open := s.place.state == Joining || (s.place.state == Away && !s.bothMatched())
	switch {
	case !open:
		return "", DropState
	case !matched:
		s.close(ReasonNoMatch)
		return ReasonNoMatch, ""
	case !s.seats[a.seat].exchanged:
		return "", DropEarly
	}
	s.seats[a.seat].matched = true
	s.settle()
	return "", ""
}
