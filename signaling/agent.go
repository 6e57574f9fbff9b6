package signaling

// Room: signaling. The agent's door: the console's HTTP API and its seat, on the desk origin.

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"insyn/consent"
	"insyn/session"
	"insyn/signaling/identity"
)

// whoami and code are what the console is answered. Times are Unix milliseconds.
type (
	whoami struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	code struct {
		Session string `json:"session"`
		Routing string `json:"routing"`
		Expires int64  `json:"expires"`
		Policy  string `json:"policy"` // hash of the one in force
	}
	extended struct {
		Expires int64 `json:"expires"`
	}
)

// Desk serves the dynamic part of the console's origin. Refusals are {"error":"..."}, one of Refusals.
//
//	POST   /api/sign-in                  {"name"} -> {"id","name"}; where the identity takes names
//	POST   /api/sign-out                 204; closes the agent's sessions
//	GET    /api/whoami                   {"id","name"}, or 401
//	POST   /api/codes                    201 {"session","routing","expires","policy"}; an earlier unredeemed code is taken back
//	POST   /api/codes/{session}/extend   {"expires"}
//	DELETE /api/codes/{session}          204
//	GET    /signal                       the agent's seat
//
// policy is the hash of the one in force. A console whose document was served with another one must be loaded anew before
// the code is read aloud: the ends would not agree.
//
// All but GET need this Origin and "Insyn-Request: 1".
func (s *Server) Desk() http.Handler {
	mux := http.NewServeMux()
	if login, ok := s.config.Identity.(identity.NameLogin); ok {
		mux.HandleFunc("POST /api/sign-in", s.changing(s.signIn(login)))
	}
	mux.HandleFunc("POST /api/sign-out", s.changing(s.signOut))
	mux.HandleFunc("GET /api/whoami", s.signedIn(func(w http.ResponseWriter, _ *http.Request, agent identity.Agent) {
		writeJSON(w, http.StatusOK, whoami{ID: agent.ID, Name: agent.Name})
	}))
	mux.HandleFunc("POST /api/codes", s.changing(s.signedIn(s.offer)))
	mux.HandleFunc("POST /api/codes/{session}/extend", s.changing(s.signedIn(s.extend)))
	mux.HandleFunc("DELETE /api/codes/{session}", s.changing(s.signedIn(s.takeBack)))
	mux.HandleFunc("GET /signal", s.signal(session.Agent, s.config.DeskOrigin, s.admitAgent))
	return mux
}

func (s *Server) admitAgent(r *http.Request, id session.ID) (*session.Session, bool) {
	agent, ok := s.config.Identity.Agent(r)
	if !ok {
		return nil, false
	}
	return s.config.Registry.ForAgent(id, agent.ID)
}

// changing lets only the console's own script change things.
func (s *Server) changing(next http.HandlerFunc) http.HandlerFunc {
	return s.from(s.config.DeskOrigin, next)
}

// from wants what only a script of that origin can send.
func (s *Server) from(origin string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !originIs(r, origin) {
			s.refuse(w, http.StatusForbidden, RefusedOrigin)
			return
		}
		if r.Header.Get(consent.RequestHeader) != "1" {
			s.refuse(w, http.StatusForbidden, RefusedHeader)
			return
		}
		next(w, r)
	}
}

func (s *Server) signedIn(next func(http.ResponseWriter, *http.Request, identity.Agent)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		agent, ok := s.config.Identity.Agent(r)
		if !ok {
			s.refuse(w, http.StatusUnauthorized, RefusedSignIn)
			return
		}
		next(w, r, agent)
	}
}

func (s *Server) signIn(login identity.NameLogin) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Name string `json:"name"`
		}
		if status, refusal := s.readJSON(w, r, &body); refusal != "" {
			s.refuse(w, status, refusal)
			return
		}
		before, wasSignedIn := login.Agent(r)
		agent, err := login.SignIn(w, r, body.Name)
		switch {
		case errors.Is(err, identity.ErrName):
			s.refuse(w, http.StatusBadRequest, RefusedName)
		case errors.Is(err, identity.ErrCrowded):
			s.refuse(w, http.StatusServiceUnavailable, RefusedCrowded)
		case err != nil:
			s.refuse(w, http.StatusServiceUnavailable, RefusedUnavailable)
		default:
			if wasSignedIn {
				s.config.Registry.SignedOut(before.ID)
			}
			writeJSON(w, http.StatusOK, whoami{ID: agent.ID, Name: agent.Name})
		}
	}
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	agent, ok := s.config.Identity.Agent(r)
	s.config.Identity.SignOut(w, r)
	if ok {
		s.config.Registry.SignedOut(agent.ID)
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) offer(w http.ResponseWriter, _ *http.Request, agent identity.Agent) {
	offer, err := s.config.Registry.Offer(session.AgentRef{ID: agent.ID, Name: agent.Name})
	switch {
	case errors.Is(err, session.ErrFull):
		s.refuse(w, http.StatusServiceUnavailable, RefusedCrowded)
	case errors.Is(err, session.ErrDraining):
		s.refuse(w, http.StatusServiceUnavailable, RefusedDraining)
	case err != nil:
		s.refuse(w, http.StatusServiceUnavailable, RefusedUnavailable)
	default:
		writeJSON(w, http.StatusCreated, code{
			Session: string(offer.Session), Routing: offer.Routing.String(), Expires: offer.Expires.UnixMilli(),
			Policy: s.config.Consent.PolicyHash(),
		})
	}
}

func (s *Server) extend(w http.ResponseWriter, r *http.Request, agent identity.Agent) {
	id, _ := session.ParseID(r.PathValue("session"))
	expires, err := s.config.Registry.Extend(id, agent.ID)
	switch {
	case errors.Is(err, session.ErrLongest):
		s.refuse(w, http.StatusConflict, RefusedLongest)
	case err != nil:
		s.refuse(w, http.StatusNotFound, RefusedNoCode)
	default:
		writeJSON(w, http.StatusOK, extended{Expires: expires.UnixMilli()})
	}
}

func (s *Server) takeBack(w http.ResponseWriter, r *http.Request, agent identity.Agent) {
	id, _ := session.ParseID(r.PathValue("session"))
	if err := s.config.Registry.TakeBack(id, agent.ID); err != nil {
		s.refuse(w, http.StatusNotFound, RefusedNoCode)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// readJSON reads exactly one small JSON value without unknown fields. On a refusal it gives the status too.
func (s *Server) readJSON(w http.ResponseWriter, r *http.Request, v any) (int, Refusal) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return http.StatusUnsupportedMediaType, RefusedMediaType
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, s.config.Limits.BodyBytes))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge, RefusedTooLarge
	}
	if err != nil {
		return http.StatusBadRequest, RefusedBody
	}
	return 0, ""
}
