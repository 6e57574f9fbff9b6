package signaling

// Room: signaling. The applicant's door: what moves on the Insyn origin.

import (
	"net/http"

	"insyn/session"
)

// Applicant serves the dynamic part of the Insyn origin:
//
//	POST   /consent                {"routing","statement","language"} -> {"session","agent","join_by"} and the ticket
//	DELETE /consent                clears the ticket cookie
//	GET    /signal                 the applicant's seat
func (s *Server) Applicant() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/consent", s.config.Consent)
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
