package link

// Room: cmd. What ends an exchange: changed bytes, second guesses, messages out of turn; and what must not.

import (
	"bytes"
	"fmt"
	"testing"

	"insyn/session"
)

// Whatever byte of whatever message is changed on the way, the two never both match.
func TestEveryChangedByteFails(t *testing.T) {
	changeBytes(t, newGoBrowser(t), newGoBrowser(t), 1)
}

// newPair gives two ends on page 1 with digits shown, and what the applicant's says first.
func newPair(t *testing.T) (*applicant, *agent, []byte) {
	t.Helper()
	id := testSession()
	sid, ci := sidOf(id, 1), testBound().ci()
	a := &applicant{sid: sid, ci: ci}
	return a, &agent{sid: sid, ci: ci, page: 1, console: &console{}, shown: "4917"}, a.start("4917")
}

func TestASecondGuessEndsIt(t *testing.T) {
	a, b, first := newPair(t)
	answer := b.receive(first)
	if again := b.receive(first); !bytes.Equal(again.Reply, answer.Reply) || again.Verdict != Undecided {
		t.Error("the same message again gets another answer, want the same bytes")
	}
	other := &applicant{sid: a.sid, ci: a.ci}
	if got := b.receive(other.start("4917")); got.Verdict != Mismatch || got.Reply != nil {
		t.Errorf("a second guess: %+v, want a mismatch and no answer", got)
	}
	if got := b.receive(a.receive(answer.Reply).Reply); got.Verdict != Undecided || b.secret != nil {
		t.Errorf("after it, the first one's confirmation: %+v, want nothing", got)
	}
}

func TestTheAnswerMayComeTwice(t *testing.T) {
	a, b, first := newPair(t)
	answer := b.receive(first).Reply
	said := a.receive(answer)
	if again := a.receive(answer); !bytes.Equal(again.Reply, said.Reply) || again.Verdict != Undecided || again.Store != nil {
		t.Errorf("the same answer again: %+v, want the same confirmation", again)
	}
	if got := a.receive(append(answer[:96:96], answer[96]^1)); got.Reply != nil || got.Verdict != Undecided {
		t.Errorf("another answer after the Verdict: %+v, want nothing", got)
	}
	if got := b.receive(said.Reply); got.Verdict != Matches {
		t.Fatalf("confirmed: %+v", got)
	}
	for _, late := range [][]byte{said.Reply, first, {sayAsk}, {0}, nil} {
		if got := b.receive(late); got.Reply != nil || got.Verdict != Undecided || got.Needs {
			t.Errorf("%x after the Verdict: %+v, want nothing", late, got)
		}
	}
}

func TestMessagesOutOfTurn(t *testing.T) {
	for name, m := range messages() {
		raw := m.encode()
		a, b, _ := newPair(t)
		stray := m.kind == sayLost // to something said before
		if got := a.receive(raw); (got.Verdict == Mismatch) == stray || got.Needs {
			t.Errorf("%s to an applicant's end that waits for 0x02: %+v", name, got)
		}
		begins := m.kind == sayResume || m.kind == sayAsk // over what is not known, and over nothing
		if got := b.receive(raw); (got.Verdict == Mismatch) == begins {
			t.Errorf("%s to an agent's end that waits for a first message: %+v", name, got)
		}
		_, b, first := newPair(t)
		b.receive(first)
		if got := b.receive(raw); got.Verdict != Mismatch {
			t.Errorf("%s to an agent's end that waits for 0x03: %+v", name, got)
		}
	}
}

func TestNoDigitsNoAnswer(t *testing.T) {
	_, b, first := newPair(t)
	b.digits("")
	if got := b.receive(first); got.Verdict != Mismatch || got.Reply != nil {
		t.Errorf("0x01 where no digits are shown: %+v, want a mismatch", got)
	}
}

