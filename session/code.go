package session

// Room: session. The routing digits of a code, and the ids of sessions. The secret and check digits never come here.

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// RoutingDigits is how many digits of a code the server knows.
const RoutingDigits = 5

// routings is how many there are.
const routings = 100_000

// Routing is the first part of a code: it points to a session, and opens nothing.
type Routing uint32

// ParseRouting reads exactly five ASCII digits.
func ParseRouting(s string) (Routing, bool) {
	if len(s) != RoutingDigits {
		return 0, false
	}
	var r Routing
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		r = r*10 + Routing(c-'0')
	}
	return r, true
}

func (r Routing) String() string { return fmt.Sprintf("%0*d", RoutingDigits, uint32(r)) }

// drawRouting draws routing digits for which taken is false. It needs room: at most half may be taken, so that about two
// draws are enough.
func drawRouting(random io.Reader, taken func(Routing) bool) (Routing, error) {
	const fair = (1 << 32) / routings * routings // draws above would make the low ones likelier
	for {
		var b [4]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return 0, fmt.Errorf("routing digits: %w", err)
		}
		n := uint64(binary.BigEndian.Uint32(b[:]))
		if r := Routing(n % routings); n < fair && !taken(r) {
			return r, nil
		}
	}
}

// ID names a session: 128 random bits as 26 characters of lower-case base32 (RFC 4648, 6) without padding. It opens
// nothing by itself. The ends bind their keys to it, which is why it is long enough never to come twice.
type ID string

const (
	idBytes    = 16
	idLength   = 26 // characters
	idAlphabet = "abcdefghijklmnopqrstuvwxyz234567"
	idSpare    = 1<<2 - 1 // the bits of the last character that stand for nothing: 26 characters hold 130
)

func idEncoding() *base32.Encoding {
	return base32.NewEncoding(idAlphabet).WithPadding(base32.NoPadding)
}

// ParseID reads an ID as it was given out. There is one spelling of each: the spare bits of the last character are zero.
func ParseID(s string) (ID, bool) {
	if len(s) != idLength {
		return "", false
	}
	last := 0
	for _, c := range []byte(s) {
		if last = strings.IndexByte(idAlphabet, c); last < 0 {
			return "", false
		}
	}
	if last&idSpare != 0 {
		return "", false
	}
	return ID(s), true
}

func drawID(random io.Reader) (ID, error) {
	var b [idBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("session id: %w", err)
	}
	return ID(idEncoding().EncodeToString(b[:])), nil
}
