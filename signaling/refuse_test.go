package signaling

// Room: signaling. What is refused, before the upgrade and after it.

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"insyn/session"
)

func TestRefusedBeforeTheUpgrade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.call()
		good := "?session=" + w.session + "&page=1"
		for name, c := range map[string]struct {
			origin, host, query, subprotocol string
			status                           int
		}{
			"no origin":             {"", insynOrigin, good, Subprotocol, 403},
			"null":                  {"null", insynOrigin, good, Subprotocol, 403},
			"https instead of http": {"https://insyn.agency.localhost:8080", insynOrigin, good, Subprotocol, 403},
			"another port":          {"http://insyn.agency.localhost:8081", insynOrigin, good, Subprotocol, 403},
			"the agency's page":     {"http://www.agency.localhost:8080", insynOrigin, good, Subprotocol, 403},
			"the desk":              {deskOrigin, insynOrigin, good, Subprotocol, 403},
			"the bridge at desk":    {insynOrigin, deskOrigin, good, Subprotocol, 403},
			"no origin at desk":     {"", deskOrigin, good, Subprotocol, 403},
			"https at desk":         {"https://desk.agency.localhost:8080", deskOrigin, good, Subprotocol, 403},
			"capitals":              {"http://INSYN.agency.localhost:8080", insynOrigin, good, Subprotocol, 403},
			"another subprotocol":   {insynOrigin, insynOrigin, good, "insyn.v2", 400},
			"no query":              {insynOrigin, insynOrigin, "", Subprotocol, 400},
			"page 0":                {insynOrigin, insynOrigin, "?session=" + w.session + "&page=0", Subprotocol, 400},
			"page 65536":            {insynOrigin, insynOrigin, "?session=" + w.session + "&page=65536", Subprotocol, 400},
			"page 01":               {insynOrigin, insynOrigin, "?session=" + w.session + "&page=01", Subprotocol, 400},
			"page +1":               {insynOrigin, insynOrigin, "?session=" + w.session + "&page=%2B1", Subprotocol, 400},
			"two pages":             {insynOrigin, insynOrigin, good + "&page=1", Subprotocol, 400},
			"something more":        {insynOrigin, insynOrigin, good + "&x=1", Subprotocol, 400},
			"no session":            {insynOrigin, insynOrigin, "?session=x&page=1", Subprotocol, 400},
			"another spelling":      {insynOrigin, insynOrigin, "?session=" + w.session[:25] + "b&page=1", Subprotocol, 400},
		} {
			_, response, err := w.dialAs(c.origin, c.host, w.ticket, c.query, c.subprotocol)
			if err == nil || response == nil || response.StatusCode != c.status {
				t.Errorf("%s: %v, want status %d before the upgrade", name, err, c.status)
			}
		}
		if got := w.metrics.refused.counts["origin"].Load(); got != 10 {
			t.Errorf("%d counted for their origin, want 10", got)
		}
		if status, _, _ := w.do(http.MethodGet, insynOrigin, "/signal"+good, w.ticket, ""); status != http.StatusForbidden {
			t.Errorf("a plain GET: %d, want 403", status)
		}
	})
}

func TestNotAdmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.call()
		mine, myTicket, me := w.session, w.ticket, w.agent
		w.ticket = ""
		w.call() // another call, of another agent
		for name, c := range map[string]struct {
			seat                   session.Seat
			session, ticket, agent string
		}{
			"no ticket":           {session.Applicant, mine, "", ""},
			"another's ticket":    {session.Applicant, mine, w.ticket, ""},
			"nonsense ticket":     {session.Applicant, mine, "__Host-insyn-ticket=x", ""},
			"no such session":     {session.Applicant, "aaaaaaaaaaaaaaaaaaaaaaaaaa", myTicket, ""},
			"agent's cookie":      {session.Applicant, mine, me, ""},
			"not signed in":       {session.Agent, mine, "", ""},
			"another agent":       {session.Agent, mine, "", w.agent},
			"applicant at a desk": {session.Agent, mine, "", myTicket},
		} {
			t.Log(name)
			w.session, w.ticket, w.agent = c.session, c.ticket, c.agent
			w.dial(c.seat, "1").wantEnd(session.ReasonNotAdmitted)
		}
		w.session, w.ticket = mine, myTicket
		w.dial(session.Applicant, "1").waitFor(func(s Status) bool { return s.State == "joining" })
	})
}

