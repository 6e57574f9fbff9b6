package link

// Room: cmd. The applicant's end of an exchange: bytes in, bytes out, and a verdict.

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/rand"

	"github.com/gtank/ristretto255"

	"insyn/session"
)

// Verdict is how an exchange went at one end.
type Verdict int

const (
	Undecided Verdict = iota
	Matches
	Mismatch
)

// Step is what an end does about a message.
type Step struct {
	Reply   []byte // nil: nothing
	Verdict Verdict
	Needs   bool    // four fresh digits: the agent's end shows them, the applicant's has them typed
	Store   *Stored // before the reply is sent
	Refused string  // by the agent's end: why nothing was done
}

// stage is how far an end is.
type stage int

const (
	idle     stage = iota // nothing was said yet
	waiting               // for four digits
	proving               // said its share over digits, and wants the other's tag
	resuming              // the same, over the secret of the page before
	matched
	failed
)

// applicant is A on one page. Not safe for concurrent use.
type applicant struct {
	// Static after construction.
	sid, ci     []byte
	lacksX25519 bool
	resume      *Stored

	stage  stage
	scalar *ristretto255.Scalar
	p256   *ecdh.PrivateKey
	x25519 *ecdh.PrivateKey
	first  []byte // what was said to begin with, 0x01 or 0x04
	answer []byte // what decided, and what was said to it: both again where a line broke in between
	last   []byte
	secret []byte // S_page, once matched
}

// start says the first message: over digits, over what is stored, or that there is neither.
func (a *applicant) start(digits string) []byte {
	switch {
	case digits != "":
		return a.digits(digits)
	case a.resume != nil:
		return a.goOn()
	}
	a.stage = waiting
	return message{kind: sayAsk}.encode()
}

// digits begins CPace over what was typed. The digits are in the scalar's point only from here on.
func (a *applicant) digits(typed string) []byte {
	a.scalar, a.stage = sampleScalar(), proving
	a.first = message{kind: sayPoint, point: scalarMult(a.scalar, calculateGenerator([]byte(typed), a.ci, a.sid))}.encode()
	return a.first
}

// goOn offers to continue the chain that is stored.
func (a *applicant) goOn() []byte {
	var s shares
	a.p256, s.p256 = draw(ecdh.P256())
	if !a.lacksX25519 {
		a.x25519, s.x25519 = draw(ecdh.X25519())
	}
	m := message{kind: sayResume, chain: a.resume.Chain, shares: s}
	m.tag = resumption{a.sid, a.ci, a.resume.Secret}.binder(m.encode())
	a.first, a.stage = m.encode(), resuming
	return a.first
}

// draw makes a key pair.
func draw(curve ecdh.Curve) (*ecdh.PrivateKey, []byte) {
	key, err := curve.GenerateKey(rand.Reader)
	if err != nil {
		panic("draw: " + err.Error()) // randomness does not fail
	}
	return key, key.PublicKey().Bytes()
}

// agree is the shared secret with a share, of one curve. False: the share is no point, or one of small order.
func agree(key *ecdh.PrivateKey, share []byte) ([]byte, bool) {
	if key == nil {
		return nil, false
	}
	theirs, err := key.Curve().NewPublicKey(share)
	if err != nil {
		return nil, false
	}
	z, err := key.ECDH(theirs) // fails where the output is all zero
	return z, err == nil
}

func (a *applicant) receive(raw []byte) Step {
	switch a.stage {
	case matched: // a verdict stays; what led to it may be asked for again
		if bytes.Equal(raw, a.answer) {
			return Step{Reply: a.last}
		}
		return Step{}
	case failed:
		return Step{}
	default:
	}
	m, ok := parseMessage(raw)
	switch {
	case ok && m.kind == sayAnswer && a.stage == proving:
		return a.finish(raw, a.checkAnswer(m))
	case ok && m.kind == sayResumed && a.stage == resuming:
		return a.finish(raw, a.checkResumed(m))
	case ok && m.kind == sayLost && a.stage == resuming:
		a.stage, a.resume = waiting, nil
		return Step{Needs: true}
	case ok && m.kind == sayLost: // to what was said before; it means nothing to what was said since
		return Step{}
	}
	return a.finish(raw, nil)
}

// found is what a right answer leads to.
type found struct {
	secret, chain []byte
	say           message
}

// finish gives the verdict. nil: a mismatch.
func (a *applicant) finish(raw []byte, f *found) Step {
	a.scalar, a.p256, a.x25519, a.resume = nil, nil, nil, nil
	if f == nil {
		a.stage = failed
		return Step{Verdict: Mismatch}
	}
	a.stage, a.answer, a.last, a.secret = matched, raw, f.say.encode(), f.secret
	return Step{Reply: a.last, Verdict: Matches, Store: &Stored{f.chain, nextSecret(f.secret, a.sid)}}
}

func (a *applicant) checkAnswer(m message) *found {
	k, ok := scalarMultVfy(a.scalar, m.point)
	if !ok {
		return nil
	}
	run := cpaceRun{a.sid, a.first[1:], []byte(session.Applicant.String()), m.point, []byte(session.Agent.String())}
	isk := run.isk(k)
	ta, tb := run.tags(isk)
	if !hmac.Equal(tb, m.tag) {
		return nil
	}
	return &found{secret: isk, chain: chainOf(isk, a.sid), say: message{kind: sayConfirm, tag: ta}}
}

func (a *applicant) checkResumed(m message) *found {
	z, ok := agree(a.p256, m.shares.p256)
	if len(m.shares.x25519) > 0 {
		z, ok = agree(a.x25519, m.shares.x25519) // false where none was offered
	}
	if !ok {
		return nil
	}
	r, answer := resumption{a.sid, a.ci, a.resume.Secret}, m.shares.encode()
	page := r.page(z, a.first, answer)
	if !hmac.Equal(r.holds(page, session.Agent, a.first, answer), m.tag) {
		return nil
	}
	tag := r.holds(page, session.Applicant, a.first, answer)
	return &found{secret: page, chain: a.resume.Chain, say: message{kind: sayHolding, tag: tag}}
}
