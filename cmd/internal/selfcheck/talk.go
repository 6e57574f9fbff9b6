package selfcheck

// Room: cmd. The drill's session, from the code to the close, over two pages, and what must be gone after it.

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"insyn/cmd/internal/canary"
	"insyn/cmd/internal/ends"
	"insyn/cmd/internal/link"
	"insyn/session"
)

// mostFrames is how many sealed frames are looked for.
const mostFrames = 200

// The session has two pages, and on each somebody types and moves about that often.
const (
	pages = 2
	typed = 30
)

// arrivals counts what the agent's end opened, and keeps pieces of what was sealed. Safe for concurrent use.
type arrivals struct {
	mu     sync.Mutex
	opened map[session.Kind]int
	sealed []canary.Canary
}

func (a *arrivals) frame(f ends.Frame) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.opened[f.Kind]++
}

// all waits until everything that the two pages send has come.
func (a *arrivals) all(ctx context.Context) error {
	want := map[session.Kind]int{
		session.KindKeyframe: pages, session.KindDelta: pages * (1 + typed), session.KindPointer: pages * (1 + typed),
		session.KindResource: pages, session.KindWant: pages,
	}
	for {
		a.mu.Lock()
		missing := ""
		for kind, n := range want {
			if a.opened[kind] < n {
				missing += fmt.Sprintf(" %d of %d %v", a.opened[kind], n, kind)
			}
		}
		a.mu.Unlock()
		if missing == "" {
			return nil
		}
		select {
		case <-time.After(pollTime):
		case <-ctx.Done():
			return errors.New("not everything that was sealed came:" + missing)
		}
	}
}

// piece keeps a piece from the middle of a sealed frame.
func (a *arrivals) piece(frame []byte) {
	const of = 24
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.sealed) < mostFrames {
		at := session.HeaderSize + (len(frame)-session.HeaderSize)/2
		a.sealed = append(a.sealed, canary.Canary{
			Name: fmt.Sprintf("sealed frame %d", len(a.sealed)), Bytes: append([]byte(nil), frame[at:at+of]...),
		})
	}
}

// talk has the session, and looks into the server's memory while it is live.
func (d *drill) talk(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, talkTime)
	defer cancel()
	insyn, desk := d.config.Server.Reached(d.server.port)
	server := ends.NewServer(insyn, desk, d.server.address, nil)
	defer server.Close()
	agent, err := ends.SignIn(ctx, server, "Drill")
	if err != nil {
		return err
	}
	code, err := agent.NewCode(ctx)
	if err != nil {
		return err
	}
	d.planted.code(code.Digits)
	came := &arrivals{opened: map[session.Kind]int{}}
	there, err := code.Open(ctx, ends.Hearer{Frame: came.frame})
	if err != nil {
		return err
	}
	defer there.Cut()
	tab, err := ends.Consent(ctx, server, "sv", code.Digits)
	if err != nil {
		return err
	}
	here, err := tab.Open(ctx, ends.Hearer{Frame: came.frame, Sealed: came.piece})
	if err != nil {
		return err
	}
	if err := d.page(ctx, "page 1", here, there); err != nil {
		return err
	}
	here.Leave()
	if here, err = tab.Open(ctx, ends.Hearer{Frame: came.frame, Sealed: came.piece}); err != nil {
		return err
	}
	defer here.Cut()
	if err := there.Page(ctx, 2); err != nil {
		return err
	}
	if err := d.page(ctx, "page 2", here, there); err != nil {
		return err
	}
	if err := came.all(ctx); err != nil {
		return err
	}
	came.mu.Lock()
	d.frames = came.sealed
	seen := fmt.Sprintf("2 pages; opened by the other end: %d keyframes, %d deltas, %d pointers, %d pieces of resources, %d requests",
		came.opened[session.KindKeyframe], came.opened[session.KindDelta], came.opened[session.KindPointer],
		came.opened[session.KindResource], came.opened[session.KindWant])
	came.mu.Unlock()
	if err := d.memory(true); err != nil {
		return err
	}
	ended, err := here.Close(ctx)
	if err != nil {
		return err
	}
	if _, err := there.Ended(ctx); err != nil {
		return err
	}
	if err := agent.SignOut(ctx); err != nil {
		return err
	}
	d.report.add("session", "a real session ran: sign-in, code, consent, exchange, sealed frames both ways, close", Holds,
		seen, "ended: "+ended.Reason)
	return nil
}

// page has each kind of frame cross on one page, with a planted word in each.
func (d *drill) page(ctx context.Context, name string, here, there *ends.Seat) error {
	for _, seat := range []*ends.Seat{here, there} {
		if err := seat.Live(ctx); err != nil {
			return err
		}
		secrets, err := seat.Secrets()
		if err != nil {
			return err
		}
		d.planted.keys(name, secrets)
	}
	p := d.planted
	chunk, err := ends.Chunk{Type: "image/png", Total: 1 << 16, Bytes: []byte(p.resource)}.Encode()
	if err != nil {
		return err
	}
	for _, one := range []struct {
		from    *ends.Seat
		kind    session.Kind
		epoch   uint32
		content []byte
	}{
		{here, session.KindKeyframe, 1, link.Pack(p.page(), false)}, // not compressed, so that it can be found
		{here, session.KindDelta, 1, link.Pack([]byte(p.form+" "+p.text), false)},
		{here, session.KindPointer, 1, []byte(p.pointer)},
		{here, session.KindResource, 0, chunk},
		{there, session.KindWant, 0, []byte(p.want)},
	} {
		if _, err := one.from.Send(ctx, one.kind, one.epoch, one.content); err != nil {
			return err
		}
	}
	for range typed { // as somebody types and moves about
		if _, err := here.Send(ctx, session.KindDelta, 1, link.Pack([]byte(p.form), false)); err != nil {
			return err
		}
		if _, err := here.Send(ctx, session.KindPointer, 1, []byte(p.pointer)); err != nil {
			return err
		}
	}
	return here.Applied(ctx)
}

// discarded waits until the server says that it holds nothing, and has given its memory back.
func (d *drill) discarded(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, discardTime)
	defer cancel()
	const name, promise = "discard", "after the close nothing is held, and memory was collected and given back"
	gauges := []string{"insyn_sessions_open", "insyn_connections", "insyn_sockets", "insyn_bytes_held", "insyn_discard_due"}
	page, err := d.server.until(ctx, func(page []byte) bool {
		for _, gauge := range gauges {
			if n, ok := value(page, gauge); !ok || n != 0 {
				return false
			}
		}
		collected, _ := value(page, "insyn_discards_total")
		return collected > 0
	})
	if err != nil && ctx.Err() == nil {
		return err
	}
	verdict, seen := Holds, []string{}
	for _, gauge := range gauges {
		n, ok := value(page, gauge)
		seen = append(seen, fmt.Sprintf("%s %d", gauge, n))
		if !ok || n != 0 {
			verdict = Fails
		}
	}
	if ctx.Err() != nil {
		verdict = Fails
		seen = append(seen, fmt.Sprintf("memory was not collected within %v", discardTime))
	}
	d.report.add(name, promise, verdict, seen...)
	return nil
}
