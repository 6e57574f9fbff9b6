package ends

// Room: cmd. Stories in which the two ends really seal: through the real server and real WebSockets, up to content that
// arrives and a server that knows nothing of it.

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"insyn/cmd/internal/link"
	"insyn/session"
)

// call is two people, as far as an agent's open seat and a tab.
type call struct {
	*world
	desk      *Desk
	code      *Code
	agent     *Seat
	tab       *Tab
	applicant *Seat

	toAgent, toApplicant chan Frame
	shown                chan string   // fresh digits, read aloud
	typing               chan struct{} // fresh digits are to be typed
}

// newCall brings two people as far as a code that was typed. change changes what is typed.
func newCall(w *world, change func(ten string) string) *call {
	w.Helper()
	c := &call{
		world: w, toAgent: make(chan Frame, 16), toApplicant: make(chan Frame, 16), shown: make(chan string, 1),
		typing: make(chan struct{}, 1),
	}
	var err error
	c.desk, err = SignIn(w.ctx, w.server, "Åsa Öberg")
	w.must(err)
	c.code, err = c.desk.NewCode(w.ctx)
	w.must(err)
	c.agent, err = c.code.Open(w.ctx, Hearer{
		Frame: func(f Frame) { c.toAgent <- f }, Digits: func(four string) { c.shown <- four },
	})
	w.must(err)
	ten := c.code.Digits
	if change != nil {
		ten = change(ten)
	}
	c.tab, err = Consent(w.ctx, w.server, "sv", ten)
	w.must(err)
	return c
}

// open opens the next page.
func (c *call) open() {
	c.Helper()
	var err error
	c.applicant, err = c.tab.Open(c.ctx, Hearer{
		Frame: func(f Frame) { c.toApplicant <- f }, Digits: func(string) { c.typing <- struct{}{} },
	})
	c.must(err)
}

// meet waits until both are live on the page that was opened.
func (c *call) meet() {
	c.Helper()
	c.must(c.applicant.Live(c.ctx))
	c.must(c.agent.Page(c.ctx, c.tab.page))
}

// typed types what was read aloud, changed.
func (c *call) typed(change func(four string) string) string {
	c.Helper()
	var four string
	for range 2 {
		select {
		case four = <-c.shown:
		case <-c.typing:
		case <-c.ctx.Done():
			c.Fatal("fresh digits are neither shown nor asked for")
		}
	}
	c.must(c.applicant.Type(change(four)))
	return four
}

func same(digits string) string { return digits }

// other is digits of which one is wrong.
func other(digits string) string {
	if digits[3] == '0' {
		return digits[:3] + "1"
	}
	return digits[:3] + "0"
}

// show sends content both ways, and wants it to arrive as it was.
func (c *call) show(content []byte) {
	c.Helper()
	chunk, err := Chunk{Type: "image/png", Total: 1 << 20, Bytes: content[:min(len(content), ChunkBytes)]}.Encode()
	c.must(err)
	for _, one := range []struct {
		from    *Seat
		to      chan Frame
		kind    session.Kind
		epoch   uint32
		content []byte
	}{
		{c.applicant, c.toAgent, session.KindKeyframe, 1, link.Pack(content, false)},
		{c.applicant, c.toAgent, session.KindDelta, 1, link.Pack(content, true)},
		{c.applicant, c.toAgent, session.KindPointer, 1, []byte("canary at 12,7")},
		{c.applicant, c.toAgent, session.KindResource, 0, chunk},
		{c.applicant, c.toAgent, session.KindState, 0, []byte("canary shown")},
		{c.agent, c.toApplicant, session.KindWant, 0, []byte("canary wanted")},
	} {
		counter, err := one.from.Send(c.ctx, one.kind, one.epoch, one.content)
		c.must(err)
		for arrived := false; !arrived; {
			select {
			case got := <-one.to:
				if got.Kind == session.KindAck || got.Kind != one.kind && got.Kind == session.KindState {
					continue
				}
				arrived = true
				if got.Kind != one.kind || got.Epoch != one.epoch || got.Counter != counter || !bytes.Equal(got.Content, one.content) {
					c.Errorf("%v came as %v with %d bytes, want the %d that were sealed", one.kind, got.Kind, len(got.Content), len(one.content))
				}
			case <-c.ctx.Done():
				c.Fatalf("%v does not come", one.kind)
			}
		}
	}
	c.must(c.applicant.Applied(c.ctx))
}

func TestASealedCall(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("from page to page", func(t *testing.T) {
		w := newWorld(t)
		c := newCall(w, nil)
		content := bytes.Repeat([]byte("canary of the page, "), 40_000) // most of a keyframe
		secrets := [][]byte{[]byte("canary"), []byte(c.code.Digits)}
		keep := func() {
			t.Helper()
			for _, seat := range []*Seat{c.applicant, c.agent} {
				all, err := seat.Secrets()
				w.must(err)
				secrets = append(secrets, all...)
			}
			secrets = append(secrets, c.tab.carry.Chain, c.tab.carry.Secret)
		}
		c.open()
		c.meet()
		c.show(content)
		keep()

		// To the next page, in the same tab.
		c.applicant.Leave()
		c.open()
		c.meet()
		c.show(content)
		keep()

		// To another of the agency's origins, where the browser has another storage.
		held := c.tab.carry
		c.applicant.Cut()
		c.tab.Forget()
		c.open()
		c.typed(same)
		c.meet()
		c.show(content[:1000])
		keep()

		// And back.
		c.applicant.Leave()
		c.tab.carry = held
		c.open()
		c.meet()
		c.show(content[:1000])
		keep()

		here, err := c.applicant.Close(w.ctx)
		w.must(err)
		there, err := c.agent.Ended(w.ctx)
		w.must(err)
		for _, ended := range []any{here.Reason, there.Reason} {
			if ended != string(session.ReasonStopped) {
				t.Errorf("ended as %v, want stopped", ended)
			}
		}
		if here.Receipt == nil || there.Receipt == nil || *here.Receipt != *there.Receipt || here.Receipt.Policy != w.policy {
			t.Errorf("receipts %+v and %+v, want one and the same", here.Receipt, there.Receipt)
		}
		if got := w.registry.Count(); got != 0 {
			t.Errorf("%d sessions are left, want 0", got)
		}
		c.unknown(secrets)
		w.must(c.desk.SignOut(w.ctx))
	})
}

