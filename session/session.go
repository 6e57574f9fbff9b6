package session

// Room: session. One occasion, from the offer of a code to the close: who sits where, what is due when, and how it ends.

import (
	"crypto/subtle"
	"sync"
	"time"

	"insyn/consent"
)

// AgentRef is who offered a session.
type AgentRef struct {
	ID   string
	Name string // shown to the applicant
}

// Session lives in memory from offer to close. All methods are safe for concurrent use.
type Session struct {
	// Static after construction.
	id       ID
	agent    AgentRef
	routing  Routing
	offered  time.Time
	limits   Limits
	observer Observer
	registry *Registry

	mu         sync.Mutex // guards what follows; registry.mu may be taken inside, never the other way round
	place      place
	seats      [seats]seat
	expires    time.Time // of the code
	joinBy     time.Time // zero before redemption, like ends and redemption
	ends       time.Time // the longest it may last
	redemption consent.Redemption
	tried      bool             // the applicant's seat sent an exchange frame, on whatever page
	heard      time.Time        // when the applicant's page last said more than that it is there
	missing    [seats]time.Time // since when a seat keeps the session away
	receipt    *consent.Receipt // written when the codes matched
	resynced   time.Time        // when the applicant's side was last asked to resync
	resyncDue  time.Time        // when it is to be asked next; zero: not
	timer      *time.Timer      // the one timer, set for the earliest thing due
}

// Status is what a seat is told about its session. Zero times are not set.
type Status struct {
	Session   ID
	Seat      Seat
	State     State
	Page      uint16 // the applicant's, 0 before it came
	Peer      bool   // someone sits on the other seat
	Agent     string // display name
	AgentID   string
	Routing   string // five digits, from redemption on
	Expires   time.Time
	Ends      time.Time
	Grace     time.Time
	Statement consent.StatementRef
	Policy    string
	Receipt   *consent.Receipt
}

func newSession(r *Registry, id ID, routing Routing, agent AgentRef, now time.Time) *Session {
	s := &Session{
		id: id, agent: agent, routing: routing, offered: now, limits: r.limits, observer: r.observer, registry: r,
		expires: now.Add(r.limits.Code),
	}
	s.timer = time.AfterFunc(r.limits.Code, s.tick)
	s.timer.Stop() // until start: nothing may ring before the registry knows the session
	return s
}

// start lets time run, once the registry can find the session.
func (s *Session) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.observer.Code(s.id, CodeIssued)
	s.arm()
}

// ID is the session's name on the wire.
func (s *Session) ID() ID { return s.id }

// State is the present state.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place.state
}

// Close ends the session for a reason. Only the first call does anything; it reports whether it was that.
func (s *Session) Close(reason Reason) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.close(reason)
}

// Attach seats a connection that was admitted. page is its number as signaling/doc.go has it. A seat that is taken is
// handed over: its connection ends with ReasonReplaced. On ReasonNotAdmitted there is no attachment.
func (s *Session) Attach(seat Seat, page uint16) (*Attachment, Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.seats[seat].page
	switch {
	case s.place.state == Closed, page == 0, page < last:
		return nil, ReasonNotAdmitted
	case seat == Agent && page != 1: // a reloaded console has forgotten what it would need
		return nil, ReasonNotAdmitted
	case seat == Applicant && s.place.state == Offered:
		return nil, ReasonNotAdmitted
	}
	before := s.seats[seat].attached
	if before != nil {
		before.finish(End{Reason: ReasonReplaced})
		s.observer.Detached(s.id, seat, ReasonReplaced)
	}
	a := newAttachment(s, seat)
	s.seats[seat].attached, s.seats[seat].page = a, page
	s.observer.Attached(s.id, seat)
	if seat == Applicant && page > last {
		s.newPage()
	}
	away := s.place.state == Away
	s.settle()
	if before != nil && !away && s.place.state == Live {
		s.wantResync() // frames towards the old connection are lost
	}
	s.tellBoth()
	s.arm()
	a.wake()
	return a, ""
}

// newPage begins counters and epochs again; nothing flows until both ends matched on it. mu is held.
func (s *Session) newPage() {
	for seat := range s.seats {
		s.seats[seat].counters = [lanes]uint64{}
		s.seats[seat].exchanged, s.seats[seat].matched = false, false
	}
	if agent := s.seats[Agent].attached; agent != nil {
		s.observer.Held(-agent.outbox.wipe()) // it belongs to the page that is gone
	}
	s.missing[Applicant] = time.Now()
	s.move(eventLost)
}

// detach takes a connection off its seat. mu is held.
func (s *Session) detach(a *Attachment, reason Reason) {
	if a.end != nil {
		return
	}
	a.finish(End{Reason: reason})
	s.observer.Detached(s.id, a.seat, reason)
	s.seats[a.seat].attached = nil
	s.missing[a.seat] = time.Now()
	s.move(eventLost)
	s.tellBoth()
	s.arm()
}

func (s *Session) bothMatched() bool { return s.seats[Applicant].matched && s.seats[Agent].matched }

func (s *Session) bothAttached() bool {
	return s.seats[Applicant].attached != nil && s.seats[Agent].attached != nil
}

