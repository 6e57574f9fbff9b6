package identity

// Room: identity. The development login: a name on trust, a random id in a cookie, everything else in memory.

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/securecookie"
)

// AgentCookie is the name of the cookie.
const AgentCookie = "__Host-insyn-agent"

// DevelopmentLimits are the limits of the development login.
type DevelopmentLimits struct {
	SignIns int           // at once
	Life    time.Duration // of one
}

// DefaultDevelopmentLimits are enough for a demo and a working day.
func DefaultDevelopmentLimits() DevelopmentLimits {
	return DevelopmentLimits{SignIns: 1_000, Life: 12 * time.Hour}
}

type signIn struct {
	agent Agent
	until time.Time
}

// Development is a NameLogin. A cookie that was signed out is worthless at once, because what it points to is gone.
type Development struct {
	// Static after construction.
	limits DevelopmentLimits
	random io.Reader
	codec  *securecookie.SecureCookie

	mu      sync.Mutex // guards signIns
	signIns map[string]signIn
}

// NewDevelopment draws fresh cookie keys from random, which must be cryptographic and safe for concurrent use.
func NewDevelopment(limits DevelopmentLimits, random io.Reader) (*Development, error) {
	keys := make([]byte, 64+32)
	if _, err := io.ReadFull(random, keys); err != nil {
		return nil, fmt.Errorf("agent cookie keys: %w", err)
	}
	codec := securecookie.New(keys[:64], keys[64:])
	codec.SetSerializer(securecookie.NopEncoder{})
	codec.MaxAge(int(limits.Life / time.Second))
	return &Development{limits: limits, random: random, codec: codec, signIns: map[string]signIn{}}, nil
}

// SignIn implements NameLogin. Who was signed in on the request before is signed out.
func (d *Development) SignIn(w http.ResponseWriter, r *http.Request, name string) (Agent, error) {
	if !CheckName(name) {
		return Agent{}, ErrName
	}
	var raw [16]byte
	if _, err := io.ReadFull(d.random, raw[:]); err != nil {
		return Agent{}, fmt.Errorf("sign-in: %w", err)
	}
	id := hex.EncodeToString(raw[:])
	value, err := d.codec.Encode(AgentCookie, []byte(id))
	if err != nil {
		return Agent{}, fmt.Errorf("sign-in: %w", err)
	}
	before, _ := d.id(r)
	agent := Agent{ID: id, Name: name}
	if !d.insert(agent, before, time.Now()) {
		return Agent{}, ErrCrowded
	}
	http.SetCookie(w, agentCookie(value, 0))
	return agent, nil
}

func (d *Development) insert(agent Agent, before string, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.signIns, before)
	if len(d.signIns) >= d.limits.SignIns {
		for id, s := range d.signIns {
			if !now.Before(s.until) {
				delete(d.signIns, id)
			}
		}
	}
	if len(d.signIns) >= d.limits.SignIns {
		return false
	}
	d.signIns[agent.ID] = signIn{agent: agent, until: now.Add(d.limits.Life)}
	return true
}

// Agent implements Identity.
func (d *Development) Agent(r *http.Request) (Agent, bool) {
	id, ok := d.id(r)
	if !ok {
		return Agent{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.signIns[id]
	if !ok || !time.Now().Before(s.until) {
		delete(d.signIns, id)
		return Agent{}, false
	}
	return s.agent, true
}

// SignOut implements Identity.
func (d *Development) SignOut(w http.ResponseWriter, r *http.Request) {
	if id, ok := d.id(r); ok {
		d.mu.Lock()
		delete(d.signIns, id)
		d.mu.Unlock()
	}
	http.SetCookie(w, agentCookie("", -1))
}

func (d *Development) id(r *http.Request) (string, bool) {
	cookies := r.CookiesNamed(AgentCookie)
	if len(cookies) != 1 {
		return "", false
	}
	var raw []byte
	if err := d.codec.Decode(AgentCookie, cookies[0].Value, &raw); err != nil {
		return "", false
	}
	return string(raw), true
}

func agentCookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: AgentCookie, Value: value, Path: "/", MaxAge: maxAge,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}
