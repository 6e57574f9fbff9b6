package session

// Room: session. The registry: every session there is, found by code, by ticket or by id, and nothing that is over.

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"insyn/consent"
)

// Limits are the limits of a session and of all sessions together.
type Limits struct {
	Sessions int // offered ones included
	Codes    int // unredeemed ones live at once; sparse among 100,000, so that guessing seldom hits

	Code     time.Duration // how long a code may be typed
	CodeStep time.Duration // what one extension adds
	CodeMost time.Duration // what all of them come to, from the offer on
	Join     time.Duration // from redemption to the match
	Idle     time.Duration // with nothing from the applicant's page but state frames
	Maximum  time.Duration // from redemption to the end
	Grace    time.Duration // for a side that is missing
	Resync   time.Duration // between two requests to resync

	OutboxBytes        int // state and resource frames waiting for one connection; one keyframe must fit
	OutboxControlBytes int // control frames waiting for one connection
}

// DefaultLimits are the ones that the service is run with.
func DefaultLimits() Limits {
	return Limits{
		Sessions: 10_000, Codes: 2_000,
		Code: 5 * time.Minute, CodeStep: 5 * time.Minute, CodeMost: 20 * time.Minute,
		Join: 30 * time.Second, Idle: 15 * time.Minute, Maximum: 90 * time.Minute, Grace: 5 * time.Minute,
		Resync:      time.Second,
		OutboxBytes: 3 << 19, OutboxControlBytes: 64 << 10,
	}
}

func (l Limits) check() error {
	switch {
	case l.Sessions <= 0 || l.Codes <= 0 || l.Codes > routings/2:
		return fmt.Errorf("limits: Sessions above 0 and Codes from 1 to %d expected", routings/2)
	case l.Code <= 0 || l.CodeStep <= 0 || l.CodeMost < l.Code || l.Join <= 0 || l.Idle <= 0 || l.Maximum <= 0 ||
		l.Grace <= 0 || l.Resync <= 0:
		return errors.New("limits: times above 0 expected, and CodeMost not below Code")
	case l.OutboxBytes < MaxFrame(Applicant) || l.OutboxControlBytes < MaxFrame(Agent):
		return fmt.Errorf("limits: OutboxBytes of %d or more and OutboxControlBytes of %d or more expected",
			MaxFrame(Applicant), MaxFrame(Agent))
	}
	return nil
}

// What an agent's request may meet.
var (
	ErrFull     = errors.New("as many sessions or codes as there may be")
	ErrDraining = errors.New("the server is shutting down and offers no codes")
	ErrNoCode   = errors.New("no such code, or it was used")
	ErrLongest  = errors.New("the code has had all the time there is")
)

// Offer is a code's public part, for the agent who asked for it.
type Offer struct {
	Session ID
	Routing Routing
	Expires time.Time
}

// Registry holds the sessions of one process. It implements consent.Gate. Safe for concurrent use.
type Registry struct {
	// Static after construction.
	limits   Limits
	random   io.Reader
	observer Observer

	mu       sync.Mutex // guards what follows; never held while a session is called
	draining bool
	sessions map[ID]*Session
	codes    map[Routing]*Session          // unredeemed only
	offers   map[string]*Session           // by agent, unredeemed only
	tickets  map[consent.TicketID]*Session // redeemed only
}

// NewRegistry makes an empty registry. random must be cryptographic and safe for concurrent use; observer may be Silent.
func NewRegistry(limits Limits, random io.Reader, observer Observer) (*Registry, error) {
	if err := limits.check(); err != nil {
		return nil, err
	}
	return &Registry{
		limits: limits, random: random, observer: observer,
		sessions: map[ID]*Session{}, codes: map[Routing]*Session{}, offers: map[string]*Session{},
		tickets: map[consent.TicketID]*Session{},
	}, nil
}

// Offer makes a session and allots it routing digits. An agent has one unredeemed code: an earlier one is taken back.
// Errors: ErrFull, ErrDraining, or that of the random source.
func (r *Registry) Offer(agent AgentRef) (Offer, error) {
	s, before, err := r.insert(agent)
	if err != nil {
		return Offer{}, err
	}
	if before != nil {
		before.closeOffer(ReasonTakenBack)
	}
	s.start()
	return Offer{Session: s.id, Routing: s.routing, Expires: s.offered.Add(r.limits.Code)}, nil
}

