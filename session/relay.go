package session

// Room: session. What happens to a frame that came in: refused, dropped, acted on or relayed, and always at once.

import (
	"time"

	"insyn/session/sealed"
)

// Receive takes one relayed frame over: the caller must not use it again. The empty reason means go on; any other one
// that this connection is over, and why. It never waits for the other side.
func (a *Attachment) Receive(frame sealed.Frame) Reason {
	raw := frame.Header()
	h, fault := ParseHeader(raw[:])
	s := a.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.end != nil {
		s.drop(h.Kind, DropStale, frame)
		return a.end.Reason
	}
	rule, _ := h.Kind.rule()
	payload := frame.Size() - HeaderSize
	switch {
	case fault != "":
		return s.reject(a, fault, frame)
	case h.Kind.Local(): // those are said, see Say
		return s.reject(a, FaultKind, frame)
	case !rule.from.has(a.seat):
		return s.reject(a, FaultSeat, frame)
	case payload < rule.least || payload > rule.most:
		return s.reject(a, FaultSize, frame)
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
	return s.refuse(a, fault)
}

// refuse closes the session: one side sent what its seat may never send. mu is held.
func (s *Session) refuse(a *Attachment, fault Fault) Reason {
	s.observer.Refused(s.id, a.seat, fault)
	s.close(ReasonProtocol)
	return ReasonProtocol
}

// reject refuses for a frame that came whole. mu is held.
func (s *Session) reject(a *Attachment, fault Fault, frame sealed.Frame) Reason {
	frame.Wipe()
	return s.refuse(a, fault)
}

// drop forgets a frame that may have been under way when things changed. mu is held.
func (s *Session) drop(kind Kind, why Drop, frame sealed.Frame) {
	s.observer.Dropped(kind, why, frame.Size())
	frame.Wipe()
}

// relay checks what can be checked of a frame that cannot be read, and hands the frame to the other seat. mu is held.
func (s *Session) relay(a *Attachment, h Header, rule rule, frame sealed.Frame) Reason {
	own, page := &s.seats[a.seat], s.seats[Applicant].page
	switch {
	case h.Page > page, h.Page < page && a.seat == Applicant:
		return s.reject(a, FaultPage, frame)
	case h.Page < page: // the agent had not heard of the new page yet
		s.drop(h.Kind, DropStale, frame)
		return ""
	case h.Counter <= own.counters[h.Lane]:
		return s.reject(a, FaultCounter, frame)
	}
	own.counters[h.Lane] = h.Counter
	// A state frame comes every few seconds, whether or not there is a person: it says that the page is there, no more.
	if a.seat == Applicant && h.Kind != KindState {
		s.heard = time.Now()
	}
	if !rule.states.has(s.place.state) {
		s.drop(h.Kind, DropState, frame)
		return ""
	}
	if h.Kind == KindExchange {
		own.exchanged = true
		s.tried = s.tried || a.seat == Applicant
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
func (s *Session) deliver(peer *Attachment, h Header, frame sealed.Frame) {
	size := frame.Size()
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
