package session

// Reason is why a session or a connection ended: the metric label, the audit field and, through Code, the WebSocket
// close code. The set is closed; web/src/wire/reason.ts holds the same table and a test compares them.
type Reason string

// 4000-4499: the connection is over, the session may go on; come back.
const (
	// ReasonGone: the server is shutting down or the connection broke; nobody decided anything.
	ReasonGone Reason = "gone"
	// ReasonSilent: nothing was heard on the connection for the time that a beat may take.
	ReasonSilent Reason = "silent"
	// ReasonReplaced: a newer connection took the seat.
	ReasonReplaced Reason = "replaced"
	// ReasonSlow: the peer did not take what was written to it in time.
	ReasonSlow Reason = "slow"
)

// 4500-4999: the session is over.
const (
	// ReasonStopped: the applicant ended it.
	ReasonStopped Reason = "stopped"
	// ReasonEnded: the agent ended it.
	ReasonEnded Reason = "ended"
	// ReasonConsoleClosed: the agent's console was closed or reloaded; what it knew is gone.
	ReasonConsoleClosed Reason = "console_closed"
	// ReasonNoMatch: the exchange failed at one end; the code is burned.
	ReasonNoMatch Reason = "no_match"
	// ReasonNotJoined: the code was taken, and the codes did not match in time or before the applicant's page went.
	ReasonNotJoined Reason = "not_joined"
	// ReasonExpired: the code was not used in time.
	ReasonExpired Reason = "expired"
	// ReasonTakenBack: the agent took the code back.
	ReasonTakenBack Reason = "taken_back"
	// ReasonIdle: the applicant's page said nothing for the idle time but that it is there.
	ReasonIdle Reason = "idle"
	// ReasonMaximum: the longest time a session may last was reached.
	ReasonMaximum Reason = "maximum"
	// ReasonGrace: one side was away for longer than the grace time.
	ReasonGrace Reason = "grace"
	// ReasonProtocol: one side sent what its seat may never send, or cannot go on because something failed there that
	// should not.
	ReasonProtocol Reason = "protocol"
	// ReasonSuperseded: the same browser consented to another session.
	ReasonSuperseded Reason = "superseded"
	// ReasonSignedOut: the agent signed out.
	ReasonSignedOut Reason = "signed_out"
	// ReasonShutdown: the server is shutting down for good.
	ReasonShutdown Reason = "shutdown"
	// ReasonNotAdmitted: no such session, or this ticket or sign-in does not belong to it. Never a session's own end.
	ReasonNotAdmitted Reason = "not_admitted"
	// ReasonTampered: one end was given a frame that does not open, though it is of the present page and its counter is
	// new: it is not what the other end sealed. Nothing else is called so.
	ReasonTampered Reason = "tampered"
	// ReasonPolicy: the applicant's page pins another policy than the one in force; nothing of it may be shown.
	ReasonPolicy Reason = "policy"
)

// Code is the WebSocket close code of a reason; 4500-4999 say that it is over.
func (r Reason) Code() int {
	switch r {
	case ReasonGone:
		return 4000
	case ReasonSilent:
		return 4001
	case ReasonReplaced:
		return 4002
	case ReasonSlow:
		return 4003
	case ReasonStopped:
		return 4500
	case ReasonEnded:
		return 4501
	case ReasonConsoleClosed:
		return 4502
	case ReasonNoMatch:
		return 4503
	case ReasonNotJoined:
		return 4504
	case ReasonExpired:
		return 4505
	case ReasonTakenBack:
		return 4506
	case ReasonIdle:
		return 4507
	case ReasonMaximum:
		return 4508
	case ReasonGrace:
		return 4509
	case ReasonProtocol:
		return 4510
	case ReasonSuperseded:
		return 4511
	case ReasonSignedOut:
		return 4512
	case ReasonShutdown:
		return 4513
	case ReasonNotAdmitted:
		return 4514
	case ReasonTampered:
		return 4515
	case ReasonPolicy:
		return 4516
	}
	return 4510
}

// Over reports whether nothing can come back after r.
func (r Reason) Over() bool { return r.Code() >= 4500 }

// Reasons lists every reason in the order of its code.
func Reasons() []Reason {
	return []Reason{
		ReasonGone, ReasonSilent, ReasonReplaced, ReasonSlow,
		ReasonStopped, ReasonEnded, ReasonConsoleClosed, ReasonNoMatch, ReasonNotJoined, ReasonExpired,
		ReasonTakenBack, ReasonIdle, ReasonMaximum, ReasonGrace, ReasonProtocol, ReasonSuperseded,
		ReasonSignedOut, ReasonShutdown, ReasonNotAdmitted, ReasonTampered, ReasonPolicy,
	}
}
