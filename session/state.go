package session

// Room: session. The states of a session and the one function that owns every way from one to the next.

// State is where a session is.
type State uint8

// The states.
const (
	Offered State = iota // the code is out, nobody typed it
	Joining              // the code was taken, the two ends prove to each other that they share it
	Live                 // content flows
	Paused               // the applicant holds the curtain closed
	Away                 // one side is missing, or has not proved itself yet on a new page
	Closed
)

func (s State) String() string {
	switch s {
	case Offered:
		return "offered"
	case Joining:
		return "joining"
	case Live:
		return "live"
	case Paused:
		return "paused"
	case Away:
		return "away"
	case Closed:
		return "closed"
	}
	return "unknown"
}

// event is what moves a session.
type event uint8

const (
	eventRedeemed event = iota // the code was taken
	eventMatched               // both ends reported a match for the first time
	eventLost                  // a seat lost its connection, or its page
	eventReturned              // both seats are there and have matched
	eventPause
	eventResume
	eventClose
)

// place is a state and what must be remembered besides: whether coming back leads to paused.
type place struct {
	state  State
	paused bool
}

// next gives the place after an event. False: the event means nothing here, and the place stays as it is.
func (p place) next(e event) (place, bool) {
	if e == eventClose && p.state != Closed {
		return place{state: Closed}, true
	}
	switch p.state {
	case Offered:
		if e == eventRedeemed {
			return place{state: Joining}, true
		}
	case Joining:
		if e == eventMatched {
			return place{state: Live}, true
		}
	case Live:
		switch e {
		case eventPause:
			return place{state: Paused, paused: true}, true
		case eventLost:
			return place{state: Away}, true
		default:
		}
	case Paused:
		switch e {
		case eventResume:
			return place{state: Live}, true
		case eventLost:
			return place{state: Away, paused: true}, true
		default:
		}
	case Away:
		switch e {
		case eventReturned:
			if p.paused {
				return place{state: Paused, paused: true}, true
			}
			return place{state: Live}, true
		case eventPause: // the applicant may close the curtain while the agent is missing
			return place{state: Away, paused: true}, true
		case eventResume:
			return place{state: Away}, true
		default:
		}
	case Closed:
	}
	return p, false
}
