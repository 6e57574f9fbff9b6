package signaling

// Room: signaling. Stories, in the words of the design, over real WebSockets.

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"insyn/consent"
	"insyn/session"
)

func TestACallFromCodeToStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		keyframe := bytes.Repeat([]byte("sealed"), 170_000) // nearly a MiB: written and read in pieces
		applicant.send(session.KindKeyframe, 1, keyframe)
		if got := agent.want(session.KindKeyframe); !bytes.Equal(got, keyframe) {
			t.Errorf("the keyframe came with %d bytes, not as it was sent", len(got))
		}
		agent.send(session.KindAck, 1, opaque("ack"))
		if got := applicant.want(session.KindAck); !bytes.Equal(got, opaque("ack")) {
			t.Errorf("ack = %q, want it as it was sent", got)
		}
		applicant.say(session.KindClose, 0)
		for _, p := range []*peer{applicant, agent} {
			ended := p.wantEnd(session.ReasonStopped)
			if r := ended.Receipt; r == nil || r.Session != w.session || r.Reason != "stopped" || r.Statement.Language != "sv" || r.Consented == 0 {
				t.Errorf("the %v's receipt is %+v", p.seat, ended.Receipt)
			}
		}
		if got := w.registry.Count(); got != 0 {
			t.Errorf("%d sessions left, want 0", got)
		}
	})
}

func TestStatusTellsWhatASeatNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.signIn("Åsa Öberg")
		w.offer()
		agent := w.dial(session.Agent, "1")
		s := agent.waitFor(func(Status) bool { return true })
		if s.State != "offered" || s.Seat != "agent" || s.Session != w.session || s.Peer || s.Page != 0 || s.Statement != nil ||
			s.Expires != time.Now().Add(5*time.Minute).UnixMilli() || s.Ends != 0 || s.Grace != 0 || s.AgentID != w.agentID() || s.Routing != "" {
			t.Errorf("offered: %+v", s)
		}
		w.consent(w.routing)
		s = agent.waitFor(func(s Status) bool { return s.State == "joining" })
		if s.Expires != 0 || s.Ends != time.Now().Add(90*time.Minute).UnixMilli() || s.Statement.Language != "sv" || len(s.Policy) != 64 ||
			s.AgentID != w.agentID() || s.Routing != w.routing {
			t.Errorf("joining: %+v", s)
		}
		applicant := w.dial(session.Applicant, "1")
		w.match(applicant, agent, 1)
		_ = applicant.ws.CloseNow()
		s = agent.waitFor(func(s Status) bool { return s.State == "away" })
		if s.Peer || s.Grace != time.Now().Add(5*time.Minute).UnixMilli() || s.Receipt == nil {
			t.Errorf("away: %+v", s)
		}
	})
}

func TestTheViewerFreezesAndTheApplicantDoesNotNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		// The agent's end does not read at all any more. Nothing is buffered by a pipe, so the server feels it at once.
		payload := make([]byte, 200<<10)
		began := time.Now()
		go func() {
			for {
				if _, err := applicant.next(); err != nil {
					return
				}
			}
		}()
		for range 40 {
			applicant.send(session.KindDelta, 1, payload)
			time.Sleep(200 * time.Millisecond)
		}
		if took := time.Since(began); took > 9*time.Second {
			t.Errorf("sending took %v, want the 8 s that the pauses take", took)
		}
		if held := w.metrics.held.Load(); held > 2<<20 {
			t.Errorf("%d bytes held for a viewer that does not read, want less than 2 MiB", held)
		}
		if got := w.metrics.overflows.Load(); got == 0 {
			t.Error("no outbox was cleared")
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := w.metrics.detached.counts["slow"].Load(); got != 1 {
			t.Errorf("%d connections ended as slow, want the viewer's", got)
		}
		// It wakes up, comes back, and gets what is new instead of what is old.
		_ = agent.ws.CloseNow()
		agent = w.dial(session.Agent, "1")
		agent.waitFor(func(s Status) bool { return s.State == "live" })
		applicant.send(session.KindKeyframe, 1, opaque("now"))
		if got := agent.want(session.KindKeyframe); !bytes.Equal(got, opaque("now")) {
			t.Errorf("after waking: %q, want the present", got)
		}
		_ = applicant.ws.CloseNow()
	})
}

func TestAWrongAUsedAndAnExpiredCodeGetOneAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.call()
		used := w.routing
		w.ticket = ""
		w.offer()
		expired := w.routing
		time.Sleep(session.DefaultLimits().Code)
		wrong := "00000"
		for wrong == used || wrong == expired {
			wrong = "0000" + string(wrong[4]+1)
		}
		for name, routing := range map[string]string{"wrong": wrong, "used": used, "expired": expired} {
			began := time.Now()
			status, answer := w.consent(routing)
			if took := time.Since(began); status != 404 || answer["error"] != "unknown_code" || len(answer) != 1 || took != consent.DefaultFloor {
				t.Errorf("%s: %d %v after %v, want one and the same answer after %v", name, status, answer, took, consent.DefaultFloor)
			}
		}
	})
}

func TestASecondPersonTypesTheSameCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.call()
		first := w.ticket
		w.ticket = ""
		began := time.Now()
		usedStatus, used := w.consent(w.routing)
		usedTook := time.Since(began)
		began = time.Now()
		wrong := "00000"
		if w.routing == wrong {
			wrong = "00001"
		}
		wrongStatus, missed := w.consent(wrong)
		wrongTook := time.Since(began)
		if usedStatus != 404 || wrongStatus != 404 || used["error"] != "unknown_code" || missed["error"] != "unknown_code" || len(used) != 1 ||
			usedTook != wrongTook {
			t.Errorf("used: %d %v %v, wrong: %d %v %v, want one and the same", usedStatus, used, usedTook, wrongStatus, missed, wrongTook)
		}
		// Without the ticket the session's name opens nothing.
		w.dial(session.Applicant, "1").wantEnd(session.ReasonNotAdmitted)
		w.ticket = first
		w.dial(session.Applicant, "1").waitFor(func(s Status) bool { return s.State == "joining" })
	})
}

func TestTheApplicantStopsInTheMiddleOfAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		writer, err := applicant.ws.Writer(context.Background(), websocket.MessageBinary)
		if err != nil {
			t.Fatal(err)
		}
		half := append(session.Header{Kind: session.KindKeyframe, Lane: session.LaneState, Page: 1, Epoch: 1, Counter: 1}.Append(nil),
			make([]byte, 300_000)...)
		if _, err := writer.Write(half); err != nil {
			t.Fatal(err)
		}
		_ = applicant.ws.CloseNow()
		agent.waitFor(func(s Status) bool { return s.State == "away" && !s.Peer }) // half a frame is no fault, and nobody sees it
		applicant = w.dial(session.Applicant, "1")
		applicant.waitFor(func(s Status) bool { return s.State == "live" })
		if got := w.metrics.frames.counts["keyframe"].Load(); got != 0 {
			t.Errorf("%d keyframes were relayed, want 0", got)
		}
	})
}

func TestTheConsoleIsReloaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		agent.say(session.KindClose, 1)
		applicant.wantEnd(session.ReasonConsoleClosed)
		agent.wantEnd(session.ReasonConsoleClosed)
		w.dial(session.Agent, "1").wantEnd(session.ReasonNotAdmitted)
		w.dial(session.Agent, "2").wantEnd(session.ReasonNotAdmitted)
	})
}

func TestAConsoleThatGoesWithoutAWordEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		go func() { _ = agent.ws.Close(websocket.StatusGoingAway, "") }() // as browsers do
		applicant.wantEnd(session.ReasonConsoleClosed)
	})
}

func TestAPageThatGoesWithoutAWordMayComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		go func() { _ = applicant.ws.Close(websocket.StatusGoingAway, "") }()
		agent.waitFor(func(s Status) bool { return s.State == "away" })
		w.dial(session.Applicant, "1").waitFor(func(s Status) bool { return s.State == "live" })
	})
}

func TestASocketCutOnALivingPageComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		applicant.send(session.KindKeyframe, 1, opaque("k"))
		agent.want(session.KindKeyframe)
		_ = applicant.ws.CloseNow()
		agent.waitFor(func(s Status) bool { return s.State == "away" })
		again := w.dial(session.Applicant, "1")
		again.counters = applicant.counters // a living page keeps its counters
		again.waitFor(func(s Status) bool { return s.State == "live" && s.Receipt != nil })
		agent.waitFor(func(s Status) bool { return s.State == "live" })
		again.send(session.KindDelta, 1, opaque("d"))
		agent.want(session.KindDelta)
		agent.send(session.KindAck, 1, opaque(""))
		again.want(session.KindAck)
		if again.resyncs != 1 {
			t.Errorf("asked to resync %d times, want once", again.resyncs)
		}
	})
}

func TestANewPageExchangesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		_ = applicant.ws.CloseNow()
		applicant = w.dial(session.Applicant, "2")
		applicant.waitFor(func(s Status) bool { return s.State == "away" && s.Page == 2 })
		applicant.send(session.KindDelta, 2, opaque("too early"))
		agent.waitFor(func(s Status) bool { return s.Peer && s.Page == 2 })
		applicant.send(session.KindExchange, 2, []byte("ya"))
		agent.want(session.KindExchange) // and no delta before it
		agent.send(session.KindExchange, 2, []byte("yb"))
		applicant.want(session.KindExchange)
		applicant.say(session.KindVerdict, 1)
		agent.say(session.KindVerdict, 1)
		applicant.waitFor(func(s Status) bool { return s.State == "live" })
		w.dial(session.Applicant, "1").wantEnd(session.ReasonNotAdmitted)
	})
}

func TestANewerConnectionTakesTheSeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		newer := w.dial(session.Agent, "1")
		newer.waitFor(func(s Status) bool { return s.State == "live" })
		agent.wantEnd(session.ReasonReplaced)
		applicant.send(session.KindKeyframe, 1, opaque("k"))
		newer.want(session.KindKeyframe)
	})
}

func TestSilenceEndsTheConnectionAndNotTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		agent.mute = true
		go func() {
			for { // answers beats
				if _, err := applicant.next(); err != nil {
					return
				}
			}
		}()
		began := time.Now()
		agent.wantEnd(session.ReasonSilent)
		if took := time.Since(began); took < 24*time.Second || took > 26*time.Second {
			t.Errorf("silent after %v, want 25 s", took)
		}
		if got := w.registry.Count(); got != 1 {
			t.Errorf("%d sessions, want 1", got)
		}
		time.Sleep(time.Minute)
		if got := w.metrics.connections.Load(); got != 1 {
			t.Errorf("%d connections, want the applicant's, which answers beats", got)
		}
		_ = applicant.ws.CloseNow()
	})
}

func TestSigningOutEndsTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		// The console still reads while it signs out.
		told := make(chan Ended, 1)
		go func() { told <- agent.wantEnd(session.ReasonSignedOut) }()
		if status, _, _ := w.do(http.MethodPost, deskOrigin, "/api/sign-out", w.agent, ""); status != http.StatusNoContent {
			t.Errorf("sign-out: %d", status)
		}
		applicant.wantEnd(session.ReasonSignedOut)
		<-told
		if status, _, _ := w.do(http.MethodGet, deskOrigin, "/api/whoami", w.agent, ""); status != http.StatusUnauthorized {
			t.Errorf("whoami after signing out: %d, want 401", status)
		}
	})
}

func TestShutdownTellsBothSides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		w.registry.Shutdown()
		applicant.wantEnd(session.ReasonShutdown)
		agent.wantEnd(session.ReasonShutdown)
		if status, answer, _ := w.do(http.MethodPost, deskOrigin, "/api/codes", w.agent, ""); status != 503 || answer["error"] != "draining" {
			t.Errorf("a code while shutting down: %d %v", status, answer)
		}
	})
}

// A canary in everything that people and pages bring along appears in no log line and no metric.
func TestNoContentInLogsAndMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		applicant.send(session.KindKeyframe, 1, opaque("canary-payload"))
		agent.want(session.KindKeyframe)
		w.ticket = "canary-cookie=1"
		w.dial(session.Applicant, "1").wantEnd(session.ReasonNotAdmitted)
		w.do(http.MethodPost, insynOrigin, "/consent?canary-query", "", `{"canary-field":1}`)
		w.do(http.MethodPost, deskOrigin, "/api/sign-in", "", `{"name":"canary 9"}`)
		_, _, _ = w.dialAs("http://canary-origin", insynOrigin, "", "?session=canary", Subprotocol)
		applicant.raw(websocket.MessageText, []byte("canary-text"))
		applicant.wantEnd(session.ReasonProtocol)
		agent.wantEnd(session.ReasonProtocol)
		var page recorder
		w.metrics.ServeHTTP(&page, nil)
		for where, text := range map[string]string{"log": w.log.String(), "metrics": page.String()} {
			for _, canary := range []string{"canary", "Öberg", `192\.0\.2\.7`, `\b` + w.routing + `\b`, "agency\\.localhost"} {
				if regexp.MustCompile(canary).MatchString(text) {
					t.Errorf("the %s holds %q", where, canary)
				}
			}
		}
		for _, want := range []string{`"reason":"protocol"`, `"fault":"text"`, `"message":"consent"`} {
			if !strings.Contains(w.log.String(), want) {
				t.Errorf("the log has no line with %s:\n%s", want, w.log)
			}
		}
		for _, want := range []string{
			`insyn_frames_relayed_total{kind="keyframe"} 1`, `insyn_faults_total{fault="text"} 1`, "insyn_sessions_open 0", "insyn_connections 0",
			"insyn_bytes_held 0", `insyn_sessions_closed_total{reason="protocol"} 1`, `insyn_consent_refused_total{cause="body"} 1`,
			`insyn_requests_refused_total{cause="name"} 1`, `insyn_requests_refused_total{cause="origin"} 1`, "insyn_consents_total 1",
		} {
			if !strings.Contains(page.String(), want+"\n") {
				t.Errorf("the metrics have no line %s:\n%s", want, page.String())
			}
		}
	})
}

type recorder struct{ bytes.Buffer }

func (*recorder) Header() http.Header { return http.Header{} }
func (*recorder) WriteHeader(int)     {}
