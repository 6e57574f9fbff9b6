package ends

// Room: cmd. The test bench: a real server behind a real socket, with the documents that it is built with.

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"insyn/consent"
	"insyn/session"
	"insyn/signaling"
	"insyn/signaling/identity"
	"insyn/web"
)

const (
	insynOrigin = "http://insyn.agency.localhost:8080"
	deskOrigin  = "http://desk.agency.localhost:8080"
	policyFile  = `{"version":"t","domain":"agency.localhost","origins":["http://www.agency.localhost:8080"],"fetch":[],
		"pages":[{"id":"all","label":"All","path":"/**","text":"show"}],"rules":[]}`
	patience = time.Minute // of a busy machine
)

// record is a log that several goroutines write.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

type world struct {
	*testing.T
	ctx      context.Context
	server   *Server
	registry *session.Registry
	metrics  *signaling.Metrics
	log      *record
	policy   string // hash
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	w := &world{T: t, ctx: ctx, metrics: signaling.NewMetrics(), log: &record{}}
	log := zerolog.New(w.log).Level(zerolog.DebugLevel)
	registry, err := session.NewRegistry(session.DefaultLimits(), rand.Reader, signaling.NewObserver(log, w.metrics))
	w.must(err)
	w.registry = registry
	policy, err := consent.ParsePolicy([]byte(policyFile))
	w.must(err)
	w.policy = policy.Hash()
	statements, err := consent.LoadStatements()
	w.must(err)
	tickets, err := consent.NewTickets(rand.Reader)
	w.must(err)
	pace, err := consent.NewPace(consent.DefaultPaceLimits(), rand.Reader)
	w.must(err)
	handler, err := consent.NewHandler(consent.Config{
		Origin: insynOrigin, Gate: registry, Tickets: tickets, Statements: statements, Policy: policy, Pace: pace,
		ClientAddress: func(*http.Request) string { return "127.0.0.1" },
	})
	w.must(err)
	login, err := identity.NewDevelopment(identity.DefaultDevelopmentLimits(), rand.Reader)
	w.must(err)
	insyn, err := signaling.New(signaling.Config{
		InsynOrigin: insynOrigin, DeskOrigin: deskOrigin, Registry: registry, Consent: handler, Tickets: tickets,
		Identity: login, Limits: signaling.DefaultLimits(), Metrics: w.metrics, Log: log,
	})
	w.must(err)
	assets, err := web.LoadAssets()
	w.must(err)
	bridge, err := assets.Bridge(policy.Origins(), "ws://insyn.agency.localhost:8080", func(language string) any {
		return map[string]any{"policy": policyFile, "statement": statements.For(language)}
	})
	w.must(err)
	console, err := assets.Console("ws://desk.agency.localhost:8080", map[string]any{
		"policyHash": policy.Hash(), "insynOrigin": insynOrigin,
	})
	w.must(err)
	applicant, desk := http.NewServeMux(), http.NewServeMux()
	applicant.Handle("/", insyn.Applicant())
	applicant.Handle("GET /bridge", bridge)
	desk.Handle("/", insyn.Desk())
	desk.Handle("GET /{$}", console)
	listening := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if "http://"+r.Host == deskOrigin {
			desk.ServeHTTP(rw, r)
			return
		}
		applicant.ServeHTTP(rw, r)
	}))
	w.server = NewServer(insynOrigin, deskOrigin, listening.Listener.Addr().(*net.TCPAddr).String(), nil)
	t.Cleanup(func() {
		cancel()
		late, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		w.must(insyn.Shutdown(late))
		w.server.Close()
		listening.Close()
	})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}
