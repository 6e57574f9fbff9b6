package session

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"insyn/session/sealed"
)

// Every relayed kind × seat × state: relayed, dropped, or the end of the session.
func TestEveryKindFromEverySeatInEveryState(t *testing.T) {
	states := map[State]func(*bench){
		Joining: nil,
		Live:    func(*bench) {},
		Paused:  func(b *bench) { b.sendLocal(b.applicant, KindPause) },
		Away: func(b *bench) { // a new page that has not proved itself: both are there
			b.applicant = b.attach(Applicant, 2)
		},
	}
	for _, kind := range Kinds() {
		if kind.Local() {
			continue
		}
		rule, _ := kind.rule()
		for state, enter := range states {
			for _, seat := range []Seat{Applicant, Agent} {
				t.Run(fmt.Sprint(kind, " ", state, " ", seat), func(t *testing.T) {
					b := joining(t, DefaultLimits())
					if enter != nil {
						b.match(1)
						enter(b)
					}
					b.wantState(state)
					b.drain(b.applicant)
					b.drain(b.agent)
					from, to := b.applicant, b.agent
					if seat == Agent {
						from, to = b.agent, b.applicant
					}
					h := Header{Kind: kind, Lane: rule.lane, Page: b.session.seats[Applicant].page, Counter: 100}
					payload := bytes.Repeat([]byte("x"), rule.most)
					reason := b.sendHeader(from, h, payload)
					switch {
					case !rule.from.has(seat):
						if reason != ReasonProtocol || !slices.Equal(b.witness.faults, []Fault{FaultSeat}) {
							t.Errorf("got %q and faults %v, want protocol and seat", reason, b.witness.faults)
						}
					case !rule.states.has(state):
						if reason != "" || !slices.Equal(b.witness.dropped, []Drop{DropState}) {
							t.Errorf("got %q and drops %v, want it dropped for the state", reason, b.witness.dropped)
						}
						b.wantDrained(to)
					default:
						out, _ := to.Next()
						if reason != "" || !bytes.Equal(written(out.Frame), append(h.Append(nil), payload...)) {
							t.Errorf("got %q, and %d bytes that differ", reason, out.Frame.Size())
						}
					}
				})
			}
		}
	}
}

func TestWhatNoHonestPageSends(t *testing.T) {
	delta := Header{Kind: KindDelta, Lane: LaneState, Page: 1, Epoch: 1, Counter: 5}
	ack := Header{Kind: KindAck, Lane: LaneControl, Page: 1, Counter: 100}
	for name, c := range map[string]struct {
		seat    Seat
		header  Header
		payload int
		want    Fault
	}{
		"a counter again":         {Applicant, Header{Kind: KindDelta, Lane: LaneState, Page: 1, Counter: 4}, 80, FaultCounter},
		"a counter from before":   {Applicant, Header{Kind: KindDelta, Lane: LaneState, Page: 1, Counter: 3}, 80, FaultCounter},
		"another lane":            {Applicant, Header{Kind: KindDelta, Page: 1, Counter: 5}, 80, FaultLane},
		"too long":                {Applicant, delta, 256<<10 + 17, FaultSize},
		"too short to be sealed":  {Applicant, delta, 79, FaultSize},
		"a page to come":          {Applicant, Header{Kind: KindDelta, Lane: LaneState, Page: 2, Counter: 1}, 80, FaultPage},
		"an agent's page to come": {Agent, Header{Kind: KindAck, Page: 2, Counter: 1}, 80, FaultPage},
		"an agent's delta":        {Agent, delta, 80, FaultSeat},
		"an applicant's ack":      {Applicant, ack, 80, FaultSeat},
		"an agent's pause":        {Agent, Header{Kind: KindPause}, 0, FaultSeat},
		"a seat's status":         {Agent, Header{Kind: KindStatus}, 0, FaultSeat},
		"a seat's local resync":   {Applicant, Header{Kind: KindResyncLocal}, 0, FaultSeat},
		"a verdict of two bytes":  {Agent, Header{Kind: KindVerdict}, 2, FaultSize},
		"a verdict of none":       {Agent, Header{Kind: KindVerdict}, 0, FaultSize},
		"a verdict that is x":     {Agent, Header{Kind: KindVerdict}, 1, FaultMalformed},
		"a beat with something":   {Agent, Header{Kind: KindBeat}, 1, FaultSize},
		"a kind that is none":     {Agent, Header{Kind: 0x77}, 0, FaultKind},
	} {
		t.Run(name, func(t *testing.T) {
			b := live(t, DefaultLimits())
			b.sendHeader(b.applicant, Header{Kind: KindKeyframe, Lane: LaneState, Page: 1, Epoch: 1, Counter: 4}, make([]byte, 80))
			a := map[Seat]*Attachment{Applicant: b.applicant, Agent: b.agent}[c.seat]
			if got := b.sendHeader(a, c.header, bytes.Repeat([]byte("x"), c.payload)); got != ReasonProtocol {
				t.Fatalf("got %q, want protocol", got)
			}
			if !slices.Equal(b.witness.faults, []Fault{c.want}) {
				t.Errorf("faults %v, want %v", b.witness.faults, c.want)
			}
			b.wantClosed(ReasonProtocol)
		})
	}
}