func (r *Registry) insert(agent AgentRef) (s, before *Session, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before = r.offers[agent.ID]
	leaving := 0
	if before != nil {
		leaving = 1
	}
	if r.draining {
		return nil, nil, ErrDraining
	}
	if len(r.sessions)-leaving >= r.limits.Sessions || len(r.codes)-leaving >= r.limits.Codes {
		return nil, nil, ErrFull
	}
	id, err := drawID(r.random)
	if err != nil {
		return nil, nil, err
	}
	routing, err := drawRouting(r.random, func(routing Routing) bool { return r.codes[routing] != nil })
	if err != nil {
		return nil, nil, err
	}
	s = newSession(r, id, routing, agent, time.Now())
	r.sessions[id], r.codes[routing], r.offers[agent.ID] = s, s, s
	return s, before, nil
}

// Extend gives a code more time, and returns when it expires now. Errors: ErrNoCode, ErrLongest.
func (r *Registry) Extend(id ID, agentID string) (time.Time, error) {
	s, ok := r.ForAgent(id, agentID)
	if !ok || s.State() != Offered {
		return time.Time{}, ErrNoCode
	}
	expires, ok := s.extend(time.Now())
	if !ok {
		return time.Time{}, ErrLongest
	}
	return expires, nil
}

// TakeBack closes an offered session. Error: ErrNoCode.
func (r *Registry) TakeBack(id ID, agentID string) error {
	if s, ok := r.ForAgent(id, agentID); ok && s.closeOffer(ReasonTakenBack) {
		return nil
	}
	return ErrNoCode
}

// Redeem implements consent.Gate. Take is delete: the code is gone before anything else is known about it.
func (r *Registry) Redeem(redemption consent.Redemption) (consent.Admission, bool) {
	routing, ok := ParseRouting(redemption.Routing)
	if !ok {
		return consent.Admission{}, false
	}
	r.mu.Lock()
	s := r.codes[routing]
	if s != nil {
		delete(r.codes, routing)
		delete(r.offers, s.agent.ID)
	}
	previous := r.tickets[redemption.Previous]
	r.mu.Unlock()
	if s == nil {
		return consent.Admission{}, false
	}
	admission, ok := s.redeem(redemption, time.Now())
	if ok && previous != nil {
		previous.Close(ReasonSuperseded)
	}
	return admission, ok
}

// ForAgent finds a session that this agent offered.
func (r *Registry) ForAgent(id ID, agentID string) (*Session, bool) {
	s := r.byID(id)
	if s == nil || s.agent.ID != agentID {
		return nil, false
	}
	return s, true
}

// ForTicket finds a session that this ticket was given out for.
func (r *Registry) ForTicket(id ID, ticket consent.TicketID) (*Session, bool) {
	s := r.byID(id)
	if s == nil || !s.ticketIs(ticket) {
		return nil, false
	}
	return s, true
}

// Trail finds the way back to the session that this ticket was given out for, by nothing but the ticket.
func (r *Registry) Trail(ticket consent.TicketID) (Trail, bool) {
	r.mu.Lock()
	s := r.tickets[ticket]
	r.mu.Unlock()
	if s == nil {
		return Trail{}, false
	}
	return s.trail()
}

// Session is part of consent.Gate.
func (r *Registry) Session(ticket consent.TicketID) (string, bool) {
	trail, ok := r.Trail(ticket)
	return string(trail.Session), ok
}

func (r *Registry) byID(id ID) *Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sessions[id]
}

// Count is how many sessions there are, offered ones included.
func (r *Registry) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sessions)
}

// SignedOut closes all sessions of an agent.
func (r *Registry) SignedOut(agentID string) {
	for _, s := range r.all() {
		if s.agent.ID == agentID {
			s.Close(ReasonSignedOut)
		}
	}
}

// Drain stops offering codes; sessions go on.
func (r *Registry) Drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
}

// Shutdown drains, and closes every session.
func (r *Registry) Shutdown() {
	r.Drain()
	for _, s := range r.all() {
		s.Close(ReasonShutdown)
	}
}

func (r *Registry) all() []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*Session, 0, len(r.sessions))
	for _, s := range r.sessions {
		all = append(all, s)
	}
	return all
}

// bind makes a session findable by its ticket. Called with the session's mu held.
func (r *Registry) bind(ticket consent.TicketID, s *Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tickets[ticket] = s
}

// forget removes every trace of a session. Called with the session's mu held.
func (r *Registry) forget(s *Session, ticket consent.TicketID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.sessions, s.id)
	if r.codes[s.routing] == s {
		delete(r.codes, s.routing)
	}
	if r.offers[s.agent.ID] == s {
		delete(r.offers, s.agent.ID)
	}
	if r.tickets[ticket] == s {
		delete(r.tickets, ticket)
	}
}
