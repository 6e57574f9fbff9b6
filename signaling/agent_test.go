package signaling

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"insyn/consent"
	"insyn/session"
)

func TestTheConsolesDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.signIn("Bo Ek")
		if status, answer, _ := w.do(http.MethodGet, deskOrigin, "/api/whoami", w.agent, ""); status != 200 || answer["name"] != "Bo Ek" || answer["id"] == "" {
			t.Errorf("whoami: %d %v", status, answer)
		}
		w.offer()
		first := w.session
		if len(w.routing) != 5 || len(first) != 26 {
			t.Errorf("routing %q, session %q", w.routing, first)
		}
		path := "/api/codes/" + first
		status, answer, _ := w.do(http.MethodPost, deskOrigin, path+"/extend", w.agent, "")
		if want := float64(time.Now().Add(10 * time.Minute).UnixMilli()); status != 200 || answer["expires"] != want {
			t.Errorf("extend: %d %v, want %.0f", status, answer, want)
		}
		w.do(http.MethodPost, deskOrigin, path+"/extend", w.agent, "")
		w.do(http.MethodPost, deskOrigin, path+"/extend", w.agent, "")
		if status, answer, _ := w.do(http.MethodPost, deskOrigin, path+"/extend", w.agent, ""); status != 409 || answer["error"] != "longest" {
			t.Errorf("a fourth extension: %d %v", status, answer)
		}
		owner := w.agent
		w.signIn("Li Ek")
		for _, c := range [][2]string{{http.MethodDelete, path}, {http.MethodPost, path + "/extend"}} {
			if status, answer, _ := w.do(c[0], deskOrigin, c[1], w.agent, ""); status != 404 || answer["error"] != "no_code" {
				t.Errorf("%s by another agent: %d %v", c[0], status, answer)
			}
		}
		if status, _, _ := w.do(http.MethodDelete, deskOrigin, path, owner, ""); status != http.StatusNoContent {
			t.Errorf("taking back: %d, want 204", status)
		}
		if status, _ := w.consent(w.routing); status != http.StatusNotFound {
			t.Errorf("a code that was taken back: %d, want 404", status)
		}
	})
}

// The console compares it with the one that its document was served with: the two ends must agree on it.
func TestACodeComesWithThePolicyInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		policy, err := consent.ParsePolicy([]byte(testPolicy))
		if err != nil {
			t.Fatal(err)
		}
		w.signIn("Bo Ek")
		status, answer, _ := w.do(http.MethodPost, deskOrigin, "/api/codes", w.agent, "")
		if status != http.StatusCreated || answer["policy"] != policy.Hash() || len(answer) != 4 {
			t.Errorf("a code: %d %v, want session, routing, expires and the policy %s", status, answer, policy.Hash())
		}
	})
}

func TestTheConsolesApiRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.signIn("Bo Ek")
		name := `{"name":"Bo Ek"}`
		for title, c := range map[string]struct {
			method, path, cookie, body string
			change                     func(http.Header)
			status                     int
			want                       Refusal
		}{
			"no origin":     {"POST", "/api/codes", w.agent, "", func(h http.Header) { h.Del("Origin") }, 403, RefusedOrigin},
			"the bridge":    {"POST", "/api/codes", w.agent, "", func(h http.Header) { h.Set("Origin", insynOrigin) }, 403, RefusedOrigin},
			"https":         {"POST", "/api/sign-out", w.agent, "", func(h http.Header) { h.Set("Origin", "https://desk.agency.localhost:8080") }, 403, RefusedOrigin},
			"no header":     {"DELETE", "/api/codes/x", w.agent, "", func(h http.Header) { h.Del("Insyn-Request") }, 403, RefusedHeader},
			"not signed in": {"POST", "/api/codes", "", "", nil, 401, RefusedSignIn},
			"whoami":        {"GET", "/api/whoami", "", "", nil, 401, RefusedSignIn},
			"no such code":  {"DELETE", "/api/codes/x", w.agent, "", nil, 404, RefusedNoCode},
			"a form":        {"POST", "/api/sign-in", "", name, func(h http.Header) { h.Set("Content-Type", "text/plain") }, 415, RefusedMediaType},
			"a bad name":    {"POST", "/api/sign-in", "", `{"name":"<b>"}`, nil, 400, RefusedName},
			"not JSON":      {"POST", "/api/sign-in", "", "x", nil, 400, RefusedBody},
			"two values":    {"POST", "/api/sign-in", "", name + name, nil, 400, RefusedBody},
			"extra field":   {"POST", "/api/sign-in", "", `{"name":"Bo Ek","admin":true}`, nil, 400, RefusedBody},
			"too large":     {"POST", "/api/sign-in", "", `{"name":"` + strings.Repeat("a", 2000) + `"}`, nil, 413, RefusedTooLarge},
		} {
			r, err := http.NewRequestWithContext(context.Background(), c.method, deskOrigin+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = http.Header{"Origin": {deskOrigin}, "Insyn-Request": {"1"}, "Content-Type": {"application/json"}, "Cookie": {c.cookie}}
			if c.change != nil {
				c.change(r.Header)
			}
			status, answer, _ := w.send(r)
			if status != c.status || answer["error"] != string(c.want) || len(answer) != 1 {
				t.Errorf("%s: %d %v, want %d %s", title, status, answer, c.status, c.want)
			}
		}
		time.Sleep(time.Second) // net/http lingers half a second over a body that was too large
	})
}

func TestSigningInAnewEndsWhatWasBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		told := make(chan Ended, 1)
		go func() { told <- agent.wantEnd(session.ReasonSignedOut) }()
		status, _, _ := w.do(http.MethodPost, deskOrigin, "/api/sign-in", w.agent, `{"name":"Li Ek"}`)
		if status != http.StatusOK {
			t.Errorf("sign-in: %d", status)
		}
		applicant.wantEnd(session.ReasonSignedOut)
		<-told
	})
}

func TestAServerWantsEverythingItNeeds(t *testing.T) {
	good := newWorld(t, nil).server.config
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, lack := range map[string]func(*Config){
		"no Insyn origin": func(c *Config) { c.InsynOrigin = "" },
		"no desk origin":  func(c *Config) { c.DeskOrigin = "" },
		"one origin":      func(c *Config) { c.DeskOrigin = c.InsynOrigin },
		"no registry":     func(c *Config) { c.Registry = nil },
		"no consent":      func(c *Config) { c.Consent = nil },
		"no tickets":      func(c *Config) { c.Tickets = nil },
		"no identity":     func(c *Config) { c.Identity = nil },
		"no metrics":      func(c *Config) { c.Metrics = nil },
		"no limits":       func(c *Config) { c.Limits = Limits{} },
	} {
		config := good
		lack(&config)
		if _, err := New(config); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
