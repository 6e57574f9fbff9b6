package session

// Room: session. What happens to a frame that came in: refused, dropped, acted on or relayed, and always at once.

import "time"

// Receive takes one frame over, header included: the caller must not touch its bytes again. h is its parsed header. The
// empty reason means go on; any other one that this connection is over, and why. It never waits for the other side.
func (a *Attachment) Receive(h Header, frame []byte) Reason {
	s := a.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.end != nil {
		s.drop(h.Kind, DropStale, frame)
		return a.end.Reason
	}
	rule, known := h.Kind.rule()
	payload := len(frame) - HeaderSize
	switch {
	case !known:
		return s.refuse(a, FaultKind, frame)
	case !rule.from.has(a.seat):
		return s.refuse(a, FaultSeat, frame)
	case payload < rule.least || payload > rule.most:
		return s.refuse(a, FaultSize, frame)
	}
	if h.Kind.Local() {
		return s.act(a, h.Kind, frame)
	}
	return s.relay(a, h, rule, frame)
}

// Refuse ends the session because of a frame that was at fault before it could be received.
func (a *Attachment) Refuse(fault Fault) Reason {
	s := a.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.end != nil {
		return a.end.Reason
	}
	return s.refuse(a, fault, nil)
}

// refuse closes the session: one side sent what its seat may never send. mu is held.
func (s *Session) refuse(a *Attachment, fault Fault, frame []byte) Reason {
	clear(frame)
	s.observer.Refused(s.id, a.seat, fault)
	s.close(ReasonProtocol)
	return ReasonProtocol
}

// drop forgets a frame that may have been under way when things changed. mu is held.
func (s *Session) drop(kind Kind, why Drop, frame []byte) {
	s.observer.Dropped(kind, why, len(frame))
	clear(frame)
}

// relay checks what can be checked without reading the payload, and hands the frame to the other seat. mu is held.
func (s *Session) relay(a *Attachment, h Header, rule rule, frame []byte) Reason {
	own, page := &s.seats[a.seat], s.seats[Applicant].page
	switch {
	case h.Page > page, h.Page < page && a.seat == Applicant:
		return s.refuse(a, FaultPage, frame)
	case h.Page < page: // the agent had not heard of the new page yet
		s.drop(h.Kind, DropStale, frame)
		return ""
	case h.Counter <= own.counters[h.Lane]:
		return s.refuse(a, FaultCounter, frame)
	}
	own.counters[h.Lane] = h.Counter
	if a.seat == Applicant {
		s.heard = time.Now()
	}
	if !rule.states.has(s.place.state) {
		s.drop(h.Kind, DropState, frame)
		return ""
	}
	if h.Kind == KindExchange {
		own.exchanged = true
	}
	peer := s.seats[a.seat.other()].attached
	if peer == nil {
		s.drop(h.Kind, DropAbsent, frame)
		return ""
	}
	s.deliver(peer, h, frame)
	return ""
}

// deliver puts a frame into the peer's outbox. An overflow is the peer's matter: the sender goes on. mu is held.
func (s *Session) deliver(peer *Attachment, h Header, frame []byte) {
	size := len(frame)
	result, cleared := peer.outbox.push(h.Lane, frame, &s.limits)
	switch result {
	case pushedOK:
		s.observer.Held(size)
		s.observer.Relayed(h.Kind, size)
		peer.wake()
	case pushedResync:
		s.observer.Held(-cleared)
		s.observer.Dropped(h.Kind, DropOverflow, size)
		s.observer.Overflowed(s.id, peer.seat, cleared)
		s.wantResync()
	case pushedSlow:
		s.observer.Dropped(h.Kind, DropOverflow, size)
		s.detach(peer, ReasonSlow)
	}
}

// act does what a local frame says. The sender's seat and the payload's size were checked. mu is held.
func (s *Session) act(a *Attachment, kind Kind, frame []byte) Reason {
	var say byte
	if len(frame) > HeaderSize {
		say = frame[HeaderSize]
	}
	switch kind {
	case KindVerdict:
		if say > 1 {
			return s.refuse(a, FaultMalformed, frame)
		}
		return s.verdict(a, say == 1, frame)
	case KindClose:
		reason, ok := s.closeReason(a.seat, say)
		if !ok {
			return s.refuse(a, FaultMalformed, frame)
		}
		s.close(reason)
		return reason
	case KindPause, KindResume:
		e := eventPause
		if kind == KindResume {
			e = eventResume
		}
		if !s.move(e) {
			s.drop(kind, DropState, frame)
			return ""
		}
		s.heard = time.Now()
		if e == eventResume && s.place.state == Live {
			s.wantResync() // what was under way was wiped when the curtain fell
		}
	default: // KindBeat: that it came is all it says
	}
	return ""
}

// closeReason is what a seat's close frame means.
func (s *Session) closeReason(seat Seat, say byte) (Reason, bool) {
	switch {
	case seat == Applicant && say == 0:
		return ReasonStopped, true
	case seat == Agent && say == 0 && s.place.state == Offered:
		return ReasonTakenBack, true
	case seat == Agent && say == 0:
		return ReasonEnded, true
	case seat == Agent && say == 1:
		return ReasonConsoleClosed, true
	}
	return "", false
}

// verdict hears how the exchange went at one end. A match counts only from a seat that took part in the exchange of the
// present page: a late verdict on the page before must not vouch for this one. mu is held.
func (s *Session) verdict(a *Attachment, matched bool, frame []byte) Reason {
	open := s.place.state == Joining || (s.place.state == Away && !s.bothMatched())
	switch {
	case !open:
		s.drop(KindVerdict, DropState, frame)
		return ""
	case !matched:
		s.observer.Code(s.id, CodeBurned)
		s.close(ReasonNoMatch)
		return ReasonNoMatch
	case !s.seats[a.seat].exchanged:
		s.drop(KindVerdict, DropEarly, frame)
		return ""
	}
	s.seats[a.seat].matched = true
	s.settle()
	return ""
}
