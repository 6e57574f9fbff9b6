package signaling

// Room: signaling. The applicant's door, where a page has nothing but its ticket, and the ends that a page may tell of.

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"insyn/session"
)

// trail asks POST /session with the ticket.
func (w *world) trail() (int, map[string]any) {
	w.Helper()
	status, answer, response := w.do(http.MethodPost, insynOrigin, "/session", w.ticket, "")
	if got := response.Header.Get("Cache-Control"); got != "no-store" {
		w.Errorf("Cache-Control is %q, want no-store", got)
	}
	if len(response.Cookies()) != 0 {
		w.Error("asking for the way back set a cookie")
	}
	return status, answer
}

func (w *world) wantTrail(page int, away bool) {
	w.Helper()
	status, answer := w.trail()
	if status != http.StatusOK || answer["session"] != w.session || answer["page"] != float64(page) || answer["away"] != away ||
		answer["agent"] != "Åsa Öberg" || len(answer) != 4 {
		w.Errorf("the way back: %d %v, want page %d, away %v", status, answer, page, away)
	}
}

func TestABrowserThatKeptNothingFindsBackByItsTicket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.signIn("Åsa Öberg")
		w.offer()
		w.consent(w.routing)
		w.wantTrail(0, true) // the form was sent, and its page not heard of yet
		agent := w.dial(session.Agent, "1")
		applicant := w.dial(session.Applicant, "1")
		w.match(applicant, agent, 1)
		w.wantTrail(1, false)
		_ = applicant.ws.CloseNow()
		agent.waitFor(func(s Status) bool { return s.State == "away" })
		w.wantTrail(1, true)
		applicant = w.dial(session.Applicant, "2")
		applicant.waitFor(func(s Status) bool { return s.Page == 2 })
		w.wantTrail(2, false)
		applicant.say(session.KindClose, 0)
		applicant.wantEnd(session.ReasonStopped)
		if status, answer := w.trail(); status != http.StatusNotFound || answer["error"] != "no_session" || len(answer) != 1 {
			t.Errorf("after the end: %d %v, want 404 no_session", status, answer)
		}
		agent.wantEnd(session.ReasonStopped)
	})
}

func TestTheWayBackIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, other := newWorld(t, nil), newWorld(t, nil)
		w.call()
		other.call()
		for name, c := range map[string]struct {
			method, cookie string
			change         func(http.Header)
			status         int
			want           Refusal
		}{
			"no ticket":         {"POST", "", nil, 404, RefusedNoSession},
			"another server's":  {"POST", other.ticket, nil, 404, RefusedNoSession},
			"nonsense":          {"POST", "__Host-insyn-ticket=x", nil, 404, RefusedNoSession},
			"two tickets":       {"POST", w.ticket + "; " + w.ticket, nil, 404, RefusedNoSession},
			"an agent's cookie": {"POST", w.agent, nil, 404, RefusedNoSession},
			"no origin":         {"POST", w.ticket, func(h http.Header) { h.Del("Origin") }, 403, RefusedOrigin},
			"null":              {"POST", w.ticket, func(h http.Header) { h.Set("Origin", "null") }, 403, RefusedOrigin},
			"the agency's page": {"POST", w.ticket, func(h http.Header) { h.Set("Origin", "http://www.agency.localhost:8080") }, 403, RefusedOrigin},
			"the desk":          {"POST", w.ticket, func(h http.Header) { h.Set("Origin", deskOrigin) }, 403, RefusedOrigin},
			"https":             {"POST", w.ticket, func(h http.Header) { h.Set("Origin", strings.Replace(insynOrigin, "http", "https", 1)) }, 403, RefusedOrigin},
			"no header":         {"POST", w.ticket, func(h http.Header) { h.Del("Insyn-Request") }, 403, RefusedHeader},
			"another header":    {"POST", w.ticket, func(h http.Header) { h.Set("Insyn-Request", "2") }, 403, RefusedHeader},
			"a GET":             {"GET", w.ticket, nil, 405, ""},
			"a PUT":             {"PUT", w.ticket, nil, 405, ""},
		} {
			before := w.refusals(c.want)
			r, err := http.NewRequestWithContext(context.Background(), c.method, insynOrigin+"/session", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header = http.Header{"Origin": {insynOrigin}, "Insyn-Request": {"1"}, "Cookie": {c.cookie}}
			if c.change != nil {
				c.change(r.Header)
			}
			status, answer, _ := w.send(r)
			if status != c.status || (c.want != "" && (answer["error"] != string(c.want) || len(answer) != 1)) {
				t.Errorf("%s: %d %v, want %d %s", name, status, answer, c.status, c.want)
			}
			if got := w.refusals(c.want) - before; c.want != "" && got != 1 {
				t.Errorf("%s: counted %d times, want once", name, got)
			}
		}
		if status, _, _ := w.do(http.MethodPost, deskOrigin, "/session", w.ticket, ""); status != http.StatusNotFound {
			t.Errorf("at the desk: %d, want 404", status)
		}
	})
}

