package signaling

// Room: signaling. The applicant's door: what moves on the Insyn origin.

import (
	"net/http"

	"insyn/session"
)

// trail is what a page is answered whose browser kept no storage.
type trail struct {
	Session string `json:"session"`
	Page    uint16 `json:"page"` // the last one of the applicant's seat, 0 before the first
	Away    bool   `json:"away"` // nobody sits there
	Agent   string `json:"agent"`
}

// Applicant serves the dynamic part of the Insyn origin:
//
//	POST   /consent                {"routing","statement","language"} -> {"session","agent","agent_id","join_by"} and the ticket
//	DELETE /consent                {"session"} clears the ticket cookie, unless it opens another session
//	POST   /session                {"session","page","away","agent"} by the ticket alone, or 404 {"error":"no_session"}
//	GET    /signal                 the applicant's seat
//
// All but GET need this Origin and "Insyn-Request: 1".
func (s *Server) Applicant() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/consent", s.config.Consent)
	mux.HandleFunc("POST /session", s.from(s.config.InsynOrigin, s.trail))
	mux.HandleFunc("GET /signal", s.signal(session.Applicant, s.config.InsynOrigin, s.admitApplicant))
	return mux
}

func (s *Server) admitApplicant(r *http.Request, id session.ID) (*session.Session, bool) {
	ticket, ok := s.config.Tickets.Read(r)
	if !ok {
		return nil, false
	}
	return s.config.Registry.ForTicket(id, ticket)
}

// trail answers POST /session. It changes nothing; it is a POST so that only the bridge's own script can ask.
func (s *Server) trail(w http.ResponseWriter, r *http.Request) {
	ticket, ok := s.config.Tickets.Read(r)
	if !ok {
		s.refuse(w, http.StatusNotFound, RefusedNoSession)
		return
	}
	found, ok := s.config.Registry.Trail(ticket)
	if !ok {
		s.refuse(w, http.StatusNotFound, RefusedNoSession)
		return
	}
	writeJSON(w, http.StatusOK, trail{Session: string(found.Session), Page: found.Page, Away: found.Away, Agent: found.Agent})
}
