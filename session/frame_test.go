package session

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The table of kinds in the protocol's document is the one in force.
func TestKindsAreAsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../signaling/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^//\s+0x0([1-9]) (\w+)\s+(control|state|resource)\s+(both|applicant|agent)\s+([a-z, ]+?)` +
		`\s+(\d+) B(?: to (\d+) (KiB|MiB)( \+ 16 B)?)?$`)
	found := line.FindAllSubmatch(doc, -1)
	if len(found) != 9 {
		t.Fatalf("found %d lines of relayed kinds, want 9", len(found))
	}
	unit := map[string]int{"KiB": 1 << 10, "MiB": 1 << 20}
	for _, m := range found {
		var kind, least int
		if _, err := fmt.Sscan(string(m[1])+" "+string(m[6]), &kind, &least); err != nil {
			t.Fatal(err)
		}
		most := least
		if len(m[7]) > 0 {
			if _, err := fmt.Sscan(string(m[7]), &most); err != nil {
				t.Fatal(err)
			}
			most *= unit[string(m[8])]
		}
		if len(m[9]) > 0 {
			most += 16
		}
		rule, ok := Kind(kind).rule()
		var states stateSet
		for name := range strings.SplitSeq(string(m[5]), ", ") {
			for s := Offered; s <= Closed; s++ {
				if s.String() == name {
					states |= 1 << s
				}
			}
		}
		lane := map[string]Lane{"control": LaneControl, "state": LaneState, "resource": LaneResource}[string(m[3])]
		from := map[string]seatSet{"both": fromBoth, "applicant": fromApplicant, "agent": fromAgent}[string(m[4])]
		got := fmt.Sprint(ok, rule.name, rule.lane, rule.from, rule.states, rule.least, rule.most)
		if want := fmt.Sprint(true, string(m[2]), lane, from, states, least, most); got != want {
			t.Errorf("kind 0x0%s: got %s, want %s", m[1], got, want)
		}
	}
	for _, k := range Kinds() {
		if want := fmt.Sprintf("0x%02x %s", uint8(k), strings.TrimSuffix(k.String(), "_local")); !bytes.Contains(doc, []byte(want)) {
			t.Errorf("the protocol's document has no line with %q", want)
		}
	}
}

func TestParseHeaderRefuses(t *testing.T) {
	good := Header{Kind: KindDelta, Lane: LaneState, Page: 1, Epoch: 1, Counter: 1}
	with := func(change func(h *Header)) []byte {
		h := good
		change(&h)
		return h.Append(nil)
	}
	for name, c := range map[string]struct {
		raw  []byte
		want Fault
	}{
		"empty":                  {nil, FaultShort},
		"15 bytes":               {good.Append(nil)[:15], FaultShort},
		"kind 0":                 {with(func(h *Header) { h.Kind = 0 }), FaultKind},
		"kind 0x0a":              {with(func(h *Header) { h.Kind = 0x0a }), FaultKind},
		"kind 0x87":              {with(func(h *Header) { h.Kind = 0x87 }), FaultKind},
		"lane of another kind":   {with(func(h *Header) { h.Lane = LaneControl }), FaultLane},
		"lane 3":                 {with(func(h *Header) { h.Lane = 3 }), FaultLane},
		"epoch in control":       {with(func(h *Header) { h.Kind, h.Lane = KindAck, LaneControl }), FaultEpoch},
		"page 0 when relayed":    {with(func(h *Header) { h.Page = 0 }), FaultPage},
		"counter 0 when relayed": {with(func(h *Header) { h.Counter = 0 }), FaultCounter},
		"page when local":        {Header{Kind: KindBeat, Page: 1}.Append(nil), FaultPage},
		"counter when local":     {Header{Kind: KindBeat, Counter: 1}.Append(nil), FaultCounter},
	} {
		if h, got := ParseHeader(c.raw); got != c.want || h != (Header{}) {
			t.Errorf("%s: got %v, %q, want a zero header and %q", name, h, got, c.want)
		}
	}
	if h, fault := ParseHeader(good.Append(nil)); fault != "" || h != good {
		t.Errorf("good header: got %v, %q", h, fault)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add(Header{Kind: KindKeyframe, Lane: LaneState, Page: 3, Epoch: 7, Counter: 9}.Append(nil))
	f.Add(Header{Kind: KindBeat}.Append([]byte{}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, fault := ParseHeader(raw)
		if fault != "" {
			if h != (Header{}) {
				t.Errorf("a refused header gave %v", h)
			}
			return
		}
		if got := h.Append(nil); !bytes.Equal(got, raw[:HeaderSize]) {
			t.Errorf("round trip: got %x, want %x", got, raw[:HeaderSize])
		}
	})
}

func TestReasonsHaveTheirOwnCodes(t *testing.T) {
	seen := map[int]Reason{}
	for _, r := range Reasons() {
		if before, twice := seen[r.Code()]; twice {
			t.Errorf("%s and %s share the code %d", r, before, r.Code())
		}
		seen[r.Code()] = r
		if c := r.Code(); c < 4000 || c > 4999 || r.Over() != (c >= 4500) {
			t.Errorf("%s: code %d, over %v", r, c, r.Over())
		}
	}
}
