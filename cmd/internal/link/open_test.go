package link

// Room: cmd. Sealed frames: how long they are, what opens under which key, and any bytes at all.

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"testing"

	"insyn/session"
)

func TestPadding(t *testing.T) {
	for n, want := range map[int]int{
		4: 64, 5: 64, 63: 64, 64: 64, 65: 256, 256: 256, 257: 512, 512: 512, 513: 768, 1025: 1280, 4095: 4096, 4096: 4096,
		4097: 4608, 8192: 8192, 8193: 9216, 15361: 16384, 16385: 18432, 65536: 65536, 65537: 73728, 61440: 61440, 61441: 65536,
		983040: 983040, 983041: 1 << 20, 1 << 20: 1 << 20,
	} {
		if got := Padded(n); got != want {
			t.Errorf("%d bytes become %d, want %d", n, got, want)
		}
	}
	last := 0
	for n := 4; n <= 1<<20; n += 1 + n/512 {
		got := Padded(n)
		if got < n || got < last {
			t.Fatalf("%d bytes become %d", n, got)
		}
		if more := got - n; n > 64 && more > 256 && 8*more > n {
			t.Fatalf("%d bytes become %d: more than an eighth longer", n, got)
		}
		if Padded(got) != got {
			t.Fatalf("%d is no step", got)
		}
		last = got
	}
}

// linePair gives both ends of a page.
func linePair(id string, page uint16, secret []byte) (applicant, agent *line) {
	return newLine(id, page, session.Applicant, secret, nil), newLine(id, page, session.Agent, secret, nil)
}

func TestEveryKeyIsItsOwn(t *testing.T) {
	secret, id := bytes.Repeat([]byte{7}, 64), testSession()
	applicant, agent := linePair(id, 1, secret)
	twin, _ := linePair(id, 2, secret)
	other, _ := linePair(testSession(), 1, secret)
	another, _ := linePair(id, 1, bytes.Repeat([]byte{8}, 64))
	seen := map[string]string{}
	for name, l := range map[string]*line{
		"applicant": applicant, "agent": agent, "next page": twin, "other session": other, "other secret": another,
	} {
		for lane, key := range l.own {
			tag := hex.EncodeToString(key.Seal(nil, make([]byte, 12), nil, nil))
			if before := seen[tag]; before != "" {
				t.Errorf("%s, lane %d has the key of %s", name, lane, before)
			}
			seen[tag] = name
		}
	}
}

func TestSealRefusesToRepeatANonce(t *testing.T) {
	applicant, _ := linePair(testSession(), 1, make([]byte, 64))
	for _, c := range []struct {
		kind    session.Kind
		counter uint64
		want    bool
	}{
		{session.KindKeyframe, 0, false},
		{session.KindKeyframe, 1, true},
		{session.KindDelta, 1, false},
		{session.KindDelta, 2, true},
		{session.KindResource, 1, true},
		{session.KindState, 1, true},
		{session.KindPointer, 2, false},
		{session.KindPointer, 1<<64 - 1, true},
	} {
		if _, ok := applicant.seal(c.kind, 0, c.counter, nil); ok != c.want {
			t.Errorf("%v with counter %d: %t, want %t", c.kind, c.counter, ok, c.want)
		}
	}
	if _, ok := new(line).seal(session.KindState, 0, 1, nil); ok {
		t.Error("sealed without keys")
	}
	if _, ok := applicant.seal(session.KindState, 0, 9, make([]byte, 1<<10)); ok {
		t.Error("sealed more than the kind may have")
	}
}

// One who has the key but does not write as it must be is refused too.
func TestPlainTextIsStrict(t *testing.T) {
	applicant, agent := linePair(testSession(), 1, make([]byte, 64))
	counter := uint64(0)
	frame := func(plain []byte) []byte {
		counter++
		h := session.Header{Kind: session.KindDelta, Lane: session.LaneState, Page: 1, Epoch: 1, Counter: counter}
		return applicant.own[h.Lane].Seal(h.Append(nil), nonceOf(h), plain, applicant.aad(h.Append(nil)))
	}
	plain := func(size int, length byte, last byte) []byte {
		p := make([]byte, size)
		p[3], p[size-1] = length, last
		return p
	}
	for name, c := range map[string]struct {
		plain []byte
		want  Refusal
	}{
		"as it must be":         {plain(64, 60, 1), ""},
		"padded":                {plain(64, 59, 0), ""},
		"padding that is not 0": {plain(64, 59, 1), RefusedForged},
		"a length too long":     {plain(64, 61, 0), RefusedForged},
		"a length far too long": {append([]byte{0xff, 0xff, 0xff, 0xff}, make([]byte, 60)...), RefusedForged},
		"not a step":            {plain(65, 61, 1), RefusedForged},
		"a step too far":        {plain(256, 60, 0), RefusedForged},
		"no step at all":        {plain(63, 0, 0), RefusedTruncated},
	} {
		if _, why := agent.open(frame(c.plain)); why != c.want {
			t.Errorf("%s: refused %q, want %q", name, why, c.want)
		}
	}
}

