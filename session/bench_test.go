package session

// Room: session. The test bench: a registry, two seats, and an observer that remembers.

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"insyn/consent"
	"insyn/session/sealed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// witness remembers what an observer is told.
type witness struct {
	Silent
	mu      sync.Mutex
	closed  []Reason
	dropped []Drop
	faults  []Fault
	codes   []CodeEvent
	relayed map[Kind]int
	cleared int
	held    int
	consent int
}

func (w *witness) locked(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *witness) Closed(_ ID, r Reason) { w.locked(func() { w.closed = append(w.closed, r) }) }
func (w *witness) Dropped(_ Kind, d Drop, _ int) {
	w.locked(func() { w.dropped = append(w.dropped, d) })
}

func (w *witness) Refused(_ ID, _ Seat, f Fault) { w.locked(func() { w.faults = append(w.faults, f) }) }

func (w *witness) Code(_ ID, e CodeEvent)         { w.locked(func() { w.codes = append(w.codes, e) }) }
func (w *witness) Relayed(k Kind, _ int)          { w.locked(func() { w.relayed[k]++ }) }
func (w *witness) Overflowed(_ ID, _ Seat, n int) { w.locked(func() { w.cleared += n }) }
func (w *witness) Held(n int)                     { w.locked(func() { w.held += n }) }
func (w *witness) Consented(ID)                   { w.locked(func() { w.consent++ }) }

type bench struct {
	*testing.T
	registry  *Registry
	witness   *witness
	offer     Offer
	session   *Session
	ticket    consent.TicketID
	applicant *Attachment
	agent     *Attachment
	counters  map[string]uint64
}

func newBench(t *testing.T, limits Limits) *bench {
	t.Helper()
	w := &witness{relayed: map[Kind]int{}}
	r, err := NewRegistry(limits, rand.Reader, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Shutdown)
	return &bench{T: t, registry: r, witness: w, counters: map[string]uint64{}}
}

func (b *bench) mustOffer(agent string) Offer {
	b.Helper()
	offer, err := b.registry.Offer(AgentRef{ID: agent, Name: "Åsa Öberg"})
	if err != nil {
		b.Fatal(err)
	}
	return offer
}

func redemption(routing Routing, ticket byte) consent.Redemption {
	return consent.Redemption{
		Routing: routing.String(), Ticket: consent.TicketID{ticket},
		Statement: consent.StatementRef{Version: "v", Hash: "h", Language: "sv"}, Policy: "p",
	}
}

// joining is a bench whose code was taken, with both seats attached.
func joining(t *testing.T, limits Limits) *bench {
	t.Helper()
	b := newBench(t, limits)
	b.offer = b.mustOffer("agent")
	b.session, _ = b.registry.ForAgent(b.offer.Session, "agent")
	b.ticket = consent.TicketID{1}
	if _, ok := b.registry.Redeem(redemption(b.offer.Routing, 1)); !ok {
		b.Fatal("the code was not taken")
	}
	b.applicant, b.agent = b.attach(Applicant, 1), b.attach(Agent, 1)
	return b
}

// live is a bench in which the codes matched.
func live(t *testing.T, limits Limits) *bench {
	t.Helper()
	b := joining(t, limits)
	b.match(1)
	b.wantState(Live)
	b.drain(b.applicant)
	b.drain(b.agent)
	return b
}

func (b *bench) attach(seat Seat, page uint16) *Attachment {
	b.Helper()
	a, reason := b.session.Attach(seat, page)
	if reason != "" {
		b.Fatalf("Attach(%v, %d) = %q, want it admitted", seat, page, reason)
	}
	return a
}

// match runs the exchange of a page with a match at both ends.
func (b *bench) match(page uint16) {
	b.Helper()
	for _, a := range []*Attachment{b.applicant, b.agent, b.applicant} {
		b.send(a, KindExchange, page, []byte("opaque"))
	}
	b.sendLocal(b.applicant, KindVerdict, 1)
	b.sendLocal(b.agent, KindVerdict, 1)
}

// send sends the next frame of a kind, and wants it accepted. A payload that is too short for its kind is filled up.
func (b *bench) send(a *Attachment, kind Kind, page uint16, payload []byte) {
	b.Helper()
	rule, _ := kind.rule()
	payload = append(payload, make([]byte, max(0, rule.least-len(payload)))...)
	key := fmt.Sprint(a.seat, page, rule.lane)
	b.counters[key]++
	if reason := b.sendHeader(a, Header{Kind: kind, Lane: rule.lane, Page: page, Counter: b.counters[key]}, payload); reason != "" {
		b.Fatalf("%v from %v: got %q, want it accepted", kind, a.seat, reason)
	}
}

// sendHeader sends as a connection does: local frames are said, all others handed over sealed.
func (b *bench) sendHeader(a *Attachment, h Header, payload []byte) Reason {
	if h.Kind.Local() {
		var say byte
		if len(payload) > 0 {
			say = payload[0]
		}
		return a.Say(h.Kind, say, len(payload))
	}
	frame, _ := sealed.Take(append(h.Append(nil), payload...))
	return a.Receive(frame)
}

// written is what a frame looks like on the wire.
func written(frame sealed.Frame) []byte {
	var out bytes.Buffer
	_, _ = frame.WriteTo(&out) // a buffer takes everything
	return out.Bytes()
}

func (b *bench) sendLocal(a *Attachment, kind Kind, payload ...byte) Reason {
	return b.sendHeader(a, Header{Kind: kind, Lane: LaneControl}, payload)
}

// drain pulls and wipes everything that waits, and gives its kinds; an end is told as its reason.
func (b *bench) drain(a *Attachment) []string {
	var got []string
	for {
		out, ok := a.Next()
		if !ok {
			return got
		}
		switch {
		case out.Frame.Size() > 0:
			got = append(got, Kind(out.Frame.Header()[0]).String())
			a.Done(out.Frame)
		case out.Status != nil:
			got = append(got, "status "+out.Status.State.String())
		case out.Resync:
			got = append(got, "resync_local")
		case out.End != nil:
			got = append(got, string(out.End.Reason))
		}
	}
}

func (b *bench) wantState(want State) {
	b.Helper()
	if got := b.session.State(); got != want {
		b.Fatalf("state = %v, want %v", got, want)
	}
}

func (b *bench) wantDrained(a *Attachment, want ...string) {
	b.Helper()
	if got := b.drain(a); !slices.Equal(got, want) {
		b.Errorf("%v was given %q, want %q", a.seat, got, want)
	}
}

// wantClosed wants the session closed exactly once, for this reason, with nothing left of it.
func (b *bench) wantClosed(want Reason) {
	b.Helper()
	b.wantState(Closed)
	b.witness.mu.Lock()
	defer b.witness.mu.Unlock()
	if got := b.witness.closed; !slices.Equal(got, []Reason{want}) {
		b.Errorf("closed for %v, want exactly once for %v", got, want)
	}
	if got := b.registry.Count(); got != 0 {
		b.Errorf("registry holds %d sessions, want 0", got)
	}
	if r := b.registry; len(r.codes)+len(r.offers)+len(r.tickets) != 0 {
		b.Errorf("registry still holds %d codes, %d offers, %d tickets", len(r.codes), len(r.offers), len(r.tickets))
	}
}