func TestFaultsEndTheSession(t *testing.T) {
	header := func(kind session.Kind, lane session.Lane, counter uint64) []byte {
		return session.Header{Kind: kind, Lane: lane, Page: 1, Counter: counter}.Append(nil)
	}
	sized := func(kind session.Kind, lane session.Lane, counter uint64, payload int) []byte {
		return append(header(kind, lane, counter), make([]byte, payload)...)
	}
	for name, c := range map[string]struct {
		kind    websocket.MessageType
		message []byte
		want    session.Fault
	}{
		"a text message":       {websocket.MessageText, []byte("hello"), session.FaultText},
		"nothing":              {websocket.MessageBinary, nil, session.FaultShort},
		"half a header":        {websocket.MessageBinary, make([]byte, 15), session.FaultShort},
		"an unknown kind":      {websocket.MessageBinary, header(0x42, 0, 1), session.FaultKind},
		"kind 0":               {websocket.MessageBinary, make([]byte, 16), session.FaultKind},
		"a lane not of a kind": {websocket.MessageBinary, sized(session.KindDelta, session.LaneResource, 1, 80), session.FaultLane},
		"a counter repeated":   {websocket.MessageBinary, sized(session.KindDelta, session.LaneState, 7, 80), session.FaultCounter},
		"a pointer too long":   {websocket.MessageBinary, sized(session.KindPointer, session.LaneState, 8, 81), session.FaultSize},
		"a delta not sealed":   {websocket.MessageBinary, sized(session.KindDelta, session.LaneState, 8, 79), session.FaultSize},
		"a keyframe too long":  {websocket.MessageBinary, sized(session.KindKeyframe, session.LaneState, 8, 1<<20+17), session.FaultSize},
		"far too long":         {websocket.MessageBinary, sized(session.KindKeyframe, session.LaneState, 8, 3<<20), session.FaultSize},
		"an agent's kind":      {websocket.MessageBinary, sized(session.KindAck, session.LaneControl, 80, 80), session.FaultSeat},
		"a close of two bytes": {websocket.MessageBinary, append(session.Header{Kind: session.KindClose}.Append(nil), 0, 0), session.FaultSize},
		"a close of none":      {websocket.MessageBinary, session.Header{Kind: session.KindClose}.Append(nil), session.FaultSize},
		"a close that is none": {websocket.MessageBinary, append(session.Header{Kind: session.KindClose}.Append(nil), 5), session.FaultMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				applicant, agent := w.live()
				applicant.raw(websocket.MessageBinary, sized(session.KindDelta, session.LaneState, 7, 80))
				agent.want(session.KindDelta)
				go func() { // the line may be closed before the whole of it was written
					_ = applicant.ws.Write(t.Context(), c.kind, c.message)
				}()
				applicant.wantEnd(session.ReasonProtocol)
				agent.wantEnd(session.ReasonProtocol)
				if got := w.metrics.faults.counts[string(c.want)].Load(); got != 1 {
					t.Errorf("%d counted as %s, want 1:\n%s", got, c.want, w.log)
				}
			})
		})
	}
}

func TestAFastSenderIsReadSlower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(_ *session.Limits, l *Limits) { l.FramesPerSecond, l.FrameBurst = 10, 20 })
		applicant, agent := w.live()
		got := make(chan int)
		go func() {
			n := 0
			for ; n < 100; n++ {
				agent.want(session.KindPointer)
			}
			got <- n
		}()
		began := time.Now()
		for range 100 {
			applicant.send(session.KindPointer, 1, opaque(""))
		}
		<-got
		if took := time.Since(began); took < 7*time.Second || took > 9*time.Second {
			t.Errorf("100 frames at 10 a second after 20 at once took %v, want about 8 s", took)
		}
	})
}

func TestABucketOfBytes(t *testing.T) {
	b, now := bucket{perSecond: 1000, burst: 500}, time.Unix(1000, 0)
	for i, c := range []struct {
		n    int
		at   time.Duration
		want time.Duration
	}{{500, 0, 0}, {100, 0, 100 * time.Millisecond}, {0, 100 * time.Millisecond, 0}, {500, time.Hour, 0}, {1, time.Hour, time.Millisecond}} {
		if got := b.take(c.n, now.Add(c.at)); got.Round(time.Microsecond) != c.want {
			t.Errorf("step %d: %v, want %v", i, got, c.want)
		}
	}
}

func TestConnectionsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(_ *session.Limits, l *Limits) { l.Connections = 2 })
		w.call()
		_, response, err := w.dialAs(insynOrigin, insynOrigin, w.ticket, "?session="+w.session+"&page=1", Subprotocol)
		if err == nil || response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a third connection: %v, want 503", err)
		}
	})
}

// Any bytes at all: the server answers with a close and never falls.
func FuzzMessage(f *testing.F) {
	f.Add(append(session.Header{Kind: session.KindDelta, Lane: session.LaneState, Page: 1, Epoch: 1, Counter: 1}.Append(nil), opaque("")...), true)
	f.Add([]byte{0x82, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, true)
	f.Add([]byte("text"), false)
	f.Fuzz(func(t *testing.T, message []byte, binary bool) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, nil)
			applicant, agent := w.live()
			kind := websocket.MessageText
			if binary {
				kind = websocket.MessageBinary
			}
			_, fault := session.ParseHeader(message)
			_ = agent.ws.CloseNow()
			go func() {
				_ = applicant.ws.Write(t.Context(), kind, message)
				// An orderly end, where the message was not one already.
				_ = applicant.ws.Write(t.Context(), websocket.MessageBinary, append(session.Header{Kind: session.KindClose}.Append(nil), 0))
			}()
			for {
				if _, err := applicant.next(); err != nil {
					if got := websocket.CloseStatus(err); (fault != "" || !binary) && int(got) != session.ReasonProtocol.Code() {
						t.Errorf("closed with %v, want 4510", got)
					}
					return
				}
			}
		})
	})
}

