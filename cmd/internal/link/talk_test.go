package link

// Room: cmd. Two ends and what they say to each other, whoever implements them: the bench of the tests of the
// exchange, which interop_test.go runs with a browser's end on one side.

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"strings"
	"testing"

	"insyn/session"
)

// end is one side on one page.
type end interface {
	start() []byte // the applicant's first message
	receive(message []byte) Step
	digits(four string) []byte // typed, or shown; the applicant's first message over them
	seal(kind session.Kind, epoch uint32, counter uint64, content []byte) []byte
	open(frame []byte) ([]byte, Refusal)
}

// plan is what an end is told when its page begins.
type plan struct {
	seat    session.Seat
	session string
	page    uint16
	bound   Bound
	digits  string  // typed or shown; empty: not yet
	resume  *Stored // from the tab's storage, the applicant's only
	noX     bool    // lacks X25519
}

// browser makes ends. What the agent's end keeps from page to page is in it, by session.
type browser interface{ begin(plan) end }

// goBrowser is the one that is written here.
type goBrowser struct {
	*testing.T
	desks map[string]*Desk
}

func newGoBrowser(t *testing.T) *goBrowser { return &goBrowser{T: t, desks: map[string]*Desk{}} }

func (g *goBrowser) begin(p plan) end {
	page := Page{Session: p.session, Number: p.page, Bound: p.bound, LacksX25519: p.noX}
	if p.seat == session.Applicant {
		return &goEnd{g.T, NewApplicant(page, p.resume), p.digits}
	}
	if g.desks[p.session] == nil {
		g.desks[p.session] = &Desk{}
	}
	return &goEnd{g.T, NewAgent(page, g.desks[p.session], p.digits), ""}
}

// goEnd is an end of a goBrowser.
type goEnd struct {
	*testing.T
	end   *End
	typed string // before the page began
}

func (e *goEnd) start() []byte               { return e.end.Start(e.typed) }
func (e *goEnd) digits(four string) []byte   { return e.end.Digits(four) }
func (e *goEnd) receive(message []byte) Step { return e.end.Receive(message) }

func (e *goEnd) seal(kind session.Kind, epoch uint32, counter uint64, content []byte) []byte {
	e.Helper()
	frame, ok := e.end.Seal(kind, epoch, counter, content)
	if !ok {
		e.Fatalf("%v of %d bytes with counter %d is not sealed", kind, len(content), counter)
	}
	return frame
}

func (e *goEnd) open(frame []byte) ([]byte, Refusal) { return e.end.Open(frame) }

// conversation is how an exchange went.
type conversation struct {
	applicant, agent Verdict
	stored           *Stored // by the applicant's page
	fresh            bool    // the agent's end showed fresh digits
	said             [][]byte
}

func (c *conversation) matched() bool { return c.applicant == Matches && c.agent == Matches }

// people say and type fresh digits; between them, someone may change what is said.
type people struct {
	shown, typed string
	meddle       func(n int, message []byte) []byte // n counts the messages from 0; nil: it does not arrive
}

// talk lets two ends speak until they have nothing to say.
func talk(a, b end, p people) *conversation {
	c := &conversation{}
	pass := func(message []byte) []byte {
		if message == nil {
			return nil
		}
		c.said = append(c.said, message)
		if p.meddle != nil {
			return p.meddle(len(c.said)-1, bytes.Clone(message))
		}
		return message
	}
	decide := func(old *Verdict, now Verdict) {
		if now != Undecided {
			*old = now
		}
	}
	message := pass(a.start())
	for message != nil {
		there := b.receive(message)
		decide(&c.agent, there.Verdict)
		message = nil
		if there.Needs {
			c.fresh = true
			b.digits(p.shown)
		}
		if reply := pass(there.Reply); reply != nil {
			here := a.receive(reply)
			decide(&c.applicant, here.Verdict)
			if here.Store != nil {
				c.stored = here.Store
			}
			message = pass(here.Reply)
		}
		if there.Needs && message == nil && c.applicant == Undecided {
			message = pass(a.digits(p.typed))
		}
	}
	return c
}

// testBound is what both ends agree on unless a test says otherwise.
func testBound() Bound {
	return Bound{
		Routing: "47291", Origin: "http://insyn.agency.localhost:8080", AgentID: "a-17", AgentName: "Åsa Öberg",
		Policy: strings.Repeat("0123456789abcdef", 4), Statement: strings.Repeat("fedcba9876543210", 4),
	}
}

// testSession draws the id of a session that no other test has.
func testSession() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // does not fail
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(id))
}

// call is a session between two browsers, page after page.
type call struct {
	*testing.T
	id                 string
	applicants, agents browser
	page               uint16
	stored             *Stored
	a, b               end // of the present page
}

func newCall(t *testing.T, applicants, agents browser) *call {
	return &call{T: t, id: testSession(), applicants: applicants, agents: agents}
}

// next begins the next page: over digits where they are given, else over what is stored.
func (c *call) next(digits string, p people, change func(a, b *plan)) *conversation {
	c.Helper()
	c.page++
	a := plan{seat: session.Applicant, session: c.id, page: c.page, bound: testBound(), digits: digits, resume: c.stored}
	b := a
	b.seat, b.resume = session.Agent, nil
	if change != nil {
		change(&a, &b)
	}
	c.a, c.b = c.applicants.begin(a), c.agents.begin(b)
	talked := talk(c.a, c.b, p)
	if talked.stored != nil {
		c.stored = talked.stored
	}
	return talked
}

// must wants the next page to match, without fresh digits unless digits are given, and gives what was said.
func (c *call) must(digits string, change func(a, b *plan)) *conversation {
	c.Helper()
	talked := c.next(digits, people{}, change)
	if !talked.matched() || talked.fresh {
		c.Fatalf("page %d: applicant %d, agent %d, fresh digits %t, want a match", c.page, talked.applicant, talked.agent, talked.fresh)
	}
	return talked
}

// frame has one sealed frame pass from the applicant, after which the agent's end knows what is stored.
func (c *call) frame() {
	c.Helper()
	sealed := c.a.seal(session.KindKeyframe, 1, 1, []byte{0, 'k'})
	if content, why := c.b.open(sealed); why != "" || string(content) != "\x00k" {
		c.Fatalf("page %d: the first frame gave %q, refused %q", c.page, content, why)
	}
}
