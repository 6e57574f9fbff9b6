package session

// Room: session. One connection on a seat: what it receives goes in here, what is to be written is pulled from here.

import (
	"insyn/consent"
	"insyn/session/sealed"
)

// Out is the next thing to write to a connection. Exactly one of its parts is set; the zero Out is nothing.
type Out struct {
	Frame  sealed.Frame // a relayed frame, as it came; its size says whether it is one. Give it to Done after the write.
	Status *Status      // to be encoded as KindStatus
	Resync bool         // KindResyncLocal
	End    *End         // the last thing: tell, close the connection, stop pulling
}

// End is why a connection ended. Receipt is set when the session is over and the codes had matched.
type End struct {
	Reason  Reason
	Receipt *consent.Receipt
}

// seat is one side's place. Guarded by the session's mu.
type seat struct {
	attached  *Attachment // nil: nobody sits here
	page      uint16      // the last page that attached; 0: none yet
	counters  [lanes]uint64
	exchanged bool // sent an exchange frame for the applicant's present page
	matched   bool // reported a match for it
}

// Attachment is one connection on a seat. One goroutine calls Receive, Say and Refuse, one other calls Next and Done;
// End may be called by any.
type Attachment struct {
	// Static after construction.
	session *Session
	seat    Seat
	ready   chan struct{} // capacity 1, never closed: something may be there to pull
	ended   chan struct{} // closed once, with the session's mu held

	// Guarded by session.mu.
	outbox outbox
	end    *End // set once: the connection is over
	told   bool // end was pulled
}

func newAttachment(s *Session, seat Seat) *Attachment {
	return &Attachment{
		session: s, seat: seat, ready: make(chan struct{}, 1), ended: make(chan struct{}), outbox: outbox{status: true},
	}
}

// Ready receives when Next may have something. After each receive, call Next until it says no.
func (a *Attachment) Ready() <-chan struct{} { return a.ready }

// Ended is closed when the connection is over; Next then gives the End.
func (a *Attachment) Ended() <-chan struct{} { return a.ended }

// Next gives what to write now, and never blocks: first the end, then status, resync, and frames by lane.
func (a *Attachment) Next() (Out, bool) {
	s := a.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.end != nil {
		if a.told {
			return Out{}, false
		}
		a.told = true
		return Out{End: a.end}, true
	}
	if a.outbox.status {
		a.outbox.status = false
		status := s.status(a.seat)
		return Out{Status: &status}, true
	}
	if a.outbox.resync {
		a.outbox.resync = false
		return Out{Resync: true}, true
	}
	if frame, ok := a.outbox.pop(); ok {
		return Out{Frame: frame}, true
	}
	return Out{}, false
}

// Done wipes a frame that was written, or that could not be. The caller must not use it after.
func (a *Attachment) Done(frame sealed.Frame) {
	frame.Wipe()
	a.session.observer.Held(-frame.Size())
}

// End takes the connection off its seat, for a reason that lets it come back. It does nothing on one that is over.
func (a *Attachment) End(reason Reason) {
	s := a.session
	s.mu.Lock()
	defer s.mu.Unlock()
	s.detach(a, reason)
}

// Leave says that the document behind the connection is gone. For a console that is the end: it has forgotten what it
// would need to come back. An applicant may be on the way to the next page.
func (a *Attachment) Leave() {
	s := a.session
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case a.end != nil:
	case a.seat == Agent:
		s.close(ReasonConsoleClosed)
	default:
		s.detach(a, ReasonGone)
	}
}

func (a *Attachment) wake() {
	select {
	case a.ready <- struct{}{}:
	default: // a wake-up is already waiting
	}
}

// finish ends the connection. The session's mu is held.
func (a *Attachment) finish(end End) {
	if a.end != nil {
		return
	}
	a.end = &end
	a.session.observer.Held(-a.outbox.wipe())
	close(a.ended)
	a.wake()
}