// A relayed frame says its kind by its header alone; a local one is never sealed, and a relayed one never said.
func TestWhatIsSaidAndWhatIsSealedAreTwoThings(t *testing.T) {
	for name, send := range map[string]func(b *bench) Reason{
		"a pause that is sealed": func(b *bench) Reason {
			frame, _ := sealed.Take(Header{Kind: KindPause}.Append(nil))
			return b.applicant.Receive(frame)
		},
		"a keyframe that is said": func(b *bench) Reason { return b.applicant.Say(KindKeyframe, 0, 80) },
		"no frame at all":         func(b *bench) Reason { return b.applicant.Receive(sealed.Frame{}) },
	} {
		b := live(t, DefaultLimits())
		if got := send(b); got != ReasonProtocol || !slices.Equal(b.witness.faults, []Fault{FaultKind}) {
			t.Errorf("%s: got %q and faults %v, want protocol and kind", name, got, b.witness.faults)
		}
	}
}

// From the shortest that sealing gives to the longest that may be, and not a byte beyond.
func TestEveryKindHasItsSizes(t *testing.T) {
	for _, kind := range Kinds() {
		rule, _ := kind.rule()
		if kind.Local() {
			continue
		}
		for size, want := range map[int]Fault{rule.least - 1: FaultSize, rule.least: "", rule.most: "", rule.most + 1: FaultSize} {
			b := live(t, DefaultLimits())
			a := b.applicant
			if rule.from == fromAgent {
				a = b.agent
			}
			b.sendHeader(a, Header{Kind: kind, Lane: rule.lane, Page: 1, Counter: 100}, make([]byte, size))
			if got := slices.Concat(b.witness.faults, []Fault{""})[0]; got != want {
				t.Errorf("%v of %d bytes: fault %q, want %q", kind, size, got, want)
			}
		}
	}
}

func TestAnAgentsFrameForThePageBeforeIsDropped(t *testing.T) {
	b := live(t, DefaultLimits())
	b.applicant = b.attach(Applicant, 2)
	b.send(b.agent, KindAck, 1, nil)
	if !slices.Equal(b.witness.dropped, []Drop{DropStale}) {
		t.Errorf("dropped %v, want stale", b.witness.dropped)
	}
	b.wantState(Away)
}

func TestTheCurtainTakesBackWhatIsUnderWay(t *testing.T) {
	b := live(t, DefaultLimits())
	b.send(b.applicant, KindKeyframe, 1, []byte("k"))
	b.send(b.applicant, KindResource, 1, []byte("r"))
	b.send(b.applicant, KindState, 1, []byte("s"))
	b.sendLocal(b.applicant, KindPause)
	b.wantDrained(b.agent, "status paused", "state")
	b.sendLocal(b.applicant, KindResume)
	b.wantDrained(b.applicant, "status live", "resync_local")
	if b.witness.held != 0 {
		t.Errorf("%d bytes held, want 0", b.witness.held)
	}
}

func TestLanesGoOutInOrderOfUrgency(t *testing.T) {
	b := live(t, DefaultLimits())
	for _, kind := range []Kind{KindResource, KindKeyframe, KindState, KindDelta, KindResource, KindState} {
		b.send(b.applicant, kind, 1, nil)
	}
	b.wantDrained(b.agent, "state", "state", "keyframe", "delta", "resource", "resource")
}

func TestTheViewerFreezesAndTheApplicantDoesNotNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, DefaultLimits())
		limits := DefaultLimits()
		resyncs := 0
		for range 200 { // 50 MB in 20 s, and nobody reads them
			b.send(b.applicant, KindDelta, 1, make([]byte, 256<<10))
			b.send(b.applicant, KindResource, 1, make([]byte, 1<<10))
			if b.witness.held > limits.OutboxBytes+limits.OutboxControlBytes {
				t.Fatalf("%d bytes held, want at most %d", b.witness.held, limits.OutboxBytes+limits.OutboxControlBytes)
			}
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
			for _, got := range b.drain(b.applicant) {
				if got == "resync_local" {
					resyncs++
				}
			}
		}
		b.wantState(Live)
		if resyncs < 15 || resyncs > 21 {
			t.Errorf("asked to resync %d times in 20 s, want about once a second", resyncs)
		}
		b.drain(b.agent)
		b.send(b.applicant, KindKeyframe, 1, []byte("now"))
		b.wantDrained(b.agent, "keyframe") // current at once, not after 50 MB
	})
}

