package session

// Room: session. The exchange as the server sees it: who took part in it, what the ends report, and what follows.

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestOneMismatchBurnsTheCode(t *testing.T) {
	for _, seat := range []Seat{Applicant, Agent} {
		b := joining(t, DefaultLimits())
		a := map[Seat]*Attachment{Applicant: b.applicant, Agent: b.agent}[seat]
		if got := b.sendLocal(a, KindVerdict, 0); got != ReasonNoMatch {
			t.Errorf("%v: got %q, want no_match", seat, got)
		}
		b.wantClosed(ReasonNoMatch)
		b.wantDrained(b.applicant, "no_match")
		b.wantDrained(b.agent, "no_match")
		if want := []CodeEvent{CodeIssued, CodeRedeemed, CodeBurned}; !slices.Equal(b.witness.codes, want) {
			t.Errorf("%v: codes %v, want %v", seat, b.witness.codes, want)
		}
	}
}

// The agent's answer tells the other side whether its digits were right. One who hears that they were not need not stay for
// the verdict, and has guessed all the same.
func TestACodeIsBurnedByWhoBeginsAndLeaves(t *testing.T) {
	answered := func(b *bench) {
		b.send(b.applicant, KindExchange, 1, nil)
		b.send(b.agent, KindExchange, 1, nil)
	}
	for name, c := range map[string]struct {
		act    func(b *bench)
		reason Reason
		burned bool
	}{
		"with the answer": {func(b *bench) { answered(b); b.sendLocal(b.applicant, KindClose, closeLeft) }, ReasonNotJoined, true},
		"without a word":  {func(b *bench) { answered(b); b.applicant.End(ReasonGone); time.Sleep(30 * time.Second) }, ReasonNotJoined, true},
		"by the button":   {func(b *bench) { answered(b); b.sendLocal(b.applicant, KindClose, closeAsked) }, ReasonStopped, true},
		"by a fault":      {func(b *bench) { answered(b); b.sendLocal(b.applicant, KindAck) }, ReasonProtocol, true},
		"from its next page": {func(b *bench) {
			answered(b)
			b.applicant = b.attach(Applicant, 2)
			b.sendLocal(b.applicant, KindClose, closeLeft)
		}, ReasonNotJoined, true},
		"and the agent ends it":   {func(b *bench) { answered(b); b.sendLocal(b.agent, KindClose, closeAsked) }, ReasonEnded, true},
		"and the server goes":     {func(b *bench) { answered(b); b.registry.Shutdown() }, ReasonShutdown, true},
		"and the digits are told": {func(b *bench) { answered(b); b.sendLocal(b.applicant, KindVerdict, 0) }, ReasonNoMatch, true},
		"before it begins":        {func(b *bench) { b.sendLocal(b.applicant, KindClose, closeLeft) }, ReasonNotJoined, false},
		"where the agent spoke": {func(b *bench) {
			b.send(b.agent, KindExchange, 1, nil)
			b.sendLocal(b.applicant, KindClose, closeLeft)
		}, ReasonNotJoined, false},
		"after the match": {func(b *bench) { b.match(1); b.sendLocal(b.applicant, KindClose, closeAsked) }, ReasonStopped, false},
		"from a page after the match": {func(b *bench) {
			b.match(1)
			b.applicant = b.attach(Applicant, 2)
			b.send(b.applicant, KindExchange, 2, nil)
			b.sendLocal(b.applicant, KindClose, closeAsked)
		}, ReasonStopped, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := joining(t, DefaultLimits())
				c.act(b)
				synctest.Wait()
				b.wantClosed(c.reason)
				want := []CodeEvent{CodeIssued, CodeRedeemed}
				if c.burned {
					want = append(want, CodeBurned)
				}
				if !slices.Equal(b.witness.codes, want) {
					t.Errorf("codes %v, want %v", b.witness.codes, want)
				}
			})
		})
	}
}

func TestAVerdictWithoutPartInTheExchangeCountsForNothing(t *testing.T) {
	b := joining(t, DefaultLimits())
	b.sendLocal(b.applicant, KindVerdict, 1)
	b.sendLocal(b.agent, KindVerdict, 1)
	b.wantState(Joining)
	if want := []Drop{DropEarly, DropEarly}; !slices.Equal(b.witness.dropped, want) {
		t.Errorf("dropped %v, want %v", b.witness.dropped, want)
	}
}

