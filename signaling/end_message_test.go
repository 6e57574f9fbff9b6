package signaling

// Room: signaling. The payloads of exchange frames as docs/protocol.md has them: strictly parsed, or not at all.

import (
	"bytes"
	"testing"
)

// The first byte of an exchange message.
const (
	sayPoint   = 0x01 // A: Ya
	sayAnswer  = 0x02 // B: Yb, Tb
	sayConfirm = 0x03 // A: Ta
	sayResume  = 0x04 // A: chain, shares, binder
	sayResumed = 0x05 // B: shares, Tb
	sayHolding = 0x06 // A: Ta
	sayLost    = 0x07 // B: no such chain, or no such secret
	sayAsk     = 0x08 // A: there is no secret on this page
)

const (
	chainSize  = 16
	p256Size   = 65
	x25519Size = 32
)

// shares are the public keys of one end, uncompressed; empty where one is not sent.
type shares struct{ p256, x25519 []byte }

func (s shares) encode() []byte { return lvCat(s.p256, s.x25519) }

// message is one exchange message. What its kind does not have is nil.
type message struct {
	kind   byte
	point  []byte
	chain  []byte
	shares shares
	tag    []byte // or binder
}

func (m message) encode() []byte {
	out := append([]byte{m.kind}, m.point...)
	out = append(out, m.chain...)
	if m.kind == sayResume || m.kind == sayResumed {
		out = append(out, m.shares.encode()...)
	}
	return append(out, m.tag...)
}

// parseMessage reads a message to its last byte. It judges lengths, not points or tags. What it accepts, encode gives back
// byte for byte.
func parseMessage(raw []byte) (message, bool) {
	if len(raw) == 0 {
		return message{}, false
	}
	m, rest, ok := message{kind: raw[0]}, raw[1:], true
	take := func(n int) []byte {
		if ok = ok && len(rest) >= n; !ok {
			return nil
		}
		taken := rest[:n:n]
		rest = rest[n:]
		return taken
	}
	// share reads one share, of a size or empty.
	share := func(size int) []byte {
		length := take(1)
		if ok = ok && (length[0] == 0 || int(length[0]) == size); !ok {
			return nil
		}
		return take(int(length[0]))
	}
	switch m.kind {
	case sayPoint:
		m.point = take(pointSize)
	case sayAnswer:
		m.point, m.tag = take(pointSize), take(tagSize)
	case sayConfirm, sayHolding:
		m.tag = take(tagSize)
	case sayResume:
		m.chain = take(chainSize)
		m.shares.p256 = share(p256Size)
		m.shares.x25519 = share(x25519Size)
		m.tag = take(tagSize)
		ok = ok && len(m.shares.p256) > 0
	case sayResumed:
		m.shares.p256 = share(p256Size)
		m.shares.x25519 = share(x25519Size)
		m.tag = take(tagSize)
		ok = ok && (len(m.shares.p256) > 0) != (len(m.shares.x25519) > 0)
	case sayLost, sayAsk:
	default:
		return message{}, false
	}
	if !ok || len(rest) > 0 {
		return message{}, false
	}
	return m, true
}

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