func TestControlFramesAreKeptInAnOverflow(t *testing.T) {
	b := live(t, DefaultLimits())
	b.send(b.applicant, KindState, 1, []byte("s"))
	b.send(b.applicant, KindKeyframe, 1, make([]byte, 1<<20))
	b.send(b.applicant, KindDelta, 1, make([]byte, 256<<10))
	b.send(b.applicant, KindResource, 1, make([]byte, 64<<10))
	b.send(b.applicant, KindDelta, 1, make([]byte, 256<<10))
	b.wantDrained(b.agent, "state")
	b.wantDrained(b.applicant, "resync_local")
	if want := 1<<20 + 256<<10 + 64<<10 + 3*HeaderSize; b.witness.cleared != want {
		t.Errorf("cleared %d bytes, want %d", b.witness.cleared, want)
	}
}

func TestControlFramesAloneOverflowing(t *testing.T) {
	b := live(t, DefaultLimits())
	for range 5 {
		b.send(b.agent, KindWant, 1, make([]byte, 16<<10))
	}
	b.wantDrained(b.applicant, "slow")
	b.wantState(Away)
	b.applicant = b.attach(Applicant, 1)
	b.wantState(Live)
}

func TestStatusIsToldAsOfNow(t *testing.T) {
	b := live(t, DefaultLimits())
	for range 1000 {
		b.sendLocal(b.applicant, KindPause)
		b.sendLocal(b.applicant, KindResume)
	}
	b.wantDrained(b.agent, "status live")
}

// Nothing of a payload is left when a session is over: neither what waited, nor what was written.
func TestNothingIsHeldAfterClose(t *testing.T) {
	b := live(t, DefaultLimits())
	var kept []weak.Pointer[byte]
	send := func(from *Attachment, kind Kind, counter uint64) []byte {
		rule, _ := kind.rule()
		buffer := append(Header{Kind: kind, Lane: rule.lane, Page: 1, Counter: counter}.Append(nil), "canary"...)
		buffer = append(buffer, make([]byte, rule.least)...)[:HeaderSize+rule.least]
		kept = append(kept, weak.Make(&buffer[0]))
		frame, _ := sealed.Take(buffer)
		if reason := from.Receive(frame); reason != "" {
			t.Fatal(reason)
		}
		return buffer
	}
	sent := send(b.applicant, KindKeyframe, 10)
	out, _ := b.agent.Next()
	b.agent.Done(out.Frame)
	if !bytes.Equal(sent, make([]byte, len(sent))) {
		t.Errorf("after the write the buffer holds %q, want zeros", sent)
	}
	out = Out{}
	for i, waiting := range [][]byte{
		send(b.applicant, KindDelta, 11), send(b.applicant, KindResource, 10), send(b.applicant, KindState, 10), send(b.agent, KindWant, 10),
	} {
		b.session.Close(ReasonStopped) // does something the first time only
		if !bytes.Equal(waiting, make([]byte, len(waiting))) {
			t.Errorf("after close the waiting buffer %d holds %q, want zeros", i, waiting)
		}
	}
	runtime.GC()
	for i, p := range kept {
		if p.Value() != nil {
			t.Errorf("payload %d is still held", i)
		}
	}
	if b.witness.held != 0 {
		t.Errorf("%d bytes held, want 0", b.witness.held)
	}
	runtime.KeepAlive(b)
}

func TestAFrameThatWasWrittenIsNotHeldByThoseBehindIt(t *testing.T) {
	b := live(t, DefaultLimits())
	buffer := append(Header{Kind: KindKeyframe, Lane: LaneState, Page: 1, Epoch: 1, Counter: 1}.Append(nil), make([]byte, 80)...)
	written := weak.Make(&buffer[0])
	frame, _ := sealed.Take(buffer)
	if reason := b.applicant.Receive(frame); reason != "" {
		t.Fatal(reason)
	}
	b.sendHeader(b.applicant, Header{Kind: KindDelta, Lane: LaneState, Page: 1, Epoch: 1, Counter: 2}, make([]byte, 80))
	out, _ := b.agent.Next()
	b.agent.Done(out.Frame)
	out = Out{}
	runtime.GC()
	if written.Value() != nil {
		t.Error("a written frame is still held")
	}
	b.wantDrained(b.agent, "delta")
	runtime.KeepAlive(b)
}
