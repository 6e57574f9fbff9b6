package link

// Room: cmd. Scenes with a third one on the line, or with an end that is not honest.

import (
	"bytes"
	"crypto/ecdh"
	"slices"
	"testing"

	"insyn/session"
)

// changeBytes changes one bit of every stride-th byte of every message, each in a conversation of its own.
func changeBytes(t *testing.T, applicants, agents browser, stride int) {
	for name, kind := range map[string]struct {
		pages  int
		change func(a, b *plan)
		sizes  []int
	}{
		"over digits":  {0, nil, []int{33, 97, 65}},
		"over X25519":  {1, nil, []int{180, 99, 65}},
		"over P-256":   {1, func(a, _ *plan) { a.noX = true }, []int{148, 132, 65}},
		"P-256 chosen": {1, func(_, b *plan) { b.noX = true }, []int{180, 132, 65}},
	} {
		for n, size := range kind.sizes {
			for at := 0; at < size; at += stride {
				c, digits := newCall(t, applicants, agents), "4917"
				for range kind.pages {
					c.must(digits, nil)
					digits = ""
				}
				length := 0
				talked := c.next(digits, people{shown: "1111", typed: "2222", meddle: func(i int, message []byte) []byte {
					if i == n {
						length = len(message)
						message[at] ^= 1 << (at % 8)
					}
					return message
				}}, kind.change)
				if length != size {
					t.Fatalf("%s: message %d has %d bytes, want %d", name, n, length, size)
				}
				// The first message fails at either end; the second at A, the third at B.
				failed := talked.applicant == Mismatch || talked.agent == Mismatch
				switch n {
				case 1:
					failed = talked.applicant == Mismatch && talked.agent == Undecided && talked.stored == nil
				case 2:
					failed = talked.applicant == Matches && talked.agent == Mismatch
				}
				if !failed || talked.matched() {
					t.Errorf("%s: message %d with byte %d changed: applicant %d, agent %d", name, n, at, talked.applicant, talked.agent)
				}
			}
		}
	}
}

func sceneChanged(t *testing.T, applicants, agents browser) { changeBytes(t, applicants, agents, 7) }

func scenePoints(t *testing.T, applicants, agents browser) {
	for name, point := range loadVectors(t).Vfy.Invalid {
		swap := func(n int) people {
			return people{meddle: func(i int, message []byte) []byte {
				if i != n {
					return message
				}
				return slices.Concat(message[:1], point, message[1+pointSize:])
			}}
		}
		if talked := newCall(t, applicants, agents).next("4917", swap(0), nil); talked.agent != Mismatch || len(talked.said) != 1 {
			t.Errorf("%s as Ya: the agent's end says %d after %d messages", name, talked.agent, len(talked.said))
		}
		if talked := newCall(t, applicants, agents).next("4917", swap(1), nil); talked.applicant != Mismatch || len(talked.said) != 2 {
			t.Errorf("%s as Yb: the applicant's end says %d after %d messages", name, talked.applicant, len(talked.said))
		}
	}
}

// badShares are shares that no honest end sends.
func badShares() map[string]shares {
	_, good := draw(ecdh.P256())
	compressed := append([]byte{2}, make([]byte, p256Size-1)...)
	off := bytes.Clone(good)
	off[len(off)-1] ^= 1
	one := append([]byte{1}, make([]byte, 31)...)
	order8 := []byte{
		0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
	}
	minusOne := append(append([]byte{0xec}, bytes.Repeat([]byte{0xff}, 30)...), 0x7f)
	prime := append(append([]byte{0xed}, bytes.Repeat([]byte{0xff}, 30)...), 0x7f) // zero, not reduced
	return map[string]shares{
		"P-256, all zero":         {p256: make([]byte, p256Size)},
		"P-256, not on it":        {p256: off},
		"P-256, as if compressed": {p256: compressed},
		"X25519, zero":            {good, make([]byte, x25519Size)},
		"X25519, one":             {good, one},
		"X25519, order 8":         {good, order8},
		"X25519, minus one":       {good, minusOne},
		"X25519, the prime":       {good, prime},
		"X25519, with a high bit": {good, append(make([]byte, 31), 0x80)},
	}
}

// sceneShares has one end know the secret and send shares that would make the shared secret a known one.
func sceneShares(t *testing.T, applicants, agents browser) {
	for name, bad := range badShares() {
		c := newCall(t, applicants, agents)
		c.must("4917", nil)
		r := resumption{sidOf(c.id, 2), testBound().ci(), c.stored.Secret}
		m := message{kind: sayResume, chain: c.stored.Chain, shares: bad}
		m.tag = r.binder(m.encode())
		talked := c.next("", people{meddle: func(int, []byte) []byte { return m.encode() }}, nil)
		if talked.agent != Mismatch || len(talked.said) != 1 {
			t.Errorf("%s as A's: the agent's end says %d after %d messages", name, talked.agent, len(talked.said))
		}
		c = newCall(t, applicants, agents)
		c.must("4917", nil)
		if len(bad.x25519) > 0 {
			bad.p256 = nil
		}
		if talked := c.bogus(make([]byte, 32), bad, false); talked.applicant != Mismatch || len(talked.said) != 2 {
			t.Errorf("%s as B's: the applicant's end says %d after %d messages", name, talked.applicant, len(talked.said))
		}
	}
}

