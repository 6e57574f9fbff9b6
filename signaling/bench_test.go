package signaling

// Room: signaling. The test bench: the real HTTP server and real WebSockets, over net.Pipe so that time can be a test's.

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"insyn/consent"
	"insyn/session"
	"insyn/signaling/identity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	insynOrigin = "http://insyn.agency.localhost:8080"
	deskOrigin  = "http://desk.agency.localhost:8080"
	testPolicy  = `{"version":"t","domain":"agency.localhost","origins":["http://www.agency.localhost:8080"],"fetch":[],
		"pages":[{"id":"all","label":"All","path":"/**","text":"show"}],"rules":[]}`
)

// pipes is a listener whose connections are net.Pipes.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// world is a server with everything it needs, and a browser of each side.
type world struct {
	*testing.T
	server   *Server
	registry *session.Registry
	metrics  *Metrics
	log      *lockedBuffer
	client   *http.Client
	version  string
	agent    string // cookie header of the console
	ticket   string // cookie header of the bridge
	session  string
	routing  string
}

func newWorld(t *testing.T, change func(*session.Limits, *Limits)) *world {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w := &world{T: t, metrics: NewMetrics(), log: &lockedBuffer{}}
	log := zerolog.New(w.log)
	sessionLimits, limits := session.DefaultLimits(), DefaultLimits()
	if change != nil {
		change(&sessionLimits, &limits)
	}
	var err error
	w.registry, err = session.NewRegistry(sessionLimits, rand.Reader, NewObserver(log, w.metrics))
	must(err)
	policy, err := consent.ParsePolicy([]byte(testPolicy))
	must(err)
	statements, err := consent.LoadStatements()
	must(err)
	w.version = statements.For("sv").Version
	tickets, err := consent.NewTickets(rand.Reader)
	must(err)
	pace, err := consent.NewPace(consent.DefaultPaceLimits(), rand.Reader)
	must(err)
	form, err := consent.NewHandler(consent.Config{
		Origin: insynOrigin, Gate: w.registry, Tickets: tickets, Statements: statements, Policy: policy, Pace: pace,
		ClientAddress: func(*http.Request) string { return "192.0.2.7" }, Refused: w.metrics.ConsentRefused,
	})
	must(err)
	login, err := identity.NewDevelopment(identity.DefaultDevelopmentLimits(), rand.Reader)
	must(err)
	w.server, err = New(Config{
		InsynOrigin: insynOrigin, DeskOrigin: deskOrigin, Registry: w.registry, Consent: form,
		Tickets: tickets, Identity: login, Limits: limits, Metrics: w.metrics, Log: log,
	})
	must(err)
	w.listen()
	return w
}

func (w *world) listen() {
	listener := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	applicant, desk := w.server.Applicant(), w.server.Desk()
	httpServer := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "insyn.") {
			applicant.ServeHTTP(rw, r)
			return
		}
		desk.ServeHTTP(rw, r)
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = httpServer.Serve(listener)
	}()
	transport := &http.Transport{DialContext: listener.dial, DisableKeepAlives: true}
	w.client = &http.Client{Transport: transport}
	w.Cleanup(func() {
		// A test's context is over by now.
		if err := w.server.Shutdown(context.Background()); err != nil {
			w.Errorf("shutdown: %v", err)
		}
		_ = httpServer.Close()
		<-served
		transport.CloseIdleConnections()
	})
}

// do sends a request as a browser on an origin would, and decodes the answer into a map.
func (w *world) do(method, origin, path, cookie, body string) (int, map[string]any, *http.Response) {
	w.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, origin+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Insyn-Request", "1")
	if method != http.MethodGet {
		r.Header.Set("Origin", origin)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) (int, map[string]any, *http.Response) {
	w.Helper()
	response, err := w.client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	var answer map[string]any
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &answer)
	}
	return response.StatusCode, answer, response
}

func cookieOf(response *http.Response) string {
	for _, c := range response.Cookies() {
		return c.Name + "=" + c.Value
	}
	return ""
}

func (w *world) signIn(name string) {
	w.Helper()
	status, _, response := w.do(http.MethodPost, deskOrigin, "/api/sign-in", "", `{"name":"`+name+`"}`)
	if status != http.StatusOK {
		w.Fatalf("sign-in: %d", status)
	}
	w.agent = cookieOf(response)
}

func (w *world) offer() {
	w.Helper()
	status, answer, _ := w.do(http.MethodPost, deskOrigin, "/api/codes", w.agent, "")
	if status != http.StatusCreated {
		w.Fatalf("codes: %d %v", status, answer)
	}
	w.session, _ = answer["session"].(string)
	w.routing, _ = answer["routing"].(string)
}

func (w *world) consent(routing string) (int, map[string]any) {
	w.Helper()
	status, answer, response := w.do(http.MethodPost, insynOrigin, "/consent", w.ticket,
		`{"routing":"`+routing+`","statement":"`+w.version+`","language":"sv"}`)
	if status == http.StatusOK {
		w.ticket = cookieOf(response)
	}
	return status, answer
}

// call brings two people as far as an open line on both sides.
func (w *world) call() (applicant, agent *peer) {
	w.Helper()
	w.signIn("Åsa Öberg")
	w.offer()
	if status, answer := w.consent(w.routing); status != http.StatusOK || answer["agent"] != "Åsa Öberg" || answer["session"] != w.session ||
		answer["agent_id"] != w.agentID() {
		w.Fatalf("consent: %d %v", status, answer)
	}
	agent = w.dial(session.Agent, "1")
	return w.dial(session.Applicant, "1"), agent
}

// agentID is what the console is told about who signed in.
func (w *world) agentID() string {
	w.Helper()
	_, answer, _ := w.do(http.MethodGet, deskOrigin, "/api/whoami", w.agent, "")
	id, _ := answer["id"].(string)
	if id == "" {
		w.Fatalf("whoami: %v, want an id", answer)
	}
	return id
}

// live brings them as far as matching codes.
func (w *world) live() (applicant, agent *peer) {
	w.Helper()
	applicant, agent = w.call()
	w.match(applicant, agent, 1)
	return applicant, agent
}

// seated waits until both know that the other one is there: a line is open a little before its seat is taken.
func (w *world) seated(applicant, agent *peer, page uint16) {
	w.Helper()
	applicant.waitFor(func(s Status) bool { return s.Peer && s.Page == page })
	agent.waitFor(func(s Status) bool { return s.Peer && s.Page == page })
}

func (w *world) match(applicant, agent *peer, page uint16) {
	w.Helper()
	w.seated(applicant, agent, page)
	applicant.send(session.KindExchange, page, []byte("ya"))
	agent.want(session.KindExchange)
	agent.send(session.KindExchange, page, []byte("yb"))
	applicant.want(session.KindExchange)
	applicant.send(session.KindExchange, page, []byte("confirm"))
	agent.want(session.KindExchange)
	applicant.say(session.KindVerdict, 1)
	agent.say(session.KindVerdict, 1)
	applicant.waitFor(func(s Status) bool { return s.State == "live" })
	agent.waitFor(func(s Status) bool { return s.State == "live" })
}
