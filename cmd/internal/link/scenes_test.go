package link

// Room: cmd. What two ends must do together, whoever implements them.

import (
	"bytes"
	"testing"
)

// scenes are run between Go ends here, and between a Go end and a browser's in interop_test.go.
func scenes() map[string]func(t *testing.T, applicants, agents browser) {
	return map[string]func(*testing.T, browser, browser){
		"the digits match":                         sceneMatch,
		"one digit is wrong":                       sceneMismatch,
		"a part of what they are bound to differs": sceneBound,
		"pages follow each other":                  sceneChain,
		"the applicant lacks X25519":               func(t *testing.T, a, b browser) { sceneCurve(t, a, b, true, false) },
		"the agent lacks X25519":                   func(t *testing.T, a, b browser) { sceneCurve(t, a, b, false, true) },
		"both lack X25519":                         func(t *testing.T, a, b browser) { sceneCurve(t, a, b, true, true) },
		"the last confirmation is lost":            scenePending,
		"the answer is lost":                       scenePresent,
		"a secret is stale":                        sceneStale,
		"a chain is not known":                     sceneLost,
		"a page has nothing to go on with":         sceneAsk,
		"fresh digits are typed wrong":             sceneFreshMismatch,
		"a line breaks and all is said again":      sceneAgain,
		"messages come late or twice":              sceneLate,
		"frames of all lanes and sizes":            sceneFrames,
		"frames that were meddled with":            sceneRefusals,
		"bytes change on the way":                  sceneChanged,
		"points that are none":                     scenePoints,
		"shares that are none":                     sceneShares,
		"shares that were not offered":             sceneNotOffered,
		"a second guess":                           sceneGuess,
		"messages of another page":                 sceneReplay,
		"one's own messages":                       sceneReflection,
	}
}

func TestGoEnds(t *testing.T) {
	for name, scene := range scenes() {
		t.Run(name, func(t *testing.T) { scene(t, newGoBrowser(t), newGoBrowser(t)) })
	}
}

func sceneMatch(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	talked := c.must("4917", nil)
	if len(talked.said) != 3 || talked.said[0][0] != 1 || talked.said[1][0] != 2 || talked.said[2][0] != 3 {
		t.Errorf("said %x, want 0x01, 0x02 and 0x03", talked.said)
	}
	if len(c.stored.Chain) != 16 || len(c.stored.Secret) != 32 {
		t.Errorf("stored %d and %d bytes, want 16 and 32", len(c.stored.Chain), len(c.stored.Secret))
	}
	c.frame()
}

func sceneMismatch(t *testing.T, applicants, agents browser) {
	for _, typed := range []string{"4918", "5917", "4197", "0000"} {
		c := newCall(t, applicants, agents)
		talked := c.next("4917", people{}, func(a, _ *plan) { a.digits = typed })
		if talked.applicant != Mismatch || talked.agent != Undecided || talked.stored != nil || len(talked.said) != 2 {
			t.Errorf("%s: applicant %d, agent %d, %d messages, want the applicant's mismatch and silence",
				typed, talked.applicant, talked.agent, len(talked.said))
		}
	}
}

func sceneBound(t *testing.T, applicants, agents browser) {
	for name, change := range map[string]func(*plan){
		"routing":   func(p *plan) { p.bound.Routing = "47292" },
		"origin":    func(p *plan) { p.bound.Origin = "http://insyn.agency.localhost:8081" },
		"id":        func(p *plan) { p.bound.AgentID = "a-18" },
		"name":      func(p *plan) { p.bound.AgentName = "Åsa Oberg" },
		"policy":    func(p *plan) { p.bound.Policy = "1" + p.bound.Policy[1:] },
		"statement": func(p *plan) { p.bound.Statement = "0" + p.bound.Statement[1:] },
		"id, name":  func(p *plan) { p.bound.AgentID, p.bound.AgentName = "a-1", "7"+p.bound.AgentName },
		"page":      func(p *plan) { p.page += 40 },
		"session":   func(p *plan) { p.session = testSession() },
	} {
		t.Run(name, func(t *testing.T) {
			over := func(_, b *plan) { change(b) }
			if talked := newCall(t, applicants, agents).next("4917", people{}, over); talked.applicant != Mismatch || talked.agent != Undecided {
				t.Errorf("over digits: applicant %d, agent %d, want a mismatch", talked.applicant, talked.agent)
			}
			c := newCall(t, applicants, agents)
			c.must("4917", nil)
			// The digits are typed right, but what did not fit before does not fit now.
			if talked := c.next("", people{shown: "1234", typed: "1234"}, over); talked.applicant != Mismatch || !talked.fresh {
				t.Errorf("over the secret: applicant %d, agent %d, fresh digits %t, want those and then a mismatch",
					talked.applicant, talked.agent, talked.fresh)
			}
		})
	}
}

func sceneChain(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	first, secret := c.stored.Chain, c.stored.Secret
	for range 6 {
		c.frame()
		talked := c.must("", nil)
		if !bytes.Equal(c.stored.Chain, first) || bytes.Equal(c.stored.Secret, secret) {
			t.Fatalf("page %d: the chain must stay and its secret change", c.page)
		}
		if len(talked.said) != 3 || len(talked.said[0]) != 180 || len(talked.said[1]) != 99 || len(talked.said[2]) != 65 {
			t.Errorf("page %d: said %x, want 180, 99 and 65 bytes", c.page, talked.said)
		}
		secret = c.stored.Secret
	}
}

