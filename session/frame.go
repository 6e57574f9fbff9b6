package session

// Room: session. The clear header of a frame and the table of kinds, exactly as signaling/doc.go has them.

import (
	"encoding/binary"

	"insyn/session/sealed"
)

// HeaderSize is the length of the clear header in bytes.
const HeaderSize = sealed.HeaderSize

const (
	// sealing is what sealing adds to the bytes that are sealed: the tag (docs/protocol.md, section 4).
	sealing = 16
	// sealedLeast is the shortest sealed payload: 64 bytes, since all are padded to steps, and the tag.
	sealedLeast = 64 + sealing
)

// Kind says what a frame is. Below 0x80: relayed, and but for the exchange sealed. From 0x80: local, between one seat and
// the server.
type Kind uint8

// The kinds.
const (
	KindExchange Kind = 0x01
	KindKeyframe Kind = 0x02
	KindDelta    Kind = 0x03
	KindPointer  Kind = 0x04
	KindResource Kind = 0x05
	KindWant     Kind = 0x06
	KindAck      Kind = 0x07
	KindResync   Kind = 0x08
	KindState    Kind = 0x09

	KindStatus      Kind = 0x80
	KindResyncLocal Kind = 0x81
	KindVerdict     Kind = 0x82
	KindPause       Kind = 0x83
	KindResume      Kind = 0x84
	KindClose       Kind = 0x85
	KindBeat        Kind = 0x86
)

// Lane is one of three independent sequences of frames, fixed by kind.
type Lane uint8

// The lanes. Numbers on the wire.
const (
	LaneControl Lane = iota
	LaneState
	LaneResource
	lanes // how many there are
)

// Seat is one side's place in a session.
type Seat uint8

// The seats.
const (
	Applicant Seat = iota
	Agent
	seats // how many there are
)

func (s Seat) String() string {
	if s == Applicant {
		return "applicant"
	}
	return "agent"
}

func (s Seat) other() Seat { return 1 - s }

// MaxPage is the highest page number.
const MaxPage = 1<<16 - 1

// Header is the clear part of a frame. Page, epoch and counter are 0 in local frames; epoch is 0 outside of LaneState.
type Header struct {
	Kind    Kind
	Lane    Lane
	Page    uint16
	Epoch   uint32
	Counter uint64
}

// ParseHeader reads the first HeaderSize bytes of b. On a fault the header is zero. What it accepts, Append gives back
// byte for byte.
func ParseHeader(b []byte) (Header, Fault) {
	if len(b) < HeaderSize {
		return Header{}, FaultShort
	}
	h := Header{
		Kind: Kind(b[0]), Lane: Lane(b[1]),
		Page: binary.BigEndian.Uint16(b[2:]), Epoch: binary.BigEndian.Uint32(b[4:]), Counter: binary.BigEndian.Uint64(b[8:]),
	}
	rule, known := h.Kind.rule()
	switch {
	case !known:
		return Header{}, FaultKind
	case h.Lane != rule.lane:
		return Header{}, FaultLane
	case h.Lane != LaneState && h.Epoch != 0:
		return Header{}, FaultEpoch
	case h.Kind.Local() && h.Page != 0, !h.Kind.Local() && h.Page == 0:
		return Header{}, FaultPage
	case h.Kind.Local() && h.Counter != 0, !h.Kind.Local() && h.Counter == 0:
		return Header{}, FaultCounter
	}
	return h, ""
}

// Append writes the header behind b.
func (h Header) Append(b []byte) []byte {
	b = append(b, byte(h.Kind), byte(h.Lane))
	b = binary.BigEndian.AppendUint16(b, h.Page)
	b = binary.BigEndian.AppendUint32(b, h.Epoch)
	return binary.BigEndian.AppendUint64(b, h.Counter)
}

// rule is one line of the table of kinds.
type rule struct {
	name   string
	lane   Lane
	from   seatSet
	states stateSet // that relay it; local kinds are judged by the transitions instead
	least  int      // payload bytes
	most   int
}