// The browser's table of reasons is the server's.
func TestReasonsAreTheBrowsersToo(t *testing.T) {
	source, err := os.ReadFile("../web/src/wire/reason.ts")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\s+(4\d\d\d): '(\w+)',$`).FindAllSubmatch(source, -1)
	if len(found) != len(session.Reasons()) {
		t.Fatalf("the browser has %d reasons, the server %d", len(found), len(session.Reasons()))
	}
	for i, r := range session.Reasons() {
		if got, want := string(found[i][1])+" "+string(found[i][2]), strconv.Itoa(r.Code())+" "+string(r); got != want {
			t.Errorf("the browser has %s, the server %s", got, want)
		}
	}
}

// What an operator should look at is a warning; lines that break all day long are not even told.
func TestHowLoudAnEndIs(t *testing.T) {
	warn, quiet := []session.Reason{
		session.ReasonProtocol, session.ReasonNotAdmitted, session.ReasonTampered, session.ReasonPolicy,
	}, []session.Reason{session.ReasonGone, session.ReasonSilent, session.ReasonReplaced, session.ReasonSlow}
	for _, r := range session.Reasons() {
		want := zerolog.InfoLevel
		switch {
		case slices.Contains(warn, r):
			want = zerolog.WarnLevel
		case slices.Contains(quiet, r):
			want = zerolog.DebugLevel
		}
		if got := endingOf(r).level; got != want {
			t.Errorf("%s is told at %v, want %v", r, got, want)
		}
	}
}

// Real sockets once: routes, Origin and upgrade as net/http does them.
func TestOverTCP(t *testing.T) {
	w := newWorld(t, nil)
	w.call()
	host := httptest.NewServer(w.server.Applicant())
	defer host.Close()
	dial := func(origin string) (*websocket.Conn, *http.Response, error) {
		return websocket.Dial(t.Context(), host.URL+"/signal?session="+w.session+"&page=2", &websocket.DialOptions{
			HTTPHeader: http.Header{"Origin": {origin}, "Cookie": {w.ticket}}, Subprotocols: []string{Subprotocol},
		})
	}
	if _, response, err := dial(host.URL); err == nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("an Origin that is the Host and not ours: %v, want 403", err)
	}
	ws, response, err := dial(insynOrigin)
	if err != nil {
		t.Fatal(err)
	}
	if ws.Subprotocol() != Subprotocol || response.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Errorf("subprotocol %q, extensions %q, want insyn.v1 and none", ws.Subprotocol(), response.Header.Get("Sec-WebSocket-Extensions"))
	}
	p := &peer{world: w, ws: ws, seat: session.Applicant}
	p.waitFor(func(s Status) bool { return s.Page == 2 })
	_ = ws.CloseNow()
}

func TestStrangersTakeNobodysRoomAndAreGoneSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(_ *session.Limits, l *Limits) { l.Connections, l.Refusals = 2, 1 })
		w.live() // both places are taken
		nobody := "?session=" + strings.Repeat("a", 26) + "&page=1"
		stranger, _, err := w.dialAs(insynOrigin, insynOrigin, "", nobody, Subprotocol)
		if err != nil {
			t.Fatalf("the first stranger is to be told by a close code, got %v", err)
		}
		defer func() { _ = stranger.CloseNow() }()
		if _, answer, err := w.dialAs(insynOrigin, insynOrigin, "", nobody, Subprotocol); err == nil || answer.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("the second stranger got in")
		}
		// This one never reads, and so never answers the close.
		time.Sleep(DefaultLimits().Farewell + time.Millisecond)
		synctest.Wait()
		w.server.mu.Lock()
		defer w.server.mu.Unlock()
		if w.server.refused != 0 || w.server.open != 2 {
			t.Errorf("%d strangers of %d connections, want 0 of 2", w.server.refused, w.server.open)
		}
	})
}

func TestPingsArePacedLikeFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(_ *session.Limits, l *Limits) { l.FramesPerSecond, l.FrameBurst = 10, 1 })
		applicant, _ := w.live()
		ctx := applicant.ws.CloseRead(t.Context())
		start := time.Now()
		for range 20 {
			if err := applicant.ws.Ping(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < time.Second {
			t.Errorf("20 pings took %v, want the pace of 10 frames a second", took)
		}
	})
}
