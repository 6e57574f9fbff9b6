package session

// Room: session. What the house tells the outside: ids, kinds, sizes and reasons. Content cannot pass here, because
// there is no argument that could carry it.

// Fault is why a frame ended its session with ReasonProtocol. It is the metric label.
type Fault string

// The faults.
const (
	FaultShort     Fault = "short"     // less than a header
	FaultText      Fault = "text"      // a text message
	FaultKind      Fault = "kind"      // no such kind
	FaultLane      Fault = "lane"      // not the lane of its kind
	FaultEpoch     Fault = "epoch"     // an epoch outside of the state lane
	FaultPage      Fault = "page"      // not the sender's page
	FaultCounter   Fault = "counter"   // did not rise
	FaultSeat      Fault = "seat"      // a kind that this seat may never send
	FaultSize      Fault = "size"      // payload shorter or longer than its kind has
	FaultMalformed Fault = "malformed" // a local frame's byte has no meaning
)

// Faults lists all of them.
func Faults() []Fault {
	return []Fault{
		FaultShort, FaultText, FaultKind, FaultLane, FaultEpoch, FaultPage, FaultCounter, FaultSeat, FaultSize, FaultMalformed,
	}
}

// Drop is why a frame that was no fault went nowhere. It is the metric label.
type Drop string

// The drops.
const (
	DropState    Drop = "state"    // the session's state does not relay it; it may have been under way when that changed
	DropAbsent   Drop = "absent"   // nobody sits on the other seat
	DropStale    Drop = "stale"    // it belongs to a page that is gone, or came from a connection that is over
	DropEarly    Drop = "early"    // a verdict from a seat that took no part in the exchange of this page
	DropOverflow Drop = "overflow" // the outbox was full
)

// Drops lists all of them.
func Drops() []Drop { return []Drop{DropState, DropAbsent, DropStale, DropEarly, DropOverflow} }

// CodeEvent is what became of a code.
type CodeEvent string

// The code events.
const (
	CodeIssued    CodeEvent = "issued"
	CodeExtended  CodeEvent = "extended"
	CodeRedeemed  CodeEvent = "redeemed"
	CodeExpired   CodeEvent = "expired"
	CodeTakenBack CodeEvent = "taken_back"
	CodeBurned    CodeEvent = "burned" // redeemed, and then the exchange failed, or began and was never brought to its end
)

// CodeEvents lists all of them.
func CodeEvents() []CodeEvent {
	return []CodeEvent{CodeIssued, CodeExtended, CodeRedeemed, CodeExpired, CodeTakenBack, CodeBurned}
}

// Observer is told what happens. Its methods are called with a session's lock held, from any goroutine: they must be
// quick, safe for concurrent use, and must not call back.
type Observer interface {
	Code(id ID, event CodeEvent)
	Changed(id ID, from, to State)
	Consented(id ID)             // the codes matched
	Closed(id ID, reason Reason) // exactly once a session
	Attached(id ID, seat Seat)
	Detached(id ID, seat Seat, reason Reason)
	Relayed(kind Kind, bytes int)
	Dropped(kind Kind, drop Drop, bytes int)
	Refused(id ID, seat Seat, fault Fault)
	Overflowed(id ID, seat Seat, bytes int) // the outbox towards seat was cleared of bytes
	Held(delta int)                         // bytes of frames in memory, rising and falling
}

// Silent is an Observer that tells nobody.
type Silent struct{}

// The methods of Observer, each doing nothing.
func (Silent) Code(ID, CodeEvent)        {}
func (Silent) Changed(ID, State, State)  {}
func (Silent) Consented(ID)              {}
func (Silent) Closed(ID, Reason)         {}
func (Silent) Attached(ID, Seat)         {}
func (Silent) Detached(ID, Seat, Reason) {}
func (Silent) Relayed(Kind, int)         {}
func (Silent) Dropped(Kind, Drop, int)   {}
func (Silent) Refused(ID, Seat, Fault)   {}
func (Silent) Overflowed(ID, Seat, int)  {}
func (Silent) Held(int)                  {}
