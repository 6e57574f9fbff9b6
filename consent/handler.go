package consent

// Room: consent. The form's handler: it takes a code once, slowly for those who guess, and tells a miss nothing.

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// MaxFormBytes bounds the body of POST /consent.
const MaxFormBytes = 1 << 10

// DefaultFloor is how long a miss takes at least, so that its time tells nothing about why it missed.
const DefaultFloor = 300 * time.Millisecond

// RequestHeader must be "1" on each request that changes something. A form or an image of another origin cannot set it.
const RequestHeader = "Insyn-Request"

// Refusal is why the form was not accepted: the value of "error" in the answer, and the metric label.
type Refusal string

// The refusals, each with the status it is answered with.
const (
	RefusedMethod      Refusal = "method"       // 405: POST or DELETE expected
	RefusedOrigin      Refusal = "origin"       // 403: the Insyn origin expected
	RefusedHeader      Refusal = "header"       // 403: "Insyn-Request: 1" expected
	RefusedMediaType   Refusal = "media_type"   // 415: application/json expected
	RefusedTooLarge    Refusal = "too_large"    // 413: more than MaxFormBytes came
	RefusedBody        Refusal = "body"         // 400: not the JSON that is expected
	RefusedStatement   Refusal = "statement"    // 409: that statement is not in force; show the present one
	RefusedUnknownCode Refusal = "unknown_code" // 404: wrong, used or expired
	RefusedSlowDown    Refusal = "slow_down"    // 429: too many guesses; Retry-After says when
	RefusedUnavailable Refusal = "unavailable"  // 503: the server cannot do it now
)

// Refusals lists all of them.
func Refusals() []Refusal {
	return []Refusal{
		RefusedMethod, RefusedOrigin, RefusedHeader, RefusedMediaType, RefusedTooLarge, RefusedBody, RefusedStatement,
		RefusedUnknownCode, RefusedSlowDown, RefusedUnavailable,
	}
}

func (r Refusal) status() int {
	switch r {
	case RefusedMethod:
		return http.StatusMethodNotAllowed
	case RefusedOrigin, RefusedHeader:
		return http.StatusForbidden
	case RefusedMediaType:
		return http.StatusUnsupportedMediaType
	case RefusedTooLarge:
		return http.StatusRequestEntityTooLarge
	case RefusedBody:
		return http.StatusBadRequest
	case RefusedStatement:
		return http.StatusConflict
	case RefusedUnknownCode:
		return http.StatusNotFound
	case RefusedSlowDown:
		return http.StatusTooManyRequests
	case RefusedUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// Config is what the handler needs. All fields but Floor and Refused are required.
type Config struct {
	Origin        string // the Insyn origin, exactly as browsers write it
	Gate          Gate
	Tickets       *Tickets
	Statements    *Statements
	Policy        *Policy
	Pace          *Pace
	ClientAddress func(*http.Request) string // the client's IP as text; behind a proxy the one that the proxy names
	Floor         time.Duration              // zero: DefaultFloor
	Refused       func(Refusal)              // told each refusal; must be safe for concurrent use. Nil: nobody
}

// Handler serves /consent: POST takes a code, DELETE clears the ticket cookie of a session that is over. Safe for concurrent
// use.
type Handler struct{ config Config }

// NewHandler checks that nothing is missing.
func NewHandler(config Config) (*Handler, error) {
	if config.Origin == "" || config.Gate == nil || config.Tickets == nil || config.Statements == nil ||
		config.Policy == nil || config.Pace == nil || config.ClientAddress == nil {
		return nil, errors.New("consent: Origin, Gate, Tickets, Statements, Policy, Pace and ClientAddress expected")
	}
	if config.Floor == 0 {
		config.Floor = DefaultFloor
	}
	if config.Refused == nil {
		config.Refused = func(Refusal) {}
	}
	return &Handler{config: config}, nil
}

// PolicyHash is the hash of the policy that consent is given under.
func (h *Handler) PolicyHash() string { return h.config.Policy.Hash() }

type form struct {
	Routing   string `json:"routing"`
	Statement string `json:"statement"`
	Language  string `json:"language"`
}

// answer is what the bridge gets for a code that was taken. Times are Unix milliseconds.
type answer struct {
	Session string `json:"session"`
	Agent   string `json:"agent"`
	AgentID string `json:"agent_id"`
	JoinBy  int64  `json:"join_by"`
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	w.Header().Set("Cache-Control", "no-store")
	if refusal := h.checkRequest(r); refusal != "" {
		h.refuse(w, refusal)
		return
	}
	if r.Method == http.MethodDelete {
		h.letGo(w, r)
		return
	}
	f, refusal := readForm(w, r)
	if refusal != "" {
		h.refuse(w, refusal)
		return
	}
	// Before the code is touched: an outdated text costs the applicant no code.
	statement, ok := h.config.Statements.ByVersion(f.Statement, f.Language)
	if !ok {
		h.refuse(w, RefusedStatement)
		return
	}
	h.take(w, r, f, statement, arrived)
}

// checkRequest wants what only the bridge's own script can send.
func (h *Handler) checkRequest(r *http.Request) Refusal {
	if r.Method != http.MethodPost && r.Method != http.MethodDelete {
		return RefusedMethod
	}
	if origins := r.Header.Values("Origin"); len(origins) != 1 || origins[0] != h.config.Origin {
		return RefusedOrigin
	}
	if r.Header.Get(RequestHeader) != "1" {
		return RefusedHeader
	}
	return ""
}

func readForm(w http.ResponseWriter, r *http.Request) (form, Refusal) {
	var f form
	if refusal := readJSON(w, r, &f); refusal != "" {
		return form{}, refusal
	}
	if !isRouting(f.Routing) {
		return form{}, RefusedBody
	}
	return f, ""
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) Refusal {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return RefusedMediaType
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxFormBytes))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return RefusedTooLarge
	}
	if err != nil || decodeStrict(body, into) != nil {
		return RefusedBody
	}
	return ""
}

