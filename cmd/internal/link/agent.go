package link

// Room: cmd. The agent's end of an exchange, and the chains that it keeps from page to page.

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hmac"
	"slices"

	"insyn/session"
)

// maxChains is how many the agent's end keeps.
const maxChains = 8

// chain is what one of the applicant's storages may hold: the present secret, or the pending one.
type chain struct{ name, present, pending []byte }

// console is what the agent's end keeps of a session. Not safe for concurrent use.
type console struct {
	page     uint16   // the last one that matched
	chains   []*chain // the one used longest ago first
	unproved []byte   // the chain of an answer over digits whose confirmation has not come; nil: none
	over     bool     // an exchange failed: nothing begins any more, whatever the relay says
}

// use finds a chain or makes it, as the one used last.
func (c *console) use(name []byte) *chain {
	found := &chain{name: name}
	if at := c.find(name); at >= 0 {
		found = c.chains[at]
		c.chains = slices.Delete(c.chains, at, at+1)
	}
	if len(c.chains) == maxChains {
		c.chains = slices.Delete(c.chains, 0, 1)
	}
	c.chains = append(c.chains, found)
	return found
}

func (c *console) find(name []byte) int {
	return slices.IndexFunc(c.chains, func(known *chain) bool { return bytes.Equal(known.name, name) })
}

// agent is B for one page of the applicant's. Not safe for concurrent use.
type agent struct {
	// Static after construction.
	sid, ci     []byte
	page        uint16
	console     *console
	lacksX25519 bool

	stage  stage
	shown  string // four digits that nobody has answered for yet; empty: none
	first  []byte // the message that was answered, and the answer, where a line broke in between
	answer []byte
	expect message // that confirms
	secret []byte  // S_page, not to be used before matched
	chain  *chain  // that this page continues
}

// digits are shown, and good for one answer.
func (b *agent) digits(shown string) { b.shown = shown }

func (b *agent) receive(raw []byte) Step {
	m, ok := parseMessage(raw)
	switch {
	case b.console.over:
		return Step{}
	case !ok:
		return b.fail()
	}
	switch m.kind {
	case sayConfirm, sayHolding:
		return b.confirm(m)
	case sayPoint, sayResume, sayAsk:
		return b.begin(m, raw)
	}
	return b.fail()
}

// begin answers a first message. The same one gets the same answer; a different one would be a second guess.
func (b *agent) begin(m message, raw []byte) Step {
	switch {
	case b.page <= b.console.page:
		return Step{Refused: "this page or a later one has matched"}
	case b.answer != nil && bytes.Equal(raw, b.first):
		return Step{Reply: b.answer}
	case b.answer != nil, b.console.unproved != nil && !b.proves(m, raw):
		return b.fail()
	case m.kind == sayPoint:
		return b.answerPoint(m, raw)
	case m.kind == sayResume:
		return b.answerResume(m, raw)
	}
	return b.lose(nil)
}

// proves reports whether a page shows by its binder that the one before had typed the right digits. Whoever guessed wrong
// knows it from the answer, and leaves without a confirmation: that is a failed one, or guesses would cost nothing.
func (b *agent) proves(m message, raw []byte) bool {
	_, ok := b.fits(m, raw)
	return ok && m.kind == sayResume && bytes.Equal(m.chain, b.console.unproved)
}

// lose shows fresh digits, unless some that nobody has tried are shown for this page already.
func (b *agent) lose(reply []byte) Step {
	needs := b.shown == "" && b.stage != waiting
	b.stage = waiting
	return Step{Reply: reply, Needs: needs}
}

func (b *agent) answerPoint(m message, raw []byte) Step {
	if b.shown == "" {
		return b.fail()
	}
	digits := []byte(b.shown)
	b.shown = ""
	y := sampleScalar()
	k, ok := scalarMultVfy(y, m.point)
	if !ok {
		return b.fail()
	}
	own := scalarMult(y, calculateGenerator(digits, b.ci, b.sid))
	run := cpaceRun{b.sid, m.point, []byte(session.Applicant.String()), own, []byte(session.Agent.String())}
	isk := run.isk(k)
	ta, tb := run.tags(isk)
	b.stage, b.secret = proving, isk
	b.expect = message{kind: sayConfirm, tag: ta}
	// What the applicant stores before it confirms must be known here by then.
	b.chain = b.console.use(chainOf(isk, b.sid))
	b.chain.pending = nextSecret(isk, b.sid)
	b.console.unproved = b.chain.name
	return b.say(raw, message{kind: sayAnswer, point: own, tag: tb})
}

func (b *agent) answerResume(m message, raw []byte) Step {
	r, ok := b.fits(m, raw)
	if !ok {
		return b.lose(message{kind: sayLost}.encode())
	}
	curve, theirs := ecdh.X25519(), m.shares.x25519
	if len(theirs) == 0 || b.lacksX25519 {
		curve, theirs = ecdh.P256(), m.shares.p256
	}
	key, own := draw(curve)
	z, ok := agree(key, theirs)
	if !ok {
		return b.fail()
	}
	answer := shares{x25519: own}
	if curve == ecdh.P256() {
		answer = shares{p256: own}
	}
	b.secret = r.page(z, raw, answer.encode())
	b.expect = message{kind: sayHolding, tag: r.holds(b.secret, session.Applicant, raw, answer.encode())}
	b.stage, b.chain, b.console.unproved = resuming, b.console.use(m.chain), nil
	b.chain.present, b.chain.pending = r.secret, nextSecret(b.secret, b.sid)
	return b.say(raw, message{kind: sayResumed, shares: answer, tag: r.holds(b.secret, session.Agent, raw, answer.encode())})
}

// fits finds the secret that a binder was made with.
func (b *agent) fits(m message, raw []byte) (resumption, bool) {
	at := b.console.find(m.chain)
	if at < 0 {
		return resumption{}, false
	}
	known := b.console.chains[at]
	for _, secret := range [][]byte{known.present, known.pending} {
		r := resumption{b.sid, b.ci, secret}
		if secret != nil && hmac.Equal(r.binder(raw[:len(raw)-tagSize]), m.tag) {
			return r, true
		}
	}
	return resumption{}, false
}

func (b *agent) say(first []byte, m message) Step {
	b.first, b.answer = first, m.encode()
	return Step{Reply: b.answer}
}

func (b *agent) confirm(m message) Step {
	switch {
	case b.stage == matched: // a verdict stays
		return Step{}
	case b.answer == nil || m.kind != b.expect.kind || !hmac.Equal(m.tag, b.expect.tag):
		return b.fail()
	}
	b.stage, b.console.page, b.console.unproved = matched, b.page, nil
	return Step{Verdict: Matches}
}

// opened says that a sealed frame of this page has opened: only now is it sure that the applicant holds the secret.
func (b *agent) opened() {
	if b.chain.pending != nil {
		b.chain.present, b.chain.pending = b.chain.pending, nil
	}
}

func (b *agent) fail() Step {
	if b.stage == matched {
		return Step{}
	}
	b.stage, b.secret, b.shown, b.console.over = failed, nil, "", true
	return Step{Verdict: Mismatch}
}
