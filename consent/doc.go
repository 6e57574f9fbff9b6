// Package consent is the room where an applicant says yes: the policy that says what may be seen, the statement in the
// applicant's language, the form's handler that takes the code, the ticket that the browser keeps, and the receipt that
// proves the yes without holding any of its content.
//
// Integrators start at [ParsePolicy], servers at [NewHandler]. The package knows neither sockets nor sessions: whoever
// holds the sessions implements [Gate].
package consent

import "time"

// Gate takes a code. package session implements it.
type Gate interface {
	// Redeem takes the code behind r.Routing: take is delete, so that of any number of callers one gets true. Wrong,
	// used and expired codes all give false, and nothing tells them apart. Safe for concurrent use.
	Redeem(r Redemption) (Admission, bool)

	// Session names the session that a ticket still opens; false once it is over. Safe for concurrent use.
	Session(ticket TicketID) (string, bool)
}

// Redemption is one submission of the form, checked in form and not yet in substance.
type Redemption struct {
	Routing   string       // five ASCII digits
	Ticket    TicketID     // fresh, for the session that this makes
	Previous  TicketID     // the ticket the browser already had; zero for none. Its session is superseded.
	Statement StatementRef // what the applicant read
	Policy    string       // hash of the policy in force
}

// Admission is what the bridge needs to know after its code was taken.
type Admission struct {
	Session string    // session id, for GET /signal
	Agent   string    // display name of the agent
	AgentID string    // what the agent is known by; both ends bind their keys to it
	JoinBy  time.Time // when both sides must have found each other
}
