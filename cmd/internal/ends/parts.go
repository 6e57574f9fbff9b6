package ends

// Room: cmd. The small contents, byte by byte, as web/src/link/parts.ts has them.

import (
	"encoding/binary"
	"errors"
	"math"

	"insyn/session"
)

const (
	hashSize = 16
	// ChunkBytes is how much of a resource goes into one frame.
	ChunkBytes = 16 << 10
)

// Ack says what has been applied: everything of a lane up to a counter.
type Ack struct {
	Lane    session.Lane
	Epoch   uint32
	Counter uint64
}

// Encode gives the 13 bytes.
func (a Ack) Encode() []byte {
	out := binary.BigEndian.AppendUint32([]byte{byte(a.Lane)}, a.Epoch)
	return binary.BigEndian.AppendUint64(out, a.Counter)
}

func decodeAck(b []byte) (Ack, bool) {
	if len(b) != 13 || b[0] > byte(session.LaneResource) {
		return Ack{}, false
	}
	return Ack{session.Lane(b[0]), binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint64(b[5:])}, true
}

// Pointer is where the pointer is, in CSS pixels.
func Pointer(x, y uint16) []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, x), y)
}

// Want asks for resources by their hashes, of 16 bytes each.
func Want(hashes ...[16]byte) []byte {
	var out []byte
	for _, hash := range hashes {
		out = append(out, hash[:]...)
	}
	return out
}

// Chunk is a piece of a packed resource.
type Chunk struct {
	Hash   [hashSize]byte
	Type   string // MIME, ASCII
	Total  uint32 // bytes of the whole packed resource
	Offset uint32
	Bytes  []byte
}

// Encode fails where a length does not fit.
func (c Chunk) Encode() ([]byte, error) {
	if len(c.Type) > math.MaxUint8 {
		return nil, errors.New("a shorter type expected")
	}
	out := binary.BigEndian.AppendUint32(append([]byte(nil), c.Hash[:]...), c.Total)
	out = append(binary.BigEndian.AppendUint32(out, c.Offset), byte(len(c.Type))) //nolint:gosec // see above
	return append(append(out, c.Type...), c.Bytes...), nil
}

// seenVisible is the applicant's word that the page may be shown, and that it has heard the agent's question with this
// counter.
func seenVisible(answers uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{0}, answers)
}