func TestAskingTwiceShowsOneSetOfDigits(t *testing.T) {
	_, b, first := newPair(t)
	stale := messages()["0x04"].encode()
	quiet := func(when string) {
		t.Helper()
		if got := b.receive([]byte{sayAsk}); got.Needs || got.Reply != nil || got.Verdict != Undecided {
			t.Errorf("asked while %s: %+v, want nothing", when, got)
		}
		if got := b.receive(stale); got.Needs || !bytes.Equal(got.Reply, []byte{sayLost}) {
			t.Errorf("a chain that is not known, while %s: %+v, want 0x07 and the digits to stay", when, got)
		}
	}
	quiet("the code's own digits are shown")
	if got := b.receive(first); got.Reply == nil {
		t.Errorf("the code's digits after that: %+v, want them to be good still", got)
	}
	_, b, _ = newPair(t)
	b.digits("")
	if got := b.receive([]byte{sayAsk}); !got.Needs || got.Reply != nil {
		t.Errorf("asked: %+v, want fresh digits to be shown, and silence", got)
	}
	quiet("they are being drawn")
	b.digits("1111")
	quiet("they are shown")
	if b.shown != "1111" {
		t.Errorf("%q are shown, want 1111", b.shown)
	}
}

// A relay that guesses sees from the answer whether it was right. It must not get another guess by going on to another page
// instead of confirming.
func TestAGuessThatIsNotConfirmedEndsIt(t *testing.T) {
	for name, first := range map[string]func(a *applicant) []byte{
		"it asks again":            func(*applicant) []byte { return []byte{sayAsk} },
		"it guesses at once":       func(a *applicant) []byte { return a.start("1111") },
		"it resumes what is not":   func(*applicant) []byte { return messages()["0x04"].encode() },
		"it resumes another chain": func(a *applicant) []byte { return a.start("") },
	} {
		t.Run(name, func(t *testing.T) {
			browser := newGoBrowser(t)
			c := newCall(t, browser, browser)
			c.must("4917", nil)
			c.frame()
			held := c.stored
			c.stored = nil
			if talked := c.next("", people{shown: "1234", typed: "4321"}, nil); talked.applicant != Mismatch || talked.agent != Undecided {
				t.Fatalf("a wrong guess: applicant %d, agent %d", talked.applicant, talked.agent)
			}
			for page := uint16(3); page < 5; page++ { // the relay tells nobody that it failed
				b := browser.begin(plan{seat: session.Agent, session: c.id, page: page, bound: testBound()})
				got := b.receive(first(&applicant{sid: sidOf(c.id, page), ci: testBound().ci(), resume: held}))
				if want := page == 3; got.Reply != nil || got.Needs || (got.Verdict == Mismatch) != want {
					t.Errorf("page %d: %+v, want one mismatch and then silence", page, got)
				}
			}
		})
	}
}

func TestOnlyANewerPageBegins(t *testing.T) {
	browser := newGoBrowser(t)
	c := newCall(t, browser, browser)
	c.page = 6
	c.must("4917", nil) // page 7
	for _, page := range []uint16{6, 7} {
		for _, digits := range []string{"4917", ""} {
			talked := c.next(digits, people{shown: "1", typed: "1"}, func(a, b *plan) { a.page, b.page = page, page })
			if talked.applicant != Undecided || talked.agent != Undecided || talked.fresh || len(talked.said) != 1 {
				t.Errorf("page %d after page 7: applicant %d, agent %d, want silence", page, talked.applicant, talked.agent)
			}
		}
	}
	c.page = 299
	c.must("", nil)
}

func TestEightChainsAreKept(t *testing.T) {
	browser := newGoBrowser(t)
	c := newCall(t, browser, browser)
	tabs := make([]*Stored, 9)
	for i := range tabs { // nine origins with a storage of their own
		c.stored = nil
		c.must(fmt.Sprintf("%04d", i), nil)
		c.frame()
		tabs[i] = c.stored
		if i == 7 { // the first origin is used once more, so that the second makes room
			c.stored = tabs[0]
			c.must("", nil)
			c.frame()
			tabs[0] = c.stored
		}
	}
	if got := len(browser.desks[c.id].console.chains); got != 8 {
		t.Errorf("%d chains, want 8", got)
	}
	for _, i := range []int{0, 2, 3, 4, 5, 6, 7, 8, 1} {
		c.stored = tabs[i]
		talked := c.next("", people{shown: "1111", typed: "2222"}, nil)
		if want := i == 1; talked.fresh != want {
			t.Errorf("origin %d needs fresh digits: %t, want %t", i, talked.fresh, want)
		}
	}
}
