package signaling

// Room: signaling. Stories in which the two ends really seal: through the real server and real WebSockets, up to content
// that arrives and a server that knows nothing of it.

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/coder/websocket"

	"insyn/consent"
	"insyn/session"
)

// caller is one browser in a story: its line, and its end on the present page.
type caller struct {
	*peer
	end end
}

// seal sends sealed content.
func (c *caller) seal(kind session.Kind, page uint16, content []byte) {
	c.Helper()
	lane, epoch := laneOf(kind), uint32(0)
	if lane == session.LaneState {
		epoch = 1
	}
	key := [2]uint16{page, uint16(lane)}
	c.counters[key]++
	c.raw(websocket.MessageBinary, c.end.seal(kind, epoch, c.counters[key], content))
}

// opens reads the next frame that is no status, and opens it.
func (c *caller) opens(kind session.Kind) []byte {
	c.Helper()
	frame := c.frame()
	content, why := c.end.open(frame)
	if got := session.Kind(frame[0]); got != kind || why != "" {
		c.Fatalf("%v was given %v, refused %q, want %v", c.seat, got, why, kind)
	}
	return content
}

// frame reads the next frame that is no status, header included.
func (c *caller) frame() []byte {
	c.Helper()
	for {
		frame, err := c.next()
		if err != nil {
			c.Fatalf("%v waits for a frame: %v", c.seat, err)
		}
		if session.Kind(frame[0]) != session.KindStatus {
			return frame
		}
	}
}

// relayed is the agent's end as the applicant's reaches it: through the server.
type relayed struct {
	end
	applicant, agent *caller
	page             uint16
}

func (r *relayed) receive(message []byte) step {
	r.applicant.send(session.KindExchange, r.page, message)
	s := r.end.receive(r.agent.want(session.KindExchange))
	if s.reply != nil {
		r.agent.send(session.KindExchange, r.page, s.reply)
		s.reply = r.applicant.want(session.KindExchange)
	}
	return s
}

// sealedCall is a call whose ends seal. It goes from page to page.
type sealedCall struct {
	*world
	applicant, agent caller
	applicants       browser
	agents           browser
	stored           *stored
	policy           string // hash
	page             uint16
	id, name         string // of the agent, as the console knows them
}

// newSealedCall brings two people as far as an open line on both sides.
func newSealedCall(w *world) *sealedCall {
	w.Helper()
	c := &sealedCall{world: w, applicants: newGoBrowser(w.T), agents: newGoBrowser(w.T), name: "Åsa Öberg"}
	policy, err := consent.ParsePolicy([]byte(testPolicy))
	if err != nil {
		w.Fatal(err)
	}
	c.policy = policy.Hash()
	c.applicant.peer, c.agent.peer = w.call()
	c.id = w.agentID()
	return c
}

// meet runs the exchange of the next page, over digits where they are given, and has each end report its verdict. True:
// they matched, and the session is live.
func (c *sealedCall) meet(digits string, p people) bool {
	c.Helper()
	c.page++
	here := c.applicant.waitFor(func(s Status) bool { return s.Peer && s.Page == c.page && s.Statement != nil })
	there := c.agent.waitFor(func(s Status) bool { return s.Peer && s.Page == c.page && s.Statement != nil })
	// Each from where it knows it best, and from its own status what it cannot know better.
	a := bound{c.routing, insynOrigin, here.AgentID, here.Agent, c.policy, here.Statement.Hash}
	b := bound{c.routing, insynOrigin, c.id, c.name, c.policy, there.Statement.Hash}
	if here.Routing != c.routing || here.Policy != c.policy {
		c.Errorf("the status says routing %q and policy %q", here.Routing, here.Policy)
	}
	c.applicant.end = c.applicants.begin(plan{
		seat: session.Applicant, session: c.session, page: c.page, bound: a, digits: digits, resume: c.stored,
	})
	if digits != "" {
		digits = p.shown
	}
	c.agent.end = c.agents.begin(plan{seat: session.Agent, session: c.session, page: c.page, bound: b, digits: digits})
	talked := talk(c.applicant.end, &relayed{c.agent.end, &c.applicant, &c.agent, c.page}, p)
	for _, one := range []struct {
		at  *caller
		how verdict
	}{{&c.applicant, talked.applicant}, {&c.agent, talked.agent}} {
		switch one.how {
		case matches:
			one.at.say(session.KindVerdict, 1)
		case mismatch:
			one.at.say(session.KindVerdict, 0)
		case undecided:
		}
	}
	if !talked.matched() {
		return false
	}
	c.stored = talked.stored
	c.applicant.waitFor(func(s Status) bool { return s.State == "live" })
	c.agent.waitFor(func(s Status) bool { return s.State == "live" })
	return true
}

// navigate puts the applicant's browser on its next page. What the tab holds goes along where its storage does.
func (c *sealedCall) navigate(keeps bool) {
	c.Helper()
	_ = c.applicant.ws.CloseNow()
	c.agent.waitFor(func(s Status) bool { return s.State == "away" })
	c.applicant.peer = c.dial(session.Applicant, strconv.Itoa(int(c.page)+1))
	if !keeps {
		c.stored = nil
	}
}