func TestANewPageExchangesAgain(t *testing.T) {
	b := live(t, DefaultLimits())
	b.send(b.applicant, KindKeyframe, 1, []byte("of page 1"))
	b.applicant.End(ReasonGone)
	b.applicant = b.attach(Applicant, 2)
	b.wantState(Away)
	b.wantDrained(b.agent, "status away") // and nothing of page 1
	b.send(b.applicant, KindKeyframe, 2, []byte("too early"))
	b.wantDrained(b.agent)
	// The agent's verdict on the page before comes late, and must not vouch for this one.
	b.send(b.applicant, KindExchange, 2, nil)
	b.sendLocal(b.agent, KindVerdict, 1)
	b.sendLocal(b.applicant, KindVerdict, 1)
	b.wantState(Away)
	b.send(b.agent, KindExchange, 2, nil)
	b.sendLocal(b.agent, KindVerdict, 1)
	b.wantState(Live)
	if b.witness.consent != 1 {
		t.Errorf("consent counted %d times, want 1", b.witness.consent)
	}
	if _, reason := b.session.Attach(Applicant, 1); reason != ReasonNotAdmitted {
		t.Errorf("the page before: %q, want not_admitted", reason)
	}
}

func TestAFailedExchangeOnANewPageEndsTheSession(t *testing.T) {
	b := live(t, DefaultLimits())
	b.applicant = b.attach(Applicant, 2)
	b.sendLocal(b.agent, KindVerdict, 0)
	b.wantClosed(ReasonNoMatch)
}

// A page that could not bring the secret along: it asks, hears that all is lost, and begins again on the same page over
// fresh digits. The server counts that as one exchange, and a wrong guess at them as it counts the first.
func TestFreshDigitsOnANewPage(t *testing.T) {
	for name, c := range map[string]struct {
		agent, applicant []byte // verdicts
		state            State
		codes            []CodeEvent
	}{
		"right":             {[]byte{1}, []byte{1}, Live, []CodeEvent{CodeIssued, CodeRedeemed}},
		"the agent refuses": {[]byte{0}, nil, Closed, []CodeEvent{CodeIssued, CodeRedeemed, CodeBurned}},
		"the page refuses":  {[]byte{1}, []byte{0}, Closed, []CodeEvent{CodeIssued, CodeRedeemed, CodeBurned}},
	} {
		b := live(t, DefaultLimits())
		b.applicant.End(ReasonGone)
		b.applicant = b.attach(Applicant, 2)
		b.drain(b.agent)
		for _, from := range []*Attachment{b.applicant, b.agent, b.applicant, b.agent, b.applicant} {
			b.send(from, KindExchange, 2, nil) // ask, lost, and then three for the digits
		}
		b.wantDrained(b.agent, "exchange", "exchange", "exchange")
		b.wantState(Away)
		for _, say := range c.agent {
			b.sendLocal(b.agent, KindVerdict, say)
		}
		for _, say := range c.applicant {
			b.sendLocal(b.applicant, KindVerdict, say)
		}
		b.wantState(c.state)
		if c.state == Closed {
			b.wantClosed(ReasonNoMatch)
		}
		if !slices.Equal(b.witness.codes, c.codes) {
			t.Errorf("%s: codes %v, want %v", name, b.witness.codes, c.codes)
		}
	}
}

func TestAReloadInTheMiddleOfTheFirstExchange(t *testing.T) {
	b := joining(t, DefaultLimits())
	b.send(b.applicant, KindExchange, 1, nil)
	b.send(b.agent, KindExchange, 1, nil)
	b.sendLocal(b.agent, KindVerdict, 1) // on page 1, which is about to go
	b.applicant.End(ReasonGone)
	b.applicant = b.attach(Applicant, 2)
	b.wantState(Joining)
	b.send(b.applicant, KindExchange, 2, nil)
	b.sendLocal(b.applicant, KindVerdict, 1)
	b.wantState(Joining) // the agent's match was with another page
	b.send(b.agent, KindExchange, 2, nil)
	b.sendLocal(b.agent, KindVerdict, 1)
	b.wantState(Live)
	if b.witness.consent != 1 {
		t.Errorf("consent counted %d times, want 1", b.witness.consent)
	}
}

func TestTheLastVerdictComesWhileTheOtherSideIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := joining(t, DefaultLimits())
		b.send(b.applicant, KindExchange, 1, nil)
		b.send(b.agent, KindExchange, 1, nil)
		b.sendLocal(b.agent, KindVerdict, 1)
		b.agent.End(ReasonGone)
		b.sendLocal(b.applicant, KindVerdict, 1)
		b.wantState(Away)
		if b.witness.consent != 1 {
			t.Error("consent was not counted")
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		b.wantClosed(ReasonGrace)
	})
}

func TestAnExchangeOfThePageBeforeDoesNotReachTheAgent(t *testing.T) {
	b := joining(t, DefaultLimits())
	b.drain(b.agent)
	b.send(b.applicant, KindExchange, 1, []byte("of page 1"))
	b.applicant = b.attach(Applicant, 2)
	b.send(b.applicant, KindExchange, 2, []byte("of page 2"))
	b.wantDrained(b.agent, "status joining", "exchange")
}
