package link

// Room: cmd. Exchange messages have one form each, and any other bytes are none.

import (
	"bytes"
	"testing"
)

// messages has one of each kind and form, by name.
func messages() map[string]message {
	fill := func(n int, with byte) []byte { return bytes.Repeat([]byte{with}, n) }
	p256, x25519 := fill(p256Size, 4), fill(x25519Size, 9)
	return map[string]message{
		"0x01":               {kind: sayPoint, point: fill(pointSize, 1)},
		"0x02":               {kind: sayAnswer, point: fill(pointSize, 2), tag: fill(tagSize, 3)},
		"0x03":               {kind: sayConfirm, tag: fill(tagSize, 4)},
		"0x04":               {kind: sayResume, chain: fill(chainSize, 5), shares: shares{p256, x25519}, tag: fill(tagSize, 6)},
		"0x04, P-256 only":   {kind: sayResume, chain: fill(chainSize, 5), shares: shares{p256, nil}, tag: fill(tagSize, 6)},
		"0x05 over P-256":    {kind: sayResumed, shares: shares{p256, nil}, tag: fill(tagSize, 7)},
		"0x05 over X25519":   {kind: sayResumed, shares: shares{nil, x25519}, tag: fill(tagSize, 7)},
		"0x06":               {kind: sayHolding, tag: fill(tagSize, 8)},
		"0x07, which is all": {kind: sayLost},
		"0x08, which is all": {kind: sayAsk},
	}
}

func TestMessagesHaveOneLengthEach(t *testing.T) {
	for name, size := range map[string]int{
		"0x01": 33, "0x02": 97, "0x03": 65, "0x04": 180, "0x04, P-256 only": 148, "0x05 over P-256": 132, "0x05 over X25519": 99,
		"0x06": 65, "0x07, which is all": 1, "0x08, which is all": 1,
	} {
		raw := messages()[name].encode()
		if len(raw) != size {
			t.Errorf("%s has %d bytes, want %d", name, len(raw), size)
		}
		if _, ok := parseMessage(raw); !ok {
			t.Errorf("%s is not read", name)
		}
		if _, ok := parseMessage(append(raw, 0)); ok {
			t.Errorf("%s is read with a byte too many", name)
		}
		for n := range raw {
			if _, ok := parseMessage(raw[:n]); ok {
				t.Errorf("%s is read from its first %d bytes", name, n)
			}
		}
	}
}

func TestMessagesThatAreNone(t *testing.T) {
	p256, x25519, tag := make([]byte, p256Size), make([]byte, x25519Size), make([]byte, tagSize)
	resumed := func(p256, x25519 []byte) []byte {
		return append(append([]byte{sayResumed}, lvCat(p256, x25519)...), tag...)
	}
	for name, raw := range map[string][]byte{
		"kind 0":              make([]byte, 33),
		"kind 9":              append([]byte{9}, make([]byte, 32)...),
		"two answers":         resumed(p256, x25519),
		"no answer":           resumed(nil, nil),
		"a short P-256 share": resumed(p256[:33], nil),
		"a length in two bytes": append(append([]byte{sayResumed, 0x80 | p256Size, 0}, p256...),
			append([]byte{0}, tag...)...),
		"resuming without a P-256 share": message{kind: sayResume, chain: make([]byte, 16), shares: shares{nil, x25519}, tag: tag}.encode(),
	} {
		if _, ok := parseMessage(raw); ok {
			t.Errorf("%s is read", name)
		}
	}
}

func FuzzExchangeMessage(f *testing.F) {
	for _, m := range messages() {
		f.Add(m.encode())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, ok := parseMessage(raw)
		if !ok {
			if m.kind != 0 || m.point != nil || m.tag != nil || m.chain != nil || m.shares.p256 != nil || m.shares.x25519 != nil {
				t.Errorf("what is refused gives %+v", m)
			}
			return
		}
		if !bytes.Equal(m.encode(), raw) {
			t.Errorf("%x is read as %x", raw, m.encode())
		}
	})
}
