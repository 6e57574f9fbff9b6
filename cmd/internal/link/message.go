package link

// Room: cmd. The payloads of exchange frames as docs/protocol.md has them: strictly parsed, or not at all.

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
