package signaling

// Room: signaling. Two ends and what they say to each other, whoever implements them: the bench of the tests of the
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
	receive(message []byte) step
	digits(four string) []byte // typed, or shown; the applicant's first message over them
	seal(kind session.Kind, epoch uint32, counter uint64, content []byte) []byte
	open(frame []byte) ([]byte, refusal)
}

// plan is what an end is told when its page begins.
type plan struct {
	seat    session.Seat
	session string
	page    uint16
	bound   bound
	digits  string  // typed or shown; empty: not yet
	resume  *stored // from the tab's storage, the applicant's only
	noX     bool    // lacks X25519
}

// browser makes ends. What the agent's end keeps from page to page is in it, by session.
type browser interface{ begin(plan) end }

// goBrowser is the one that is written here.
type goBrowser struct {
	*testing.T
	consoles map[string]*console
}

func newGoBrowser(t *testing.T) *goBrowser { return &goBrowser{T: t, consoles: map[string]*console{}} }

func (g *goBrowser) begin(p plan) end {
	e := &goEnd{T: g.T, plan: p}
	sid, ci := sidOf(p.session, p.page), p.bound.ci()
	if p.seat == session.Applicant {
		e.a = &applicant{sid: sid, ci: ci, lacksX25519: p.noX, resume: p.resume}
		return e
	}
	if g.consoles[p.session] == nil {
		g.consoles[p.session] = &console{}
	}
	e.b = &agent{sid: sid, ci: ci, page: p.page, console: g.consoles[p.session], lacksX25519: p.noX, shown: p.digits}
	return e
}

// goEnd is an end of a goBrowser: one of a and b, and the line once they match.
type goEnd struct {
	*testing.T
	plan plan
	a    *applicant
	b    *agent
	line line
}

func (e *goEnd) start() []byte { return e.a.start(e.plan.digits) }

func (e *goEnd) digits(four string) []byte {
	if e.b != nil {
		e.b.digits(four)
		return nil
	}
	return e.a.digits(four)
}

func (e *goEnd) receive(message []byte) step {
	secret, onFirst := []byte(nil), func() {}
	var s step
	if e.b != nil {
		s = e.b.receive(message)
		secret, onFirst = e.b.secret, e.b.opened
	} else {
		s = e.a.receive(message)
		secret = e.a.secret
	}
	if s.verdict == matches {
		e.line = *newLine(e.plan.session, e.plan.page, e.plan.seat, secret, onFirst)
	}
	return s
}

func (e *goEnd) seal(kind session.Kind, epoch uint32, counter uint64, content []byte) []byte {
	e.Helper()
	frame, ok := e.line.seal(kind, epoch, counter, content)
	if !ok {
		e.Fatalf("%v of %d bytes with counter %d is not sealed", kind, len(content), counter)
	}
	return frame
}

func (e *goEnd) open(frame []byte) ([]byte, refusal) { return e.line.open(frame) }

// conversation is how an exchange went.
type conversation struct {
	applicant, agent verdict
	stored           *stored // by the applicant's page
	fresh            bool    // the agent's end showed fresh digits
	said             [][]byte
}

func (c *conversation) matched() bool { return c.applicant == matches && c.agent == matches }

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
	decide := func(old *verdict, now verdict) {
		if now != undecided {
			*old = now
		}
	}
	message := pass(a.start())
	for message != nil {
		there := b.receive(message)
		decide(&c.agent, there.verdict)
		message = nil
		if there.needs {
			c.fresh = true
			b.digits(p.shown)
		}
		if reply := pass(there.reply); reply != nil {
			here := a.receive(reply)
			decide(&c.applicant, here.verdict)
			if here.store != nil {
				c.stored = here.store
			}
			message = pass(here.reply)
		}
		if there.needs && message == nil && c.applicant == undecided {
			message = pass(a.digits(p.typed))
		}
	}
	return c
}

// testBound is what both ends agree on unless a test says otherwise.
func testBound() bound {
	return bound{
		routing: "47291", origin: insynOrigin, agentID: "a-17", agentName: "Åsa Öberg",
		policy: strings.Repeat("0123456789abcdef", 4), statement: strings.Repeat("fedcba9876543210", 4),
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
	stored             *stored
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