func sceneCurve(t *testing.T, applicants, agents browser, applicantLacks, agentLacks bool) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	for range 2 {
		c.frame()
		talked := c.must("", func(a, b *plan) { a.noX, b.noX = applicantLacks, agentLacks })
		first := 180
		if applicantLacks {
			first = 148
		}
		if len(talked.said[0]) != first || len(talked.said[1]) != 132 {
			t.Errorf("said %d and %d bytes, want %d and 132", len(talked.said[0]), len(talked.said[1]), first)
		}
	}
	c.frame()
}

// drop lets the nth message get lost.
func drop(n int) people {
	return people{meddle: func(i int, message []byte) []byte {
		if i == n {
			return nil
		}
		return message
	}}
}

func scenePending(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	for _, digits := range []string{"4917", "", ""} { // also the very first secret is known before it is confirmed
		if talked := c.next(digits, drop(2), nil); talked.applicant != Matches || talked.agent != Undecided || talked.fresh {
			t.Fatalf("page %d: applicant %d, agent %d", c.page, talked.applicant, talked.agent)
		}
	}
	c.must("", nil)
	c.frame()
}

func scenePresent(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	c.frame()
	for range 3 {
		if talked := c.next("", drop(1), nil); talked.applicant != Undecided || talked.agent != Undecided || talked.stored != nil {
			t.Fatalf("page %d: applicant %d, agent %d", c.page, talked.applicant, talked.agent)
		}
	}
	c.must("", nil)
	c.frame()
}

func sceneStale(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	before := c.stored
	c.must("", nil)
	c.stored = before // no frame was seen: what the page before held is as good as what this one holds
	c.must("", nil)
	c.frame()
	c.stored = before // one was seen: it is not
	talked := c.next("", people{shown: "1234", typed: "1234"}, nil)
	if !talked.matched() || !talked.fresh {
		t.Errorf("applicant %d, agent %d, fresh digits %t, want a match over these", talked.applicant, talked.agent, talked.fresh)
	}
	if bytes.Equal(c.stored.Chain, before.Chain) {
		t.Error("fresh digits continue the old chain, want a new one")
	}
	c.frame()
	c.must("", nil)
}

func sceneLost(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	c.frame()
	c.stored = &Stored{Chain: make([]byte, 16), Secret: c.stored.Secret}
	talked := c.next("", people{shown: "0007", typed: "0007"}, nil)
	if !talked.matched() || len(talked.said) != 5 || !bytes.Equal(talked.said[1], []byte{7}) {
		t.Fatalf("applicant %d, agent %d, said %x, want 0x04, 0x07 and then a match", talked.applicant, talked.agent, talked.said)
	}
	c.frame()
	c.must("", nil)
	c.frame()
}

func sceneAsk(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	c.frame()
	other := c.stored
	c.stored = nil
	talked := c.next("", people{shown: "2222", typed: "2222"}, nil)
	if !talked.matched() || !talked.fresh || !bytes.Equal(talked.said[0], []byte{8}) {
		t.Fatalf("applicant %d, agent %d, said %x, want 0x08 and then a match", talked.applicant, talked.agent, talked.said)
	}
	c.frame()
	// The other origin's storage still holds the first chain.
	c.stored = other
	c.must("", nil)
	c.frame()
}

func sceneFreshMismatch(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	c.stored = nil
	if talked := c.next("", people{shown: "2222", typed: "4917"}, nil); talked.applicant != Mismatch || talked.agent != Undecided {
		t.Errorf("applicant %d, agent %d, want a mismatch", talked.applicant, talked.agent)
	}
}

// sceneAgain says each of the applicant's first messages twice, as after a line that broke before the answer came.
func sceneAgain(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	for _, digits := range []string{"4917", "", ""} {
		before := c.next(digits, drop(1), nil)
		talked := talk(&repeats{end: c.a, first: before.said[0]}, c.b, people{})
		if !talked.matched() || len(talked.said) != 3 || !bytes.Equal(talked.said[1], before.said[1]) {
			t.Fatalf("page %d: applicant %d, agent %d, after the first message came twice", c.page, talked.applicant, talked.agent)
		}
		c.stored = talked.stored
		c.frame()
	}
}

// repeats is an applicant's end that says its first message again.
type repeats struct {
	end
	first []byte
}

func (r *repeats) start() []byte { return r.first }

// sceneLate says to the agent's end what is too late, and what was answered with 0x07 already.
func sceneLate(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	said := c.must("4917", nil).said
	for _, late := range [][]byte{said[2], said[0], {sayAsk}} {
		if got := c.b.receive(late); got.Reply != nil || got.Verdict == Matches || got.Needs {
			t.Errorf("%x after the Verdict: %+v, want nothing", late, got)
		}
	}
	c.frame()
	c.stored = &Stored{make([]byte, 16), make([]byte, 32)}
	var first []byte
	talked := c.next("", people{shown: "1234", typed: "1234", meddle: func(n int, message []byte) []byte {
		if n == 0 {
			first = message
		}
		if n == 2 { // the digits are typed, and both hear once more what was said before
			if got := c.b.receive(first); !bytes.Equal(got.Reply, []byte{sayLost}) || got.Needs {
				t.Errorf("the first message again: %+v, want 0x07 and the digits to stay", got)
			}
			if got := c.a.receive([]byte{sayLost}); got.Reply != nil || got.Verdict != Undecided || got.Needs {
				t.Errorf("0x07 again: %+v, want nothing", got)
			}
		}
		return message
	}}, nil)
	if !talked.matched() {
		t.Errorf("applicant %d, agent %d, want a match", talked.applicant, talked.agent)
	}
}
