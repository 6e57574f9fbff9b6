// Package link is docs/protocol.md in Go: what the two browsers do with the spoken digits, and with frames, and no more. It
// opens no connection (package ends does) and keeps nothing. It stands beside web/src/link as a second implementation, for
// tools and tests. No part of the server knows it: the relay has nothing to open with.
//
// An [End] is one side on one page of the applicant's. Give it the digits, pass what it says and what comes, and once it
// [Matches] it seals and opens.
package link

import (
	"errors"

	"insyn/session"
)

// Page is what an end is told when a page of the applicant's begins.
type Page struct {
	Session     string // 26 characters
	Number      uint16
	Bound       Bound
	LacksX25519 bool // as some browsers do
}

// Desk is what the agent's end keeps of one session, from page to page. The zero Desk is that of a new session.
type Desk struct{ console console }

// End is one side on one page. Not safe for concurrent use.
type End struct {
	// Static after construction: one of a and b is nil.
	page Page
	a    *applicant
	b    *agent

	line line
}

// NewApplicant begins a page in the applicant's browser. resume is what the tab's storage holds, nil for nothing.
func NewApplicant(p Page, resume *Stored) *End {
	return &End{page: p, a: &applicant{
		sid: sidOf(p.Session, p.Number), ci: p.Bound.ci(), lacksX25519: p.LacksX25519, resume: resume,
	}}
}

// NewAgent begins a page at the agent's desk. shown are the four digits that are to be read aloud, empty for none yet.
func NewAgent(p Page, desk *Desk, shown string) *End {
	return &End{page: p, b: &agent{
		sid: sidOf(p.Session, p.Number), ci: p.Bound.ci(), page: p.Number, console: &desk.console, lacksX25519: p.LacksX25519, shown: shown,
	}}
}

// Start is the applicant's first message: over four typed digits; over what is stored, where there are none; or that there
// is neither. At the agent's end it is nil.
func (e *End) Start(digits string) []byte {
	if e.a == nil {
		return nil
	}
	return e.a.start(digits)
}

// Digits are shown at the agent's end, which gives nil, or typed at the applicant's, which gives its message.
func (e *End) Digits(four string) []byte {
	if e.b != nil {
		e.b.digits(four)
		return nil
	}
	return e.a.digits(four)
}

// Receive takes an exchange message of the other end, and gives what to do about it.
func (e *End) Receive(message []byte) Step {
	var s Step
	var onFirst func()
	seat := session.Applicant
	if e.b != nil {
		s = e.b.receive(message)
		seat, onFirst = session.Agent, e.b.opened
	} else {
		s = e.a.receive(message)
	}
	if s.Verdict == Matches {
		e.line = *newLine(e.page.Session, e.page.Number, seat, e.secret(), onFirst)
	}
	return s
}

func (e *End) secret() []byte {
	if e.b != nil {
		return e.b.secret
	}
	return e.a.secret
}

// Seal gives a whole frame. False: the ends have not matched, the content is too long for its kind, or the counter does not
// rise, which would use a nonce again.
func (e *End) Seal(kind session.Kind, epoch uint32, counter uint64, content []byte) ([]byte, bool) {
	return e.line.seal(kind, epoch, counter, content)
}

// Open gives a frame's content, or the name of what is wrong with it. A counter counts as seen only once its frame opened.
func (e *End) Open(frame []byte) ([]byte, Refusal) { return e.line.open(frame) }

// Secrets are all that the server must never have of a page that matched: what the keys are made from, and the keys. For
// those who search for them.
func (e *End) Secrets() ([][]byte, error) {
	secret := e.secret()
	if secret == nil {
		return nil, errors.New("link: the ends have not matched")
	}
	sid := sidOf(e.page.Session, e.page.Number)
	all := [][]byte{secret, nextSecret(secret, sid)}
	for _, from := range []session.Seat{session.Applicant, session.Agent} {
		for _, lane := range laneNames() {
			all = append(all, laneKey(secret, sid, from, lane))
		}
	}
	return all, nil
}