func TestBeforeTheKeys(t *testing.T) {
	applicant, agent := linePair(testSession(), 1, make([]byte, 64))
	frame, _ := applicant.seal(session.KindKeyframe, 1, 1, nil)
	for _, early := range [][]byte{frame, frame[:20], nil} {
		if content, why := new(line).open(early); why != RefusedEarly || content != nil {
			t.Errorf("%d bytes before the keys: refused %q, want %q", len(early), why, RefusedEarly)
		}
	}
	if _, why := agent.open(frame); why != "" {
		t.Errorf("after: refused %q", why)
	}
}

func TestWhatIsNotSealedIsForged(t *testing.T) {
	_, agent := linePair(testSession(), 1, make([]byte, 64))
	for name, h := range map[string]session.Header{
		"an exchange frame":   {Kind: session.KindExchange, Page: 1, Counter: 1},
		"a local frame":       {Kind: session.KindPause},
		"an unknown kind":     {Kind: 0x42, Page: 1, Counter: 1},
		"a lane not a kind's": {Kind: session.KindDelta, Lane: session.LaneControl, Page: 1, Counter: 1},
	} {
		if _, why := agent.open(append(h.Append(nil), make([]byte, 80)...)); why != RefusedForged {
			t.Errorf("%s: refused %q, want %q", name, why, RefusedForged)
		}
	}
	if _, why := agent.open(make([]byte, 15)); why != RefusedTruncated {
		t.Errorf("half a header: refused %q", why)
	}
}

func TestContentIsPacked(t *testing.T) {
	text := []byte(strings.Repeat("content ", 1000))
	for _, deflate := range []bool{false, true} {
		for _, raw := range [][]byte{nil, {0}, []byte("a"), text} {
			packed := Pack(raw, deflate)
			got, err := Unpack(packed, len(raw))
			if err != nil || !bytes.Equal(got, raw) {
				t.Errorf("deflate %t, %d bytes: %d bytes back, %v", deflate, len(raw), len(got), err)
			}
			if len(raw) > 0 {
				if _, err := Unpack(packed, len(raw)-1); err == nil {
					t.Errorf("deflate %t: %d bytes where one less is allowed", deflate, len(raw))
				}
			}
		}
	}
	if packed := Pack(text, true); len(packed) > 200 {
		t.Errorf("%d bytes deflate to %d", len(text), len(packed))
	}
	deflated := Pack(text, true)
	for name, content := range map[string][]byte{
		"nothing": nil, "another way": {2, 1}, "no deflate": {1, 0xff},
		"cut": deflated[:len(deflated)-1], "more behind": append(bytes.Clone(deflated), 0),
	} {
		if _, err := Unpack(content, 1<<20); err == nil {
			t.Errorf("%s is unpacked", name)
		}
	}
}

// Any bytes at all: opened only what was sealed, and on a refusal nothing is given.
func FuzzOpen(f *testing.F) {
	applicant, _ := linePair("aaaaaaaaaaaaaaaaaaaaaaaaaa", 1, make([]byte, 64))
	for counter, size := range []int{0, 1, 60, 61, 1000} {
		frame, _ := applicant.seal(session.KindDelta, 1, uint64(counter)+1, make([]byte, size))
		f.Add(frame)
		f.Add(frame[:len(frame)-1])
	}
	random := make([]byte, 200)
	_, _ = rand.Read(random)
	f.Add(random)
	f.Fuzz(func(t *testing.T, frame []byte) {
		applicant, agent := linePair("aaaaaaaaaaaaaaaaaaaaaaaaaa", 1, make([]byte, 64))
		content, why := agent.open(frame)
		if why != "" {
			if content != nil {
				t.Errorf("refused as %s, and gives %d bytes", why, len(content))
			}
			return
		}
		h, fault := session.ParseHeader(frame)
		if fault != "" {
			t.Fatalf("opened under a header with a fault: %s", fault)
		}
		again, ok := applicant.seal(h.Kind, h.Epoch, h.Counter, content)
		if !ok || !bytes.Equal(again, frame) {
			t.Errorf("opened as what seals to %x, not %x", again, frame)
		}
		if _, why := agent.open(frame); why != RefusedReplayed {
			t.Errorf("once more: refused %q", why)
		}
	})
}
