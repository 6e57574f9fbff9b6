package session

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"insyn/consent"
)

func TestASecondPersonTypesTheSameCode(t *testing.T) {
	b := newBench(t, DefaultLimits())
	offer := b.mustOffer("agent")
	wrong := (offer.Routing + 1) % routings
	if _, ok := b.registry.Redeem(redemption(offer.Routing, 1)); !ok {
		t.Fatal("the first person was refused")
	}
	used, usedOK := b.registry.Redeem(redemption(offer.Routing, 2))
	missed, missedOK := b.registry.Redeem(redemption(wrong, 3))
	if usedOK || missedOK || used != missed {
		t.Errorf("used code: %v, %v; wrong code: %v, %v; want one and the same refusal", used, usedOK, missed, missedOK)
	}
	s, _ := b.registry.ForAgent(offer.Session, "agent")
	if s.State() != Joining {
		t.Errorf("the first person's session is %v, want joining", s.State())
	}
}

func TestOfTwoAtOnceExactlyOneTakesTheCode(t *testing.T) {
	b := newBench(t, DefaultLimits())
	for range 200 {
		offer := b.mustOffer("agent")
		var hits atomic.Int32
		var both sync.WaitGroup
		for ticket := range byte(2) {
			both.Go(func() {
				if _, ok := b.registry.Redeem(redemption(offer.Routing, ticket+1)); ok {
					hits.Add(1)
				}
			})
		}
		both.Wait()
		if hits.Load() != 1 {
			t.Fatalf("%d took the code, want 1", hits.Load())
		}
	}
}

func TestAnAgentHasOneUnredeemedCode(t *testing.T) {
	b := newBench(t, DefaultLimits())
	first := b.mustOffer("agent")
	second := b.mustOffer("agent")
	other := b.mustOffer("other")
	if _, ok := b.registry.Redeem(redemption(first.Routing, 1)); ok && first.Routing != second.Routing && first.Routing != other.Routing {
		t.Error("a code that a newer one replaced was taken")
	}
	if _, ok := b.registry.ForAgent(first.Session, "agent"); ok {
		t.Error("its session is still there")
	}
	if !slices.Equal(b.witness.closed, []Reason{ReasonTakenBack}) {
		t.Errorf("closed for %v, want taken_back", b.witness.closed)
	}
	if _, ok := b.registry.Redeem(redemption(second.Routing, 2)); !ok {
		t.Error("the newer code was refused")
	}
	b.mustOffer("agent") // a redeemed one does not stand in the way
	if got := b.registry.Count(); got != 3 {
		t.Errorf("%d sessions, want 3", got)
	}
}

func TestCodesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, DefaultLimits())
		offer := b.mustOffer("agent")
		b.session, _ = b.registry.ForAgent(offer.Session, "agent")
		if got := time.Until(offer.Expires); got != 5*time.Minute {
			t.Errorf("a code lives %v, want 5m", got)
		}
		var extensions int
		for {
			if _, err := b.registry.Extend(offer.Session, "agent"); err != nil {
				if !errors.Is(err, ErrLongest) {
					t.Errorf("err = %v, want ErrLongest", err)
				}
				break
			}
			extensions++
		}
		if extensions != 3 {
			t.Errorf("%d extensions, want 3: 5 minutes and three more come to 20", extensions)
		}
		time.Sleep(20*time.Minute - time.Nanosecond)
		synctest.Wait()
		b.wantState(Offered)
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		b.wantClosed(ReasonExpired)
		if _, ok := b.registry.Redeem(redemption(offer.Routing, 1)); ok {
			t.Error("an expired code was taken")
		}
		if _, err := b.registry.Extend(offer.Session, "agent"); !errors.Is(err, ErrNoCode) {
			t.Errorf("err = %v, want ErrNoCode", err)
		}
	})
}

func TestTakingBackIsForTheOwnerOfAnUnusedCode(t *testing.T) {
	b := newBench(t, DefaultLimits())
	offer := b.mustOffer("agent")
	if err := b.registry.TakeBack(offer.Session, "other"); !errors.Is(err, ErrNoCode) {
		t.Errorf("another agent: err = %v, want ErrNoCode", err)
	}
	if _, err := b.registry.Extend(offer.Session, "other"); !errors.Is(err, ErrNoCode) {
		t.Errorf("another agent extends: err = %v, want ErrNoCode", err)
	}
	if err := b.registry.TakeBack(offer.Session, "agent"); err != nil {
		t.Errorf("the owner: err = %v", err)
	}
	offer = b.mustOffer("agent")
	b.registry.Redeem(redemption(offer.Routing, 1))
	if err := b.registry.TakeBack(offer.Session, "agent"); !errors.Is(err, ErrNoCode) {
		t.Errorf("a used code: err = %v, want ErrNoCode", err)
	}
}

