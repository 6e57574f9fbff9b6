package signaling

// Room: signaling. The server: what it needs, its two doors, and GET /signal up to the point where a seat is taken.

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"insyn/consent"
	"insyn/session"
	"insyn/signaling/identity"
)

// Subprotocol is the WebSocket subprotocol that a browser must offer.
const Subprotocol = "insyn.v1"

// Config is what a server needs. All fields are required, Log excepted: its zero value writes nothing.
type Config struct {
	InsynOrigin string // of the bridge, exactly as browsers write it
	DeskOrigin  string // of the console
	Registry    *session.Registry
	Consent     *consent.Handler
	Tickets     *consent.Tickets
	Identity    identity.Identity
	Limits      Limits
	Metrics     *Metrics
	Log         zerolog.Logger
}

// Server admits browsers to sessions. It does not listen: it is handed requests through Applicant and Desk. Safe for
// concurrent use.
type Server struct {
	// Static after construction.
	config  Config
	discard *discarder

	mu      sync.Mutex // guards what follows
	open    int        // connections being served, refusals included
	refused int        // of these, sockets that are only told that they are not admitted
	closing bool
	empty   chan struct{} // closed when closing and none is open; made by New
}

// New checks that nothing is missing.
func New(config Config) (*Server, error) {
	if config.InsynOrigin == "" || config.DeskOrigin == "" || config.InsynOrigin == config.DeskOrigin {
		return nil, errors.New("signaling: InsynOrigin and DeskOrigin expected, two different ones")
	}
	if config.Registry == nil || config.Consent == nil || config.Tickets == nil ||
		config.Identity == nil || config.Metrics == nil {
		return nil, errors.New("signaling: Registry, Consent, Tickets, Identity and Metrics expected")
	}
	if err := config.Limits.check(); err != nil {
		return nil, err
	}
	return &Server{
		config: config, discard: newDiscarder(config.Limits.Discard, config.Metrics), empty: make(chan struct{}),
	}, nil
}

// Shutdown closes all sessions with session.ReasonShutdown, lets no new connection in, and waits until every connection
// has been told and closed, or until ctx is over. Its error is that of ctx. Call it once.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	if s.open == 0 {
		close(s.empty)
	}
	s.mu.Unlock()
	s.config.Registry.Shutdown()
	defer s.discard.stop()
	select {
	case <-s.empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter finds room for a socket. Those that are not admitted have a small place of their own: anyone can open them, and
// they must not take the room of those that are.
func (s *Server) enter(admitted bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	limits := s.config.Limits
	if s.closing || (admitted && s.open-s.refused >= limits.Connections) || (!admitted && s.refused >= limits.Refusals) {
		return false
	}
	s.open++
	s.config.Metrics.sockets.Add(1)
	if !admitted {
		s.refused++
	}
	return true
}

func (s *Server) leave(admitted bool) {
	s.discard.ended()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	s.config.Metrics.sockets.Add(-1) // due before it is gone, so that nobody sees neither
	if !admitted {
		s.refused--
	}
	if s.closing && s.open == 0 {
		close(s.empty)
	}
}

// admit finds the session that a request may sit down in, on one seat.
type admit func(r *http.Request, id session.ID) (*session.Session, bool)

// signal serves GET /signal for one seat. It returns when the connection is over.
func (s *Server) signal(seat session.Seat, origin string, admit admit) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// Before the upgrade, and by ourselves: the library accepts a missing Origin, and one of another scheme.
		if !originIs(r, origin) {
			s.refuse(w, http.StatusForbidden, RefusedOrigin)
			return
		}
		if !offers(r, Subprotocol) {
			s.refuse(w, http.StatusBadRequest, RefusedSubprotocol)
			return
		}
		id, page, ok := parseQuery(r.URL.RawQuery)
		if !ok {
			s.refuse(w, http.StatusBadRequest, RefusedQuery)
			return
		}
		found, admitted := admit(r, id)
		if !s.enter(admitted) {
			s.refuse(w, http.StatusServiceUnavailable, RefusedCrowded)
			return
		}
		defer s.leave(admitted)
		var c *conn
		line := &hijacker{ResponseWriter: w}
		defer line.wipe()
		ws, err := websocket.Accept(line, r, &websocket.AcceptOptions{
			Subprotocols:       []string{Subprotocol},
			InsecureSkipVerify: true, // the Origin was checked above, more strictly
			CompressionMode:    websocket.CompressionDisabled,
			OnPingReceived:     func(context.Context, []byte) bool { return c.pinged() },
		})
		if err != nil {
			s.config.Metrics.refuse(RefusedUpgrade) // the library has answered
			return
		}
		var attachment *session.Attachment
		reason := session.ReasonNotAdmitted
		if admitted {
			attachment, reason = found.Attach(seat, page)
		}
		if reason != "" {
			s.config.Metrics.refuse(RefusedNotAdmitted)
			farewell(ws, line.conn, reason, s.config.Limits.Farewell)
			return
		}
		c = newConn(ws, line.conn, attachment, seat, s.config.Limits)
		c.serve()
	}
}

// hijacker keeps hold of the connection under a WebSocket, since the library's own close waits for the peer, whatever else
// is asked of it meanwhile; and of the buffers that come with it.
type hijacker struct {
	http.ResponseWriter
	conn    net.Conn
	buffers *bufio.ReadWriter
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.conn, h.buffers = conn, buffers
	return conn, buffers, err
}

// wipe overwrites what is left of headers and frames in the buffers. Nothing may use the connection any more.
func (h *hijacker) wipe() {
	if h.buffers == nil {
		return
	}
	h.buffers.Reader.Reset(zeros{})
	_, _ = h.buffers.Peek(h.buffers.Reader.Size()) // fills all of it, and zeros do not fail
	h.buffers.Reader.Reset(zeros{})
	h.buffers.Writer.Reset(io.Discard)
	_, _ = h.buffers.Write(make([]byte, h.buffers.Writer.Size())) // as above: a whole buffer, kept until it is flushed
	h.buffers.Writer.Reset(io.Discard)
}

// zeros is a reader of zeros without an end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// originIs wants exactly one Origin, equal byte for byte.
func originIs(r *http.Request, want string) bool {
	got := r.Header.Values("Origin")
	return len(got) == 1 && got[0] == want
}

func offers(r *http.Request, subprotocol string) bool {
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for offered := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(offered) == subprotocol {
				return true
			}
		}
	}
	return false
}

// parseQuery wants session and page once each and nothing else.
func parseQuery(raw string) (session.ID, uint16, bool) {
	if len(raw) > 64 {
		return "", 0, false
	}
	query, err := url.ParseQuery(raw)
	if err != nil || len(query) != 2 || len(query["session"]) != 1 || len(query["page"]) != 1 {
		return "", 0, false
	}
	id, ok := session.ParseID(query["session"][0])
	page, err := strconv.ParseUint(query["page"][0], 10, 16)
	if !ok || err != nil || page == 0 || strconv.FormatUint(page, 10) != query["page"][0] {
		return "", 0, false
	}
	return id, uint16(page), true
}

// refuse answers with a status and a fixed word, and counts it. Nothing of the request is repeated.
func (s *Server) refuse(w http.ResponseWriter, status int, refusal Refusal) {
	s.config.Metrics.refuse(refusal)
	writeJSON(w, status, struct {
		Error Refusal `json:"error"`
	}{refusal})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only when the reader is gone
}