// settle moves the session on after something that may have been the last thing missing. mu is held.
func (s *Session) settle() {
	if !s.bothMatched() {
		return
	}
	if s.place.state == Joining {
		receipt := consent.NewReceipt(string(s.id), s.redemption, time.Now())
		s.receipt, s.heard = &receipt, time.Now()
		s.observer.Consented(s.id)
		s.move(eventMatched)
		if !s.bothAttached() {
			s.move(eventLost)
		}
		return
	}
	if s.place.state == Away && s.bothAttached() {
		s.heard = time.Now()
		s.move(eventReturned)
		s.wantResync()
	}
}

// move is the only way from one state to another. It reports whether the event meant anything. mu is held.
func (s *Session) move(e event) bool {
	from := s.place
	to, ok := from.next(e)
	if !ok {
		return false
	}
	s.place = to
	if from.state == Live {
		// The curtain falls: what the agent has not been sent yet is not sent any more.
		if agent := s.seats[Agent].attached; agent != nil {
			s.observer.Held(-agent.outbox.wipeContent())
		}
		s.resyncDue = time.Time{}
		if applicant := s.seats[Applicant].attached; applicant != nil {
			applicant.outbox.resync = false
		}
	}
	if from.state != to.state {
		s.observer.Changed(s.id, from.state, to.state)
	}
	s.tellBoth()
	s.arm()
	return true
}

func (s *Session) tellBoth() {
	for _, seat := range s.seats {
		if seat.attached != nil {
			seat.attached.outbox.status = true
			seat.attached.wake()
		}
	}
}

// close ends everything, once. mu is held.
func (s *Session) close(reason Reason) bool {
	// One who has the agent's answer knows already whether the guess was right, and need not stay for a verdict.
	burned := reason == ReasonNoMatch || (s.place.state == Joining && s.tried)
	if !s.move(eventClose) {
		return false
	}
	if burned {
		s.observer.Code(s.id, CodeBurned)
	}
	end := End{Reason: reason}
	if s.receipt != nil {
		receipt := s.receipt.Close(time.Now(), string(reason))
		end.Receipt = &receipt
	}
	for i := range s.seats {
		if a := s.seats[i].attached; a != nil {
			a.finish(end)
			s.observer.Detached(s.id, a.seat, reason)
		}
		s.seats[i] = seat{}
	}
	s.timer.Stop()
	s.registry.forget(s, s.redemption.Ticket)
	s.redemption, s.receipt = consent.Redemption{}, nil
	switch reason {
	case ReasonExpired:
		s.observer.Code(s.id, CodeExpired)
	case ReasonTakenBack:
		s.observer.Code(s.id, CodeTakenBack)
	default: // the code was taken, and said so then
	}
	s.observer.Closed(s.id, reason)
	return true
}

// closeOffer closes the session if its code was not taken yet.
func (s *Session) closeOffer(reason Reason) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place.state == Offered && s.close(reason)
}

// extend gives people more time to type the code. False: it was taken, or has had all the time there is.
func (s *Session) extend(now time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	latest := s.offered.Add(s.limits.CodeMost)
	if s.place.state != Offered || !s.expires.Before(latest) {
		return s.expires, false
	}
	s.expires = s.expires.Add(s.limits.CodeStep)
	if s.expires.After(latest) {
		s.expires = latest
	}
	s.observer.Code(s.id, CodeExtended)
	s.tellBoth()
	s.arm()
	return s.expires, true
}

// redeem takes the code. The registry has already made sure that nobody else can.
func (s *Session) redeem(r consent.Redemption, now time.Time) (consent.Admission, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.place.state != Offered || !now.Before(s.expires) {
		return consent.Admission{}, false
	}
	s.redemption = r
	s.joinBy, s.ends, s.heard = now.Add(s.limits.Join), now.Add(s.limits.Maximum), now
	s.registry.bind(r.Ticket, s)
	s.observer.Code(s.id, CodeRedeemed)
	s.move(eventRedeemed)
	return consent.Admission{Session: string(s.id), Agent: s.agent.Name, AgentID: s.agent.ID, JoinBy: s.joinBy}, true
}

// ticketIs reports whether a ticket belongs to this session.
func (s *Session) ticketIs(ticket consent.TicketID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ticket != consent.TicketID{} && s.place.state != Closed &&
		subtle.ConstantTimeCompare(ticket[:], s.redemption.Ticket[:]) == 1
}

// Trail is what a page of the applicant's must know in order to come back, where its browser kept nothing but the ticket.
type Trail struct {
	Session ID
	Page    uint16 // the last one of the applicant's, 0 before the first
	Away    bool   // nobody sits on the applicant's seat
	Agent   string // display name
}

// trail is the trail to s. False: it is over.
func (s *Session) trail() (Trail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.place.state == Closed {
		return Trail{}, false
	}
	place := s.seats[Applicant]
	return Trail{Session: s.id, Page: place.page, Away: place.attached == nil, Agent: s.agent.Name}, true
}

// status is what a seat is told now. mu is held.
func (s *Session) status(seat Seat) Status {
	status := Status{
		Session: s.id, Seat: seat, State: s.place.state, Page: s.seats[Applicant].page,
		Peer: s.seats[seat.other()].attached != nil, Agent: s.agent.Name, AgentID: s.agent.ID, Ends: s.ends,
		Statement: s.redemption.Statement, Policy: s.redemption.Policy, Receipt: s.receipt,
	}
	if s.place.state == Offered {
		status.Expires = s.expires
	} else {
		status.Routing = s.routing.String()
	}
	if s.place.state == Away {
		status.Grace = s.graceEnds()
	}
	return status
}
