package ends

// Room: cmd. The agent's desk: signs in, asks for a code, opens the agent's seat.

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"insyn/cmd/internal/link"
	"insyn/session"
	"insyn/signaling/identity"
)

// Desk is an agent who is signed in. Safe for concurrent use.
type Desk struct {
	// ID and Name are what the agent is known by.
	ID, Name string

	server *Server
	cookie string
	policy string // hash, from the console's document
	insyn  string // origin, from there too
}

// SignIn loads the console and signs in by name, where the server takes names.
func SignIn(ctx context.Context, server *Server, name string) (*Desk, error) {
	var config struct {
		PolicyHash  string `json:"policyHash"`
		InsynOrigin string `json:"insynOrigin"`
	}
	if err := server.document(ctx, server.desk+"/", &config); err != nil {
		return nil, fmt.Errorf("the console: %w", err)
	}
	var who struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	set, err := server.post(ctx, server.desk, "/api/sign-in", "", http.StatusOK, map[string]string{"name": name}, &who)
	if err != nil {
		return nil, fmt.Errorf("the sign-in: %w", err)
	}
	d := &Desk{
		ID: who.ID, Name: who.Name, server: server, cookie: cookie(set, identity.AgentCookie),
		policy: config.PolicyHash, insyn: config.InsynOrigin,
	}
	if d.cookie == "" {
		return nil, errors.New("the sign-in: a cookie expected")
	}
	return d, nil
}

// SignOut ends the agent's sessions.
func (d *Desk) SignOut(ctx context.Context) error {
	_, err := d.server.post(ctx, d.server.desk, "/api/sign-out", d.cookie, http.StatusNoContent, struct{}{}, nil)
	return err
}

// Code is a code that an agent reads aloud.
type Code struct {
	Session string
	Digits  string // all ten

	desk    *Desk
	routing string
	secret  string
}

// NewCode asks for routing digits, and draws the others.
func (d *Desk) NewCode(ctx context.Context) (*Code, error) {
	var offered struct {
		Session string `json:"session"`
		Routing string `json:"routing"`
		Policy  string `json:"policy"`
	}
	if _, err := d.server.post(ctx, d.server.desk, "/api/codes", d.cookie, http.StatusCreated, struct{}{}, &offered); err != nil {
		return nil, fmt.Errorf("a code: %w", err)
	}
	if offered.Policy != d.policy {
		return nil, errors.New("a code: the policy is not that of the console's document")
	}
	secret, err := drawDigits()
	if err != nil {
		return nil, err
	}
	nine := offered.Routing + secret
	return &Code{
		Session: offered.Session, Digits: nine + string(checkDigit(nine)), desk: d, routing: offered.Routing, secret: secret,
	}, nil
}

// Open takes the agent's seat. Call it once: a console knows its digits once.
func (c *Code) Open(ctx context.Context, hear Hearer) (*Seat, error) {
	ws, err := c.desk.server.dial(ctx, c.desk.server.desk, c.desk.cookie, c.Session, 1)
	if err != nil {
		return nil, fmt.Errorf("the agent's seat: %w", err)
	}
	s := newSeat(ws, session.Agent, c.Session, hear)
	s.shown, c.secret = c.secret, ""
	s.bound = link.Bound{
		Routing: c.routing, Origin: c.desk.insyn, AgentID: c.desk.ID, AgentName: c.desk.Name, Policy: c.desk.policy,
	}
	s.begin()
	return s, nil
}
