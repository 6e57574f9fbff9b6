package signaling

// Room: signaling. The two local frames that carry JSON: status and ended. From the server only, so there is no parser.

import (
	"encoding/json"
	"time"

	"insyn/consent"
	"insyn/session"
)

// Status is the payload of a status frame. Times are Unix milliseconds; what does not apply is left out.
type Status struct {
	Session   string                `json:"session"`
	Seat      string                `json:"seat"`              // applicant, agent
	State     string                `json:"state"`             // offered, joining, live, paused, away
	Page      uint16                `json:"page"`              // the applicant's, 0 before it came
	Peer      bool                  `json:"peer"`              // someone sits on the other seat
	Agent     string                `json:"agent"`             // display name
	AgentID   string                `json:"agent_id"`          // what the agent is known by
	Routing   string                `json:"routing,omitempty"` // five digits, from redemption on
	Expires   int64                 `json:"expires,omitempty"` // of the code
	Ends      int64                 `json:"ends,omitempty"`    // the longest the session may last
	Grace     int64                 `json:"grace,omitempty"`   // while away: when it is too late to come back
	Statement *consent.StatementRef `json:"statement,omitempty"`
	Policy    string                `json:"policy,omitempty"` // hash
	Receipt   *consent.Receipt      `json:"receipt,omitempty"`
}

// Ended is the payload of the close frame that the server sends when a session is over.
type Ended struct {
	Reason  string           `json:"reason"`
	Receipt *consent.Receipt `json:"receipt,omitempty"`
}

func encodeStatus(s *session.Status) []byte {
	out := Status{
		Session: string(s.Session), Seat: s.Seat.String(), State: s.State.String(), Page: s.Page, Peer: s.Peer,
		Agent: s.Agent, AgentID: s.AgentID, Routing: s.Routing, Expires: millis(s.Expires), Ends: millis(s.Ends), Grace: millis(s.Grace),
		Policy: s.Policy, Receipt: s.Receipt,
	}
	if s.Statement != (consent.StatementRef{}) {
		out.Statement = &s.Statement
	}
	return encodeLocal(session.KindStatus, out)
}

func encodeEnded(end *session.End) []byte {
	return encodeLocal(session.KindClose, Ended{Reason: string(end.Reason), Receipt: end.Receipt})
}

// encodeLocal puts the header of a local frame before a value; nil is no payload.
func encodeLocal(kind session.Kind, v any) []byte {
	frame := session.Header{Kind: kind, Lane: session.LaneControl}.Append(nil)
	if v == nil {
		return frame
	}
	payload, err := json.Marshal(v)
	if err != nil {
		// Strings, numbers and bools always marshal; a field that does not is a mistake that any test run shows.
		panic("signaling: " + err.Error())
	}
	return append(frame, payload...)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
