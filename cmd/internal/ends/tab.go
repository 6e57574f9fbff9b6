package ends

// Room: cmd. The applicant's tab: the bridge's form, and the applicant's seat on one page after the other.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"insyn/cmd/internal/link"
	"insyn/consent"
	"insyn/session"
)

// Tab is an applicant who has typed a code. One goroutine may use it.
type Tab struct {
	Session string

	server *Server
	cookie string
	bound  link.Bound
	digits string // the secret ones, until the first page
	page   uint16 // the last one that was opened
	carry  *link.Stored
}

// Consent loads the bridge in a language, and sends its form: the routing digits of ten, and the statement that was shown.
func Consent(ctx context.Context, server *Server, language, ten string) (*Tab, error) {
	routing, secret, err := cut(ten)
	if err != nil {
		return nil, err
	}
	var config struct {
		Policy    string            `json:"policy"`
		Statement consent.Statement `json:"statement"`
	}
	if err := server.document(ctx, server.insyn+"/bridge?lang="+language, &config); err != nil {
		return nil, fmt.Errorf("the bridge: %w", err)
	}
	form := map[string]string{
		"routing": routing, "statement": config.Statement.Version, "language": config.Statement.Language,
	}
	var answer struct {
		Session string `json:"session"`
		Agent   string `json:"agent"`
		AgentID string `json:"agent_id"`
	}
	set, err := server.post(ctx, server.insyn, "/consent", "", http.StatusOK, form, &answer)
	if err != nil {
		return nil, fmt.Errorf("the consent: %w", err)
	}
	// Both hashes are of what this end was given and showed.
	policy := sha256.Sum256([]byte(config.Policy))
	t := &Tab{
		Session: answer.Session, server: server, cookie: cookie(set, consent.TicketCookie), digits: secret,
		bound: link.Bound{
			Routing: routing, Origin: server.insyn, AgentID: answer.AgentID, AgentName: answer.Agent,
			Policy: hex.EncodeToString(policy[:]), Statement: config.Statement.Hash(),
		},
	}
	if t.cookie == "" {
		return nil, errors.New("the consent: a ticket expected")
	}
	return t, nil
}

// Forget empties the tab's storage, as another of the agency's origins has one of its own in some browsers: the next page
// will ask for four fresh digits.
func (t *Tab) Forget() { t.carry = nil }

// Open takes the applicant's seat on the next page; the seat of the page before must be gone. Over the code on the first
// page, and then over what the page before has stored. Where that is not to be had, hear.Digits is told, and [Seat.Type]
// goes on.
func (t *Tab) Open(ctx context.Context, hear Hearer) (*Seat, error) {
	if t.page == session.MaxPage {
		return nil, errors.New("the applicant's seat: no page number is left")
	}
	ws, err := t.server.dial(ctx, t.server.insyn, t.cookie, t.Session, t.page+1)
	if err != nil {
		return nil, fmt.Errorf("the applicant's seat: %w", err)
	}
	t.page++
	s := newSeat(ws, session.Applicant, t.Session, hear)
	s.bound = t.bound
	s.end = link.NewApplicant(link.Page{Session: t.Session, Number: t.page, Bound: t.bound}, t.carry)
	s.page, s.typed, t.digits = t.page, t.digits, ""
	s.store = func(carry *link.Stored) { t.carry = carry } // before the confirmation is sent, so before Live returns
	s.begin()
	return s, nil
}