func TestTheSameBrowserConsentsToAnotherSession(t *testing.T) {
	b := newBench(t, DefaultLimits())
	first, second := b.mustOffer("one"), b.mustOffer("two")
	b.session, _ = b.registry.ForAgent(first.Session, "one")
	b.registry.Redeem(redemption(first.Routing, 1))
	r := redemption(second.Routing, 2)
	r.Previous = consent.TicketID{1}
	if _, ok := b.registry.Redeem(r); !ok {
		t.Fatal("refused")
	}
	b.wantState(Closed)
	if !slices.Equal(b.witness.closed, []Reason{ReasonSuperseded}) {
		t.Errorf("closed for %v, want superseded", b.witness.closed)
	}
	if _, ok := b.registry.ForTicket(second.Session, consent.TicketID{2}); !ok {
		t.Error("the new session is gone too")
	}
}

func TestLimitsOfTheRegistry(t *testing.T) {
	limits := DefaultLimits()
	limits.Sessions, limits.Codes = 3, 2
	b := newBench(t, limits)
	one := b.mustOffer("one")
	b.mustOffer("two")
	if _, err := b.registry.Offer(AgentRef{ID: "three"}); !errors.Is(err, ErrFull) {
		t.Errorf("third code: err = %v, want ErrFull", err)
	}
	one = b.mustOffer("one") // replaces, and so always fits
	b.registry.Redeem(redemption(one.Routing, 1))
	b.mustOffer("three")
	if _, err := b.registry.Offer(AgentRef{ID: "four"}); !errors.Is(err, ErrFull) {
		t.Errorf("fourth session: err = %v, want ErrFull", err)
	}
	b.registry.Drain()
	if _, err := b.registry.Offer(AgentRef{ID: "one"}); !errors.Is(err, ErrDraining) {
		t.Errorf("while draining: err = %v, want ErrDraining", err)
	}
	for _, bad := range []func(*Limits){
		func(l *Limits) { l.OutboxBytes = 1 << 20 }, func(l *Limits) { l.Codes = 60_000 }, func(l *Limits) { l.Grace = 0 },
	} {
		l := DefaultLimits()
		bad(&l)
		if _, err := NewRegistry(l, nil, Silent{}); err == nil {
			t.Errorf("limits %+v were accepted", l)
		}
	}
}

func TestTicketsAndSignInsOpenOnlyTheirOwn(t *testing.T) {
	b := joining(t, DefaultLimits())
	if _, ok := b.registry.ForTicket(b.offer.Session, b.ticket); !ok {
		t.Error("the session's own ticket was refused")
	}
	for _, wrong := range []consent.TicketID{{}, {2}} {
		if _, ok := b.registry.ForTicket(b.offer.Session, wrong); ok {
			t.Errorf("ticket %v was accepted", wrong)
		}
	}
	offered := b.mustOffer("agent")
	if _, ok := b.registry.ForTicket(offered.Session, consent.TicketID{}); ok {
		t.Error("no ticket opened a session that has none")
	}
	if _, ok := b.registry.ForAgent(b.offer.Session, "other"); ok {
		t.Error("another agent was accepted")
	}
}

func TestATicketLeadsBackToItsSession(t *testing.T) {
	b := joining(t, DefaultLimits())
	want := Trail{Session: b.offer.Session, Page: 1, Agent: "Åsa Öberg"}
	expect := func(when string) {
		t.Helper()
		if got, ok := b.registry.Trail(b.ticket); !ok || got != want {
			t.Errorf("%s: %+v, %v, want %+v", when, got, ok, want)
		}
	}
	expect("joining")
	b.match(1)
	expect("live")
	b.applicant.End(ReasonGone)
	want.Away = true
	expect("the page is gone")
	b.applicant = b.attach(Applicant, 7)
	want.Away, want.Page = false, 7
	expect("a new page that has not proved itself")
	b.agent.End(ReasonGone)
	expect("the agent is gone, which is not the applicant's absence")
	b.mustOffer("another")
	for _, wrong := range []consent.TicketID{{}, {2}} {
		if got, ok := b.registry.Trail(wrong); ok || got != (Trail{}) {
			t.Errorf("ticket %v leads to %+v", wrong, got)
		}
	}
	b.session.Close(ReasonStopped)
	if got, ok := b.registry.Session(b.ticket); ok || got != "" {
		t.Errorf("the ticket of a closed session opens %q", got)
	}
	if got, ok := b.registry.Trail(b.ticket); ok || got != (Trail{}) {
		t.Errorf("after close the ticket leads to %+v", got)
	}
	if got, ok := b.session.trail(); ok || got != (Trail{}) {
		t.Errorf("who found the session before it closed is led to %+v", got)
	}
	fresh := b.mustOffer("third")
	b.registry.Redeem(redemption(fresh.Routing, 3))
	if got, ok := b.registry.Trail(consent.TicketID{3}); !ok || got != (Trail{Session: fresh.Session, Away: true, Agent: "Åsa Öberg"}) {
		t.Errorf("before the first page: %+v, %v, want page 0 and away", got, ok)
	}
}

func TestSigningOutClosesTheAgentsSessions(t *testing.T) {
	b := joining(t, DefaultLimits())
	b.mustOffer("agent")
	b.mustOffer("other")
	b.registry.SignedOut("agent")
	if want := []Reason{ReasonSignedOut, ReasonSignedOut}; !slices.Equal(b.witness.closed, want) {
		t.Errorf("closed for %v, want %v", b.witness.closed, want)
	}
	if got := b.registry.Count(); got != 1 {
		t.Errorf("%d sessions, want the other agent's", got)
	}
}
