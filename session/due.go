package session

// Room: session. Time: what is due when. Each session has one timer, set for the earliest thing, and late alarms are
// harmless because everything is computed again when it rings.

import "time"

// due gives the earliest moment at which the session closes by itself, and why. mu is held.
func (s *Session) due() (time.Time, Reason) {
	switch s.place.state {
	case Offered:
		return s.expires, ReasonExpired
	case Joining:
		return s.joinBy, ReasonNotJoined
	case Away:
		return earlier(s.graceEnds(), ReasonGrace, s.ends, ReasonMaximum)
	case Live, Paused:
		return earlier(s.heard.Add(s.limits.Idle), ReasonIdle, s.ends, ReasonMaximum)
	case Closed:
	}
	return time.Time{}, ""
}

func earlier(a time.Time, why Reason, b time.Time, whyB Reason) (time.Time, Reason) {
	if b.Before(a) {
		return b, whyB
	}
	return a, why
}

// graceEnds is when the seat that has been missing longest has been missing for too long. mu is held.
func (s *Session) graceEnds() time.Time {
	var first time.Time
	for i := range s.seats {
		keepsAway := s.seats[i].attached == nil || (Seat(i) == Applicant && !s.bothMatched())
		if keepsAway && (first.IsZero() || s.missing[i].Before(first)) {
			first = s.missing[i]
		}
	}
	return first.Add(s.limits.Grace)
}

// arm sets the timer for the next thing due. mu is held.
func (s *Session) arm() {
	at, _ := s.due()
	if at.IsZero() {
		return
	}
	if !s.resyncDue.IsZero() && s.resyncDue.Before(at) {
		at = s.resyncDue
	}
	s.timer.Reset(max(0, time.Until(at)))
}

// tick is the timer's ring.
func (s *Session) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if at, reason := s.due(); !at.IsZero() && !now.Before(at) {
		s.close(reason)
		return
	}
	if !s.resyncDue.IsZero() && !now.Before(s.resyncDue) {
		s.resyncDue = time.Time{}
		s.askResync(now)
	}
	s.arm()
}

// wantResync has the applicant's side asked to drop what it has queued and send a keyframe: at once, or as soon as a
// second has passed since the last time, because more often it would not be honoured. mu is held.
func (s *Session) wantResync() {
	if !s.resyncDue.IsZero() {
		return
	}
	now := time.Now()
	if next := s.resynced.Add(s.limits.Resync); now.Before(next) {
		s.resyncDue = next
		s.arm()
		return
	}
	s.askResync(now)
}

func (s *Session) askResync(now time.Time) {
	if a := s.seats[Applicant].attached; a != nil && s.place.state == Live {
		s.resynced = now
		a.outbox.resync = true
		a.wake()
	}
}
