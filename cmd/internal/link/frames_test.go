package link

// Room: cmd. The scenes of sealed frames: what arrives as it was, and what is refused, and by which name.

import (
	"bytes"
	"encoding/binary"
	"testing"

	"insyn/session"
)

func sceneFrames(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	exchangeFrames(c)
	c.must("", nil)
	exchangeFrames(c)
}

// exchangeFrames sends frames of every kind and of several sizes both ways.
func exchangeFrames(c *call) {
	c.Helper()
	short, middle := []int{0, 1, 59, 60}, []int{0, 1, 60, 61, 252, 253, 508, 509, 4092, 4093, 9000, 15356}
	for _, k := range []struct {
		kind  session.Kind
		from  session.Seat
		epoch uint32
		sizes []int
	}{
		{session.KindKeyframe, session.Applicant, 1 << 31, append(middle, 200_000, 983_036)},
		{session.KindDelta, session.Applicant, 1<<32 - 1, append(middle, 100_000, 245_756)},
		{session.KindPointer, session.Applicant, 3, short},
		{session.KindResource, session.Applicant, 0, append(middle, 61_436)},
		{session.KindState, session.Applicant, 0, short},
		{session.KindWant, session.Agent, 0, middle},
		{session.KindAck, session.Agent, 0, short},
		{session.KindResync, session.Agent, 0, short},
		{session.KindState, session.Agent, 0, short},
		// What no end sends, so that all six keys are in use.
		{session.KindKeyframe, session.Agent, 1, short},
		{session.KindResource, session.Agent, 0, short},
	} {
		from, to := c.a, c.b
		if k.from == session.Agent {
			from, to = to, from
		}
		for i, size := range k.sizes {
			content := make([]byte, size)
			for at := range content {
				content[at] = byte(at * (i + 7))
			}
			counter := uint64(k.kind)<<20 + uint64(i) + 1
			frame := from.seal(k.kind, k.epoch, counter, content)
			if want := session.HeaderSize + Padded(4+size) + 16; len(frame) != want {
				c.Errorf("%v of %d bytes is sealed as %d, want %d", k.kind, size, len(frame), want)
			}
			want := session.Header{Kind: k.kind, Lane: LaneOf(k.kind), Page: c.page, Epoch: k.epoch, Counter: counter}
			if h, fault := session.ParseHeader(frame); fault != "" || h != want {
				c.Errorf("header %+v, fault %q, want %+v", h, fault, want)
			}
			if size > 8 && bytes.Contains(frame, content[:8]) {
				c.Errorf("%v: the content is to be seen", k.kind)
			}
			opened, why := to.open(frame)
			if why != "" || !bytes.Equal(opened, content) {
				c.Errorf("%v of %d bytes opens as %d bytes, refused %q", k.kind, size, len(opened), why)
			}
		}
	}
}

// sceneRefusals has the agent's end, and then the applicant's, refuse by name.
func sceneRefusals(t *testing.T, applicants, agents browser) {
	c := newCall(t, applicants, agents)
	c.must("4917", nil)
	refused := func(name string, at end, frame []byte, want Refusal) {
		t.Helper()
		if content, why := at.open(frame); why != want || len(content) > 0 {
			t.Errorf("%s: %q and %d bytes, want %q", name, why, len(content), want)
		}
	}
	for _, d := range []struct {
		from, to end
		kind     session.Kind // of another lane each
		epoch    uint32
	}{{c.a, c.b, session.KindDelta, 1}, {c.b, c.a, session.KindWant, 0}} {
		seal := func(after uint64, content string) []byte {
			return d.from.seal(d.kind, d.epoch, 4+after, []byte(content))
		}
		one, two, three, four := seal(0, "one"), seal(2, "two"), seal(3, "three"), seal(5, "four")
		change := func(at int, by byte) []byte {
			changed := bytes.Clone(three)
			changed[at] ^= by
			return changed
		}
		for at := 16; at < len(three); at++ {
			refused("a changed payload", d.to, change(at, 0x10), RefusedForged)
		}
		refused("a changed counter", d.to, change(14, 1), RefusedForged)
		refused("another page's number", d.to, change(3, 2), RefusedPage)
		refused("cut", d.to, three[:len(three)-1], RefusedTruncated)
		refused("header only", d.to, three[:16], RefusedTruncated)
		refused("a byte too many", d.to, append(bytes.Clone(three), 0), RefusedForged)
		refused("its own frame", d.from, three, RefusedForged)
		if content, why := d.to.open(two); why != "" || string(content) != "two" {
			t.Errorf("after all that was forged: %q, refused %q", content, why)
		}
		refused("passed over", d.to, one, RefusedReordered)
		refused("passed over, changed", d.to, func() []byte { c := bytes.Clone(one); c[20]++; return c }(), RefusedReordered)
		refused("once more", d.to, two, RefusedReplayed)
		if content, why := d.to.open(four); why != "" || string(content) != "four" {
			t.Errorf("after a gap: %q, refused %q", content, why)
		}
		refused("passed over later", d.to, three, RefusedReordered)
		refused("once more, later", d.to, two, RefusedReplayed)
		refused("the last, once more", d.to, four, RefusedReplayed)
	}
	delta := c.a.seal(session.KindDelta, 1, 50, []byte("\x00delta"))
	for name, with := range map[string]session.Header{
		"another epoch":            {Kind: session.KindDelta, Lane: session.LaneState, Page: 1, Epoch: 2, Counter: 50},
		"another kind of the lane": {Kind: session.KindKeyframe, Lane: session.LaneState, Page: 1, Epoch: 1, Counter: 50},
		"another lane":             {Kind: session.KindResource, Lane: session.LaneResource, Page: 1, Counter: 50},
		"the other's lane":         {Kind: session.KindState, Lane: session.LaneControl, Page: 1, Counter: 50},
	} {
		refused(name, c.b, append(with.Append(nil), delta[16:]...), RefusedForged)
	}
	// Another session with the same page and counters.
	other := newCall(t, applicants, agents)
	other.must("4917", nil)
	refused("another session's", c.b, other.a.seal(session.KindDelta, 1, 50, []byte("\x00delta")), RefusedForged)
	if content, why := c.b.open(delta); why != "" || string(content) != "\x00delta" {
		t.Errorf("after another session's: %q, refused %q", content, why)
	}
	// The page before.
	old := c.a.seal(session.KindDelta, 1, 51, []byte("\x00late"))
	c.must("", nil)
	refused("the page before", c.b, old, RefusedPage)
	refused("the page before, as if it were this one's", c.b, onPage(old, c.page), RefusedForged)
	c.frame()
}

// onPage puts another page number into a frame's header.
func onPage(frame []byte, page uint16) []byte {
	frame = bytes.Clone(frame)
	binary.BigEndian.PutUint16(frame[2:], page)
	return frame
}