// unknown wants secrets to be in nothing that the operator reads, however they are written.
func (c *call) unknown(secrets [][]byte) {
	c.Helper()
	answer := httptest.NewRecorder()
	c.metrics.ServeHTTP(answer, nil)
	for where, text := range map[string]string{"log": c.log.String(), "metrics": answer.Body.String()} {
		if len(text) < 100 {
			c.Errorf("the %s holds %d bytes, nothing can be said of it", where, len(text))
		}
		for _, secret := range secrets {
			for _, written := range []string{
				string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(secret), base64.RawURLEncoding.EncodeToString(secret),
			} {
				if strings.Contains(text, written) {
					c.Errorf("the %s holds %q", where, written)
				}
			}
		}
	}
}

// ends wants both to be told the same reason.
func (c *call) ends(reason session.Reason) {
	c.Helper()
	for _, seat := range []*Seat{c.applicant, c.agent} {
		ended, err := seat.Ended(c.ctx)
		if err != nil || ended.Reason != string(reason) {
			c.Errorf("the %v was told %q, %v, want %s", seat.seat, ended.Reason, err, reason)
		}
	}
}

func TestOneDigitIsTypedWrong(t *testing.T) {
	w := newWorld(t)
	typed := ""
	c := newCall(w, func(ten string) string {
		nine := ten[:8] + string('0'+(ten[8]-'0'+1)%10)
		typed = nine + string(checkDigit(nine)) // no typing error, another code
		return typed
	})
	c.open()
	c.ends(session.ReasonNoMatch)
	if err := c.applicant.Live(w.ctx); !errors.Is(err, ErrOver) {
		t.Errorf("after it, live: %v, want it to be over", err)
	}
	// The code is burned, also for one who has read all of it.
	var refused *Refused
	if _, err := Consent(w.ctx, w.server, "en", c.code.Digits); !errors.As(err, &refused) || refused.Word != "unknown_code" || refused.Status != 404 {
		t.Errorf("the code once more: %v, want 404", err)
	}
	c.unknown([][]byte{[]byte(typed), []byte(c.code.Digits)})
}

func TestFreshDigitsAreTypedWrong(t *testing.T) {
	w := newWorld(t)
	c := newCall(w, nil)
	c.open()
	c.meet()
	c.applicant.Leave()
	c.tab.Forget()
	c.open()
	c.typed(other)
	c.ends(session.ReasonNoMatch)
}

// The relay changes one bit of a frame: the agent's end will not have it, and says so to the server.
func TestTheRelayChangesAFrame(t *testing.T) {
	w := newWorld(t)
	c := newCall(w, nil)
	c.open()
	c.meet()
	frame, ok := c.applicant.end.Seal(session.KindKeyframe, 1, 1, link.Pack([]byte("content"), false))
	if !ok {
		t.Fatal("not sealed")
	}
	frame[len(frame)-1] ^= 1
	w.must(c.applicant.put(frame))
	c.ends(session.ReasonTampered)
}

// What was typed wrong goes nowhere: the last digit fits no other nine that differ in one.
func TestATypingErrorIsFoundHere(t *testing.T) {
	for _, ten := range []string{"", "123456789", "12345678901", "12345a7890", "123456789" + string('0'+(checkDigit("123456789")-'0'+1)%10)} {
		if _, err := Consent(t.Context(), nil, "en", ten); !errors.Is(err, ErrDigits) {
			t.Errorf("%q: %v, want it to be found", ten, err)
		}
	}
	if got := checkDigit("572"); got != '4' { // Damm's own example
		t.Errorf("572 has the check digit %c, want 4", got)
	}
}

// A slow viewer holds the sender back by not acknowledging, and gets everything in the end.
func TestCreditHoldsTheSenderBack(t *testing.T) {
	w := newWorld(t)
	c := newCall(w, nil)
	c.open()
	c.meet()
	content := link.Pack(bytes.Repeat([]byte("x"), 30_000), false)
	for i := range 12 {
		kind := session.KindDelta
		if i == 0 {
			kind = session.KindKeyframe
		}
		_, err := c.applicant.Send(w.ctx, kind, 1, content)
		w.must(err)
		c.applicant.mu.Lock()
		bytes, limit := c.applicant.windows[session.LaneState].bytes, c.applicant.windows[session.LaneState].limit
		c.applicant.mu.Unlock()
		if bytes > limit+40_000 {
			t.Fatalf("%d bytes are under way, with %d of credit", bytes, limit)
		}
	}
	for range 12 {
		select {
		case <-c.toAgent:
		case <-w.ctx.Done():
			t.Fatal("not everything came")
		}
	}
	w.must(c.applicant.Applied(w.ctx))
}