// letGo clears the ticket of a session that is over for the browser. Another tab may have begun a newer session meanwhile,
// whose ticket has taken the place of the old one: that one stays.
func (h *Handler) letGo(w http.ResponseWriter, r *http.Request) {
	var over struct {
		Session string `json:"session"`
	}
	if refusal := readJSON(w, r, &over); refusal != "" {
		h.refuse(w, refusal)
		return
	}
	if !h.opensAnother(r, over.Session) {
		h.config.Tickets.Clear(w)
	}
	w.WriteHeader(http.StatusNoContent)
}

// opensAnother reports whether the request's ticket opens a session that goes on and is not this one.
func (h *Handler) opensAnother(r *http.Request, session string) bool {
	ticket, ok := h.config.Tickets.Read(r)
	if !ok {
		return false
	}
	opens, goesOn := h.config.Gate.Session(ticket)
	return goesOn && opens != session
}

// isRouting tells five ASCII digits. The bridge has turned every other script and spacing into these.
func isRouting(s string) bool {
	if len(s) != 5 {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// take redeems the code. The guess is counted before the look-up, and taken back on a hit.
func (h *Handler) take(w http.ResponseWriter, r *http.Request, f form, statement Statement, arrived time.Time) {
	reservation, ok := h.config.Pace.Reserve(h.config.ClientAddress(r), arrived)
	if !ok {
		w.Header().Set("Retry-After", strconv.Itoa(int(reservation.Delay/time.Second)+1))
		h.refuse(w, RefusedSlowDown)
		return
	}
	if !sleepUntil(r.Context(), arrived.Add(reservation.Delay)) {
		return
	}
	ticket, err := h.config.Tickets.New()
	if err != nil {
		h.refuse(w, RefusedUnavailable)
		return
	}
	previous, _ := h.config.Tickets.Read(r)
	admission, hit := h.config.Gate.Redeem(Redemption{
		Routing: f.Routing, Ticket: ticket, Previous: previous, Statement: statement.Ref(), Policy: h.config.Policy.Hash(),
	})
	if !hit {
		if sleepUntil(r.Context(), arrived.Add(reservation.Delay+h.config.Floor)) {
			h.refuse(w, RefusedUnknownCode)
		}
		return
	}
	reservation.Return()
	if err := h.config.Tickets.Issue(w, ticket); err != nil {
		h.refuse(w, RefusedUnavailable)
		return
	}
	writeJSON(w, http.StatusOK, answer{
		Session: admission.Session, Agent: admission.Agent, AgentID: admission.AgentID, JoinBy: admission.JoinBy.UnixMilli(),
	})
}

func (h *Handler) refuse(w http.ResponseWriter, refusal Refusal) {
	h.config.Refused(refusal)
	if refusal == RefusedMethod {
		w.Header().Set("Allow", "POST, DELETE")
	}
	writeJSON(w, refusal.status(), struct {
		Error Refusal `json:"error"`
	}{refusal})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A write fails only when the reader is gone; nobody is left to tell.
	_ = json.NewEncoder(w).Encode(v)
}

// sleepUntil reports whether t came before the caller went away.
func sleepUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