// show sends content both ways, and wants it to arrive as it was.
func (c *sealedCall) show(content []byte) {
	c.Helper()
	for _, one := range []struct {
		from, to *caller
		kind     session.Kind
		content  []byte
	}{
		{&c.applicant, &c.agent, session.KindKeyframe, pack(content, false)},
		{&c.applicant, &c.agent, session.KindDelta, pack(content, true)},
		{&c.applicant, &c.agent, session.KindPointer, []byte("canary at 12,7")},
		{&c.applicant, &c.agent, session.KindResource, content[:min(len(content), 60_000)]},
		{&c.applicant, &c.agent, session.KindState, []byte("canary shown")},
		{&c.agent, &c.applicant, session.KindWant, []byte("canary wanted")},
		{&c.agent, &c.applicant, session.KindAck, []byte("canary acknowledged")},
		{&c.agent, &c.applicant, session.KindResync, nil},
		{&c.agent, &c.applicant, session.KindState, []byte("canary seen")},
	} {
		one.from.seal(one.kind, c.page, one.content)
		if got := one.to.opens(one.kind); !bytes.Equal(got, one.content) {
			c.Errorf("page %d: %v came with %d bytes, want the %d that were sealed", c.page, one.kind, len(got), len(one.content))
		}
	}
}

func TestASealedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		c := newSealedCall(w)
		content := bytes.Repeat([]byte("canary of the page, "), 40_000) // most of a keyframe
		secrets := [][]byte{[]byte("canary")}
		keep := func() {
			secrets = append(secrets, c.stored.secret, c.stored.chain, c.applicant.end.(*goEnd).a.secret)
		}
		if !c.meet("4917", people{shown: "4917"}) {
			t.Fatal("the digits do not match")
		}
		c.show(content)
		keep()

		// To the next page, in the same tab.
		c.navigate(true)
		if !c.meet("", people{shown: "nobody", typed: "nobody"}) {
			t.Fatal("the next page does not continue")
		}
		c.show(content)
		keep()

		// To another of the agency's origins, where the browser has another storage.
		held := c.stored
		c.navigate(false)
		if !c.meet("", people{shown: "8390", typed: "8390"}) {
			t.Fatal("the fresh digits do not match")
		}
		c.show(content[:1000])
		keep()

		// And back.
		c.navigate(true)
		c.stored = held
		if !c.meet("", people{shown: "nobody", typed: "nobody"}) {
			t.Fatal("the way back does not continue")
		}
		c.show(content[:1000])
		keep()

		c.applicant.say(session.KindClose, 0)
		for _, p := range []*peer{c.applicant.peer, c.agent.peer} {
			if ended := p.wantEnd(session.ReasonStopped); ended.Receipt == nil || ended.Receipt.Policy != c.policy {
				t.Errorf("the %v's receipt is %+v", p.seat, ended.Receipt)
			}
		}
		unknown(t, w, append(secrets, []byte("4917"), []byte("8390")))
	})
}

// unknown wants secrets to be in nothing that the operator reads, however they are written.
func unknown(t *testing.T, w *world, secrets [][]byte) {
	t.Helper()
	var page recorder
	w.metrics.ServeHTTP(&page, nil)
	for where, text := range map[string]string{"log": w.log.String(), "metrics": page.String()} {
		if len(text) < 100 {
			t.Errorf("the %s holds %d bytes, nothing can be said of it", where, len(text))
		}
		for _, secret := range secrets {
			for _, written := range []string{
				string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(secret), base64.RawURLEncoding.EncodeToString(secret),
			} {
				if strings.Contains(text, written) {
					t.Errorf("the %s holds %q", where, written)
				}
			}
		}
	}
}

func TestOneDigitIsTypedWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		c := newSealedCall(w)
		if c.meet("4918", people{shown: "4917"}) {
			t.Fatal("4918 is as good as 4917")
		}
		c.applicant.wantEnd(session.ReasonNoMatch)
		c.agent.wantEnd(session.ReasonNoMatch)
		if got := w.registry.Count(); got != 0 {
			t.Errorf("%d sessions left, want 0", got)
		}
		// The code is burned, also for one who has read all five digits.
		w.ticket = ""
		if status, answer := w.consent(w.routing); status != 404 || answer["error"] != "unknown_code" {
			t.Errorf("the code once more: %d %v, want 404", status, answer)
		}
		unknown(t, w, [][]byte{[]byte("4917"), []byte("4918")})
	})
}

func TestFreshDigitsAreTypedWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		c := newSealedCall(w)
		if !c.meet("4917", people{shown: "4917"}) {
			t.Fatal("the digits do not match")
		}
		c.navigate(false)
		if c.meet("", people{shown: "8390", typed: "8399"}) {
			t.Fatal("8399 is as good as 8390")
		}
		c.applicant.wantEnd(session.ReasonNoMatch)
		c.agent.wantEnd(session.ReasonNoMatch)
	})
}

// The relay changes one bit of a frame: the agent's end will not have it, and says so to the server.
func TestTheRelayChangesAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		c := newSealedCall(w)
		if !c.meet("4917", people{shown: "4917"}) {
			t.Fatal("the digits do not match")
		}
		frame := c.applicant.end.seal(session.KindKeyframe, 1, 1, pack([]byte("content"), false))
		frame[len(frame)-1] ^= 1
		c.applicant.raw(websocket.MessageBinary, frame)
		if _, why := c.agent.end.open(c.agent.frame()); why != refusedForged {
			t.Errorf("refused %q, want %q", why, refusedForged)
		}
		c.agent.say(session.KindClose, 2)
		c.applicant.wantEnd(session.ReasonTampered)
		c.agent.wantEnd(session.ReasonTampered)
	})
}