func (w *world) refusals(refusal Refusal) int64 {
	if count := w.metrics.refused.counts[string(refusal)]; count != nil {
		return count.Load()
	}
	return 0
}

// wantWarned wants the session's end in the log, at a level that somebody looks at.
func (w *world) wantWarned(reason string) {
	w.Helper()
	if want := `{"level":"warn","session":"` + w.session + `","reason":"` + reason + `"`; !strings.Contains(w.log.String(), want) {
		w.Errorf("the log has no line with %s:\n%s", want, w.log)
	}
}

func TestEitherEndMayFindThatTheRelayTampered(t *testing.T) {
	for _, finder := range []session.Seat{session.Applicant, session.Agent} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, nil)
			applicant, agent := w.live()
			map[session.Seat]*peer{session.Applicant: applicant, session.Agent: agent}[finder].say(session.KindClose, 2)
			for _, p := range []*peer{applicant, agent} {
				if ended := p.wantEnd(session.ReasonTampered); ended.Receipt == nil || ended.Receipt.Reason != "tampered" {
					t.Errorf("found by the %v, the %v's receipt is %+v", finder, p.seat, ended.Receipt)
				}
			}
			w.wantWarned("tampered")
		})
	}
}

// The page was pinned to another policy than the server serves: one to be put right, so the log is loud about it.
func TestThePagePinsAnotherPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.call()
		w.seated(applicant, agent, 1)
		applicant.say(session.KindClose, 3)
		applicant.wantEnd(session.ReasonPolicy)
		if ended := agent.wantEnd(session.ReasonPolicy); ended.Receipt != nil {
			t.Errorf("a receipt of what was never shown: %+v", ended.Receipt)
		}
		w.wantWarned("policy")
	})
}

func TestAnEndThatCannotGoOnEndsBoth(t *testing.T) {
	for _, broken := range []session.Seat{session.Applicant, session.Agent} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, nil)
			applicant, agent := w.live()
			map[session.Seat]*peer{session.Applicant: applicant, session.Agent: agent}[broken].say(session.KindClose, 4)
			for _, p := range []*peer{applicant, agent} {
				if ended := p.wantEnd(session.ReasonProtocol); ended.Receipt == nil {
					t.Errorf("said by the %v, the %v has no receipt", broken, p.seat)
				}
			}
			if strings.Contains(w.log.String(), `"fault"`) {
				t.Errorf("an honest end is called at fault:\n%s", w.log)
			}
		})
	}
}

func TestAGuesserReadsTheAnswerAndLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.call()
		w.seated(applicant, agent, 1)
		applicant.send(session.KindExchange, 1, []byte("ya"))
		agent.want(session.KindExchange)
		agent.send(session.KindExchange, 1, []byte("yb"))
		applicant.want(session.KindExchange)
		applicant.say(session.KindClose, 1)
		applicant.wantEnd(session.ReasonNotJoined)
		agent.wantEnd(session.ReasonNotJoined)
		var page recorder
		w.metrics.ServeHTTP(&page, nil)
		if want := `insyn_codes_total{event="burned"} 1` + "\n"; !strings.Contains(page.String(), want) {
			t.Errorf("the metrics have no line %s:\n%s", want, page.String())
		}
	})
}

func TestThePageIsLeftBeforeTheCodesMatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.call()
		w.seated(applicant, agent, 1)
		applicant.say(session.KindClose, 1)
		applicant.wantEnd(session.ReasonNotJoined)
		if ended := agent.wantEnd(session.ReasonNotJoined); ended.Receipt != nil {
			t.Errorf("a receipt of a consent that never counted: %+v", ended.Receipt)
		}
	})
}
