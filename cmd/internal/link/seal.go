package link

// Room: cmd. Sealing and opening frames (docs/protocol.md, 4).

import (
	"bytes"
	"compress/flate"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"

	"insyn/session"
)

const (
	sealTag   = 16
	leastStep = 64
	midStep   = 256
)

// Refusal is why a frame was not opened. The empty one: it was.
type Refusal string

const (
	RefusedEarly     Refusal = "early"
	RefusedPage      Refusal = "page"
	RefusedReplayed  Refusal = "replayed"
	RefusedReordered Refusal = "reordered"
	RefusedTruncated Refusal = "truncated"
	RefusedForged    Refusal = "forged"
)

// passed knows which counters of a lane came, and which ones were passed over.
type passed struct {
	last uint64
	over [][2]uint64 // from, to, both included
}

func (p *passed) judge(counter uint64) Refusal {
	if counter > p.last {
		return ""
	}
	for _, span := range p.over {
		if span[0] <= counter && counter <= span[1] {
			return RefusedReordered
		}
	}
	return RefusedReplayed
}

func (p *passed) take(counter uint64) {
	if counter > p.last+1 {
		p.over = append(p.over, [2]uint64{p.last + 1, counter - 1})
	}
	p.last = counter
}

// line is one end's keys and counters of one page. The zero line has none yet. Not safe for concurrent use.
type line struct {
	// Static after construction.
	id     string
	page   uint16
	own    []cipher.AEAD // by lane
	theirs []cipher.AEAD

	sealed  [3]uint64 // the last counter, by lane
	opened  [3]passed
	onFirst func() // called when the first frame opens, then nil
}

func newLine(id string, page uint16, seat session.Seat, secret []byte, onFirst func()) *line {
	other := session.Agent
	if seat == session.Agent {
		other = session.Applicant
	}
	sid := sidOf(id, page)
	return &line{id: id, page: page, own: laneKeys(secret, sid, seat), theirs: laneKeys(secret, sid, other), onFirst: onFirst}
}

// Padded is how many bytes of plain text n of them become.
func Padded(n int) int {
	switch {
	case n <= leastStep:
		return leastStep
	case n <= midStep:
		return midStep
	}
	step := max(midStep, 1<<(bits.Len(uint(n))-1-3))
	return (n + step - 1) / step * step
}

func nonceOf(h session.Header) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 4), h.Counter)
}

func (l *line) aad(header []byte) []byte { return append(bytes.Clone(header), l.id...) }

// seal gives a whole frame. False: there are no keys yet, the content is too long for its kind, or the counter does not
// rise, which would use a nonce again.
func (l *line) seal(kind session.Kind, epoch uint32, counter uint64, content []byte) ([]byte, bool) {
	h := session.Header{Kind: kind, Lane: LaneOf(kind), Page: l.page, Epoch: epoch, Counter: counter}
	size := Padded(4 + len(content))
	if l.own == nil || size+sealTag > kind.MaxPayload() || counter <= l.sealed[h.Lane] {
		return nil, false
	}
	l.sealed[h.Lane] = counter
	plain := binary.BigEndian.AppendUint32(nil, uint32(len(content))) //nolint:gosec // below the kind's most
	plain = append(append(plain, content...), make([]byte, size-4-len(content))...)
	frame := h.Append(nil)
	return l.own[h.Lane].Seal(frame, nonceOf(h), plain, l.aad(frame)), true
}

// open gives a frame's content, or the name of what is wrong with it. A counter counts as seen only once its frame opened.
func (l *line) open(frame []byte) ([]byte, Refusal) {
	if l.theirs == nil {
		return nil, RefusedEarly
	}
	if len(frame) < session.HeaderSize {
		return nil, RefusedTruncated
	}
	h, fault := session.ParseHeader(frame)
	if fault != "" || h.Kind.Local() || h.Kind == session.KindExchange {
		return nil, RefusedForged // nothing of that kind is sealed
	}
	if h.Page != l.page {
		return nil, RefusedPage
	}
	if why := l.opened[h.Lane].judge(h.Counter); why != "" {
		return nil, why
	}
	if len(frame) < session.HeaderSize+leastStep+sealTag {
		return nil, RefusedTruncated
	}
	header, payload := frame[:session.HeaderSize], frame[session.HeaderSize:]
	plain, err := l.theirs[h.Lane].Open(nil, nonceOf(h), payload, l.aad(header))
	if err != nil {
		return nil, RefusedForged
	}
	size := int(binary.BigEndian.Uint32(plain)) // int has 64 bits wherever this runs
	if size > len(plain)-4 || Padded(4+size) != len(plain) || len(bytes.Trim(plain[4+size:], "\x00")) > 0 {
		return nil, RefusedForged // by who has the key, but not as it must be
	}
	l.opened[h.Lane].take(h.Counter)
	if l.onFirst != nil {
		l.onFirst()
		l.onFirst = nil
	}
	return plain[4 : 4+size], ""
}

// LaneOf is fixed by kind (signaling/doc.go).
func LaneOf(kind session.Kind) session.Lane {
	switch kind {
	case session.KindKeyframe, session.KindDelta, session.KindPointer:
		return session.LaneState
	case session.KindResource:
		return session.LaneResource
	default:
		return session.LaneControl
	}
}

// Pack makes the content of a keyframe, a delta or a whole resource.
func Pack(raw []byte, deflate bool) []byte {
	if !deflate {
		return append([]byte{0}, raw...)
	}
	out := bytes.NewBuffer([]byte{1})
	w, _ := flate.NewWriter(out, flate.BestSpeed) // the level is one that there is
	_, _ = w.Write(raw)                           // a bytes.Buffer does not fail
	_ = w.Close()
	return out.Bytes()
}

var errContent = errors.New("content that is not packed as it must be")

// Unpack is Pack's inverse, for at most so many bytes.
func Unpack(content []byte, most int) ([]byte, error) {
	switch {
	case len(content) > 0 && content[0] == 0 && len(content)-1 <= most:
		return content[1:], nil
	case len(content) > 0 && content[0] == 1:
		source := bytes.NewReader(content[1:])
		raw, err := io.ReadAll(io.LimitReader(flate.NewReader(source), int64(most)+1))
		if err == nil && len(raw) <= most && source.Len() == 0 {
			return raw, nil
		}
	}
	return nil, errContent
}
