package session

// Room: session. What a seat says to the server itself.

import (
	"fmt"
	"slices"
	"testing"
)

// Every byte of a close frame × seat × state: what it means, that it means nothing now, or that it never means anything.
func TestWhoMayCloseAndWhatItMeans(t *testing.T) {
	const dropped, absent = Reason("dropped"), Reason("absent")
	states := map[State]func(*testing.T, Limits) *bench{
		Offered: func(t *testing.T, limits Limits) *bench {
			b := newBench(t, limits)
			b.offer = b.mustOffer("agent")
			b.session, _ = b.registry.ForAgent(b.offer.Session, "agent")
			b.agent = b.attach(Agent, 1)
			return b
		},
		Joining: joining,
		Live:    live,
		Paused: func(t *testing.T, limits Limits) *bench {
			b := live(t, limits)
			b.sendLocal(b.applicant, KindPause)
			return b
		},
		Away: func(t *testing.T, limits Limits) *bench {
			b := live(t, limits)
			b.applicant = b.attach(Applicant, 2)
			return b
		},
	}
	all := func(r Reason) map[State]Reason {
		return map[State]Reason{Offered: r, Joining: r, Live: r, Paused: r, Away: r}
	}
	for _, c := range []struct {
		seat Seat
		say  byte
		want map[State]Reason
	}{
		{Applicant, 0, map[State]Reason{Offered: absent, Joining: ReasonStopped, Live: ReasonStopped, Paused: ReasonStopped, Away: ReasonStopped}},
		{Applicant, 1, map[State]Reason{Offered: absent, Joining: ReasonNotJoined, Live: dropped, Paused: dropped, Away: dropped}},
		{Applicant, 2, map[State]Reason{Offered: absent, Joining: ReasonTampered, Live: ReasonTampered, Paused: ReasonTampered, Away: ReasonTampered}},
		{Applicant, 3, map[State]Reason{Offered: absent, Joining: ReasonPolicy, Live: ReasonPolicy, Paused: ReasonPolicy, Away: ReasonPolicy}},
		{Applicant, 4, map[State]Reason{Offered: absent, Joining: ReasonProtocol, Live: ReasonProtocol, Paused: ReasonProtocol, Away: ReasonProtocol}},
		{Applicant, 5, map[State]Reason{Offered: absent, Joining: ReasonProtocol, Live: ReasonProtocol, Paused: ReasonProtocol, Away: ReasonProtocol}},
		{Agent, 0, map[State]Reason{Offered: ReasonTakenBack, Joining: ReasonEnded, Live: ReasonEnded, Paused: ReasonEnded, Away: ReasonEnded}},
		{Agent, 1, all(ReasonConsoleClosed)},
		{Agent, 2, all(ReasonTampered)},
		{Agent, 3, all(ReasonProtocol)},
		{Agent, 4, all(ReasonProtocol)},
		{Agent, 5, all(ReasonProtocol)},
		{Agent, 255, all(ReasonProtocol)},
	} {
		for state, enter := range states {
			want := c.want[state]
			if want == absent {
				continue // nobody can sit there before consent
			}
			t.Run(fmt.Sprint(c.seat, " ", c.say, " ", state), func(t *testing.T) {
				b := enter(t, DefaultLimits())
				b.wantState(state)
				got := b.sendLocal(b.seated(c.seat), KindClose, c.say)
				if want == dropped {
					if got != "" || !slices.Equal(b.witness.dropped, []Drop{DropState}) {
						t.Errorf("got %q and drops %v, want it dropped for the state", got, b.witness.dropped)
					}
					b.wantState(state)
					return
				}
				if got != want {
					t.Errorf("got %q, want %q", got, want)
				}
				b.wantClosed(want)
				b.wantTold(want)
				// An end that says that it is broken is none that says what has no meaning.
				if got := len(b.witness.faults); (got == 1) != (want == ReasonProtocol && c.say != closeBroken) {
					t.Errorf("faults %v", b.witness.faults)
				}
			})
		}
	}
}

// seated is who sits on a seat.
func (b *bench) seated(seat Seat) *Attachment {
	if seat == Applicant {
		return b.applicant
	}
	return b.agent
}

// wantTold wants both sides told the end and nothing after it, with the receipt if the codes had matched.
func (b *bench) wantTold(want Reason) {
	b.Helper()
	for _, side := range []*Attachment{b.applicant, b.agent} {
		if side == nil {
			continue
		}
		out, _ := side.Next()
		if out.End == nil || out.End.Reason != want {
			b.Errorf("the %v is told %+v, want %s", side.seat, out.End, want)
			continue
		}
		if r := out.End.Receipt; (r != nil) != (b.witness.consent == 1) || r != nil && (r.Reason != string(want) || r.Ended == 0) {
			b.Errorf("the %v's receipt is %+v, after %d consents", side.seat, r, b.witness.consent)
		}
		if _, more := side.Next(); more {
			b.Errorf("something came after the %v's end", side.seat)
		}
	}
}
