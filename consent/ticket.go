package consent

// Room: consent. The ticket: a random id in a cookie, by which the applicant's browser is known for one session.

import (
	"fmt"
	"io"
	"net/http"

	"github.com/gorilla/securecookie"
)

// TicketCookie is the name of the cookie. The prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis,
// 4.1.3.2).
const TicketCookie = "__Host-insyn-ticket"

// ticketSeconds bounds how old a ticket may be when it comes back; no session lives as long.
const ticketSeconds = 24 * 60 * 60

// TicketID is random and says nothing. The zero value is no ticket.
type TicketID [32]byte

// Tickets seals and opens ticket cookies under keys made at start-up: a restart voids every ticket. Safe for concurrent
// use if its random source is.
type Tickets struct {
	codec  *securecookie.SecureCookie
	random io.Reader
}

// NewTickets draws fresh keys from random, which must be cryptographic.
func NewTickets(random io.Reader) (*Tickets, error) {
	keys := make([]byte, 64+32) // HMAC-SHA-256 and AES-256, as securecookie advises
	if _, err := io.ReadFull(random, keys); err != nil {
		return nil, fmt.Errorf("ticket keys: %w", err)
	}
	codec := securecookie.New(keys[:64], keys[64:])
	codec.SetSerializer(securecookie.NopEncoder{})
	codec.MaxAge(ticketSeconds)
	return &Tickets{codec: codec, random: random}, nil
}

// New draws a ticket id.
func (t *Tickets) New() (TicketID, error) {
	var id TicketID
	if _, err := io.ReadFull(t.random, id[:]); err != nil {
		return TicketID{}, fmt.Errorf("ticket: %w", err)
	}
	return id, nil
}

// Issue sets the cookie on the answer. It lives until the browser closes.
func (t *Tickets) Issue(w http.ResponseWriter, id TicketID) error {
	value, err := t.codec.Encode(TicketCookie, id[:])
	if err != nil {
		return fmt.Errorf("ticket: %w", err)
	}
	http.SetCookie(w, ticketCookie(value, 0))
	return nil
}

// Read opens the request's ticket. False: none, more than one, or not ours.
func (t *Tickets) Read(r *http.Request) (TicketID, bool) {
	cookies := r.CookiesNamed(TicketCookie)
	if len(cookies) != 1 {
		return TicketID{}, false
	}
	var raw []byte
	if err := t.codec.Decode(TicketCookie, cookies[0].Value, &raw); err != nil || len(raw) != len(TicketID{}) {
		return TicketID{}, false
	}
	return TicketID(raw), true
}

// Clear takes the cookie away.
func (t *Tickets) Clear(w http.ResponseWriter) { http.SetCookie(w, ticketCookie("", -1)) }

func ticketCookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: TicketCookie, Value: value, Path: "/", MaxAge: maxAge,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}