// bogus begins a page whose agent's end is one that knows the secret of the page before, sends shares of its own making and
// claims that z is shared.
func (c *call) bogus(z []byte, s shares, noX bool) *conversation {
	c.Helper()
	r := resumption{sidOf(c.id, c.page+1), testBound().ci(), c.stored.Secret}
	var m4 []byte
	return c.next("", people{meddle: func(i int, m []byte) []byte {
		if i == 0 {
			m4 = m
			return m
		}
		page := r.page(z, m4, s.encode())
		return message{kind: sayResumed, shares: s, tag: r.holds(page, session.Agent, m4, s.encode())}.encode()
	}}, func(a, _ *plan) { a.noX = noX })
}

// sceneNotOffered answers with a share that was not asked for, or with none or two.
func sceneNotOffered(t *testing.T, applicants, agents browser) {
	_, x25519 := draw(ecdh.X25519())
	_, p256 := draw(ecdh.P256())
	for name, s := range map[string]shares{"X25519": {nil, x25519}, "both": {p256, x25519}, "none": {}} {
		c := newCall(t, applicants, agents)
		c.must("4917", nil)
		if talked := c.bogus(make([]byte, 32), s, true); talked.applicant != Mismatch || talked.stored != nil {
			t.Errorf("%s where P-256 was offered: the applicant's end says %d", name, talked.applicant)
		}
	}
}

// sceneGuess sends a second first message for one set of digits, and then the right confirmation of the first.
func sceneGuess(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.next("4917", drop(1), nil)
	rival := plan{seat: session.Applicant, session: c.id, page: 1, bound: testBound(), digits: "4917"}
	again := talk(applicants.begin(rival), c.b, people{})
	if again.agent != Mismatch || again.applicant != Undecided || len(again.said) != 1 {
		t.Errorf("a second guess: applicant %d, agent %d, want the agent's mismatch and silence", again.applicant, again.agent)
	}
	first := newCall(t, applicants, agents)
	said := first.next("4917", drop(2), nil).said
	rival.session = first.id
	talk(applicants.begin(rival), first.b, people{})
	if got := first.b.receive(said[2]); got.Verdict == Matches || got.Reply != nil {
		t.Error("the right confirmation after a second guess matches")
	}
	// Over a secret there is nothing to guess, but there is one exchange a page all the same.
	c = newCall(t, applicants, agents)
	c.must("4917", nil)
	c.next("", drop(1), nil)
	rival = plan{seat: session.Applicant, session: c.id, page: 2, bound: testBound(), resume: c.stored}
	if again := talk(applicants.begin(rival), c.b, people{}); again.agent != Mismatch || again.fresh || len(again.said) != 1 {
		t.Errorf("a second first message over a secret: applicant %d, agent %d, want the agent's mismatch and silence",
			again.applicant, again.agent)
	}
}

// sceneReplay brings the messages of a page that matched on the next one, and in another session.
func sceneReplay(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	said := c.must("", nil).said
	replay := people{shown: "1111", typed: "2222", meddle: func(i int, m []byte) []byte {
		if i < len(said) {
			return said[i]
		}
		return m
	}}
	if talked := c.next("", replay, nil); talked.agent == Matches || talked.applicant == Matches {
		t.Errorf("on the next page: applicant %d, agent %d", talked.applicant, talked.agent)
	}
	other := newCall(t, applicants, agents)
	other.must("4917", nil)
	if talked := other.next("", replay, nil); talked.agent == Matches || talked.applicant == Matches {
		t.Errorf("in another session: applicant %d, agent %d", talked.applicant, talked.agent)
	}
}

// sceneReflection gives each end what it said itself.
func sceneReflection(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	var own []byte
	talked := c.next("4917", people{meddle: func(i int, m []byte) []byte {
		if i == 0 {
			own = m
			return m
		}
		// Ya as Yb, with the tag that is at hand.
		return slices.Concat([]byte{sayAnswer}, own[1:], m[1+pointSize:])
	}}, nil)
	if talked.applicant != Mismatch {
		t.Errorf("its own point: the applicant's end says %d", talked.applicant)
	}
	c = newCall(t, applicants, agents)
	var tag []byte
	talked = c.next("4917", people{meddle: func(i int, m []byte) []byte {
		if i == 1 {
			tag = m[1+pointSize:]
		}
		if i == 2 {
			return append([]byte{sayConfirm}, tag...)
		}
		return m
	}}, nil)
	if talked.agent != Mismatch {
		t.Errorf("its own tag: the agent's end says %d", talked.agent)
	}
}