type (
	seatSet  uint8
	stateSet uint8
)

func (s seatSet) has(seat Seat) bool    { return s&(1<<seat) != 0 }
func (s stateSet) has(state State) bool { return s&(1<<state) != 0 }

const (
	fromApplicant seatSet = 1 << Applicant
	fromAgent     seatSet = 1 << Agent
	fromBoth              = fromApplicant | fromAgent
	fromServer    seatSet = 0

	inLive     stateSet = 1 << Live
	inPaused   stateSet = 1 << Paused
	inJoining  stateSet = 1 << Joining
	inAway     stateSet = 1 << Away
	inAnyState stateSet = 0xff
)

// rule is a function and not a table in a variable, so that nobody can change it.
func (k Kind) rule() (rule, bool) {
	switch k {
	case KindExchange:
		return rule{"exchange", LaneControl, fromBoth, inJoining | inAway, 1, 1 << 10}, true
	case KindKeyframe:
		return rule{"keyframe", LaneState, fromApplicant, inLive, sealedLeast, 1<<20 + sealing}, true
	case KindDelta:
		return rule{"delta", LaneState, fromApplicant, inLive, sealedLeast, 256<<10 + sealing}, true
	case KindPointer:
		return rule{"pointer", LaneState, fromApplicant, inLive, sealedLeast, sealedLeast}, true
	case KindResource:
		return rule{"resource", LaneResource, fromApplicant, inLive, sealedLeast, 64<<10 + sealing}, true
	case KindWant:
		return rule{"want", LaneControl, fromAgent, inLive, sealedLeast, 16<<10 + sealing}, true
	case KindAck:
		return rule{"ack", LaneControl, fromAgent, inLive, sealedLeast, sealedLeast}, true
	case KindResync:
		return rule{"resync", LaneControl, fromAgent, inLive, sealedLeast, sealedLeast}, true
	case KindState:
		return rule{"state", LaneControl, fromBoth, inLive | inPaused, sealedLeast, sealedLeast}, true
	case KindStatus:
		return rule{"status", LaneControl, fromServer, inAnyState, 0, 0}, true
	case KindResyncLocal:
		return rule{"resync_local", LaneControl, fromServer, inAnyState, 0, 0}, true
	case KindVerdict:
		return rule{"verdict", LaneControl, fromBoth, inAnyState, 1, 1}, true
	case KindPause:
		return rule{"pause", LaneControl, fromApplicant, inAnyState, 0, 0}, true
	case KindResume:
		return rule{"resume", LaneControl, fromApplicant, inAnyState, 0, 0}, true
	case KindClose:
		return rule{"close", LaneControl, fromBoth, inAnyState, 1, 1}, true
	case KindBeat:
		return rule{"beat", LaneControl, fromBoth, inAnyState, 0, 0}, true
	}
	return rule{}, false
}

// Local reports whether frames of this kind stay between one seat and the server.
func (k Kind) Local() bool { return k >= 0x80 }

// String is the kind's name, which is also its metric label; "unknown" for what is no kind.
func (k Kind) String() string {
	if rule, ok := k.rule(); ok {
		return rule.name
	}
	return "unknown"
}

// MaxPayload is the most bytes that a seat may send behind the header of a frame of this kind.
func (k Kind) MaxPayload() int {
	rule, _ := k.rule()
	return rule.most
}

// Kinds lists all kinds in the order of their numbers.
func Kinds() []Kind {
	return []Kind{
		KindExchange, KindKeyframe, KindDelta, KindPointer, KindResource, KindWant, KindAck, KindResync, KindState,
		KindStatus, KindResyncLocal, KindVerdict, KindPause, KindResume, KindClose, KindBeat,
	}
}

// MaxFrame is the longest frame, header included, that a seat may send.
func MaxFrame(seat Seat) int {
	most := 0
	for _, k := range Kinds() {
		if rule, _ := k.rule(); rule.from.has(seat) {
			most = max(most, rule.most)
		}
	}
	return HeaderSize + most
}
