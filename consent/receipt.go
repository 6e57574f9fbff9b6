package consent

// Room: consent. The receipt: proof of a consent that holds nothing of what was seen.

import "time"

// Receipt proves one consent. It is written when the codes matched, completed when the session closed, handed to both
// sides and kept by neither the server nor its log. Times are Unix milliseconds.
type Receipt struct {
	Session   string       `json:"session"`
	Statement StatementRef `json:"statement"`
	Policy    string       `json:"policy"` // hash
	Consented int64        `json:"consented"`
	Ended     int64        `json:"ended,omitempty"`  // zero while it goes on
	Reason    string       `json:"reason,omitempty"` // close reason
}

// NewReceipt writes the receipt of r at the moment the codes matched.
func NewReceipt(session string, r Redemption, matched time.Time) Receipt {
	return Receipt{Session: session, Statement: r.Statement, Policy: r.Policy, Consented: matched.UnixMilli()}
}

// Close completes the receipt.
func (r Receipt) Close(ended time.Time, reason string) Receipt {
	r.Ended, r.Reason = ended.UnixMilli(), reason
	return r
}
