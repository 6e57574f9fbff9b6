package main

// insyn demo: the product and an invented agency in one process, on one port, with nothing kept anywhere.

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"insyn/cmd/internal/demo"
	"insyn/cmd/internal/lockdown"
	"insyn/consent"
	"insyn/session"
	"insyn/signaling"
	"insyn/signaling/identity"
	"insyn/web"
)

const (
	headerTime   = 5 * time.Second
	requestTime  = 30 * time.Second // guesses may be held back for a while
	idleTime     = 60 * time.Second
	headerBytes  = 16 << 10
	shutdownTime = 5 * time.Second
)

func runDemo(ctx context.Context, args []string, out io.Writer) error {
	flags := newFlags("demo", out)
	listen := flags.String("listen", "127.0.0.1:8080", "`address` to listen on; port 0 takes a free one")
	pages := flags.String("pages", "", "serve the static pages of this `folder` as agency pages, to try it on your own")
	report := flags.Bool("report", false, "with --pages: a page that lists, for each page of the folder, what would be sent")
	reported := flags.String("policy", "", "with --report: report under the policy in this `file`, its paths being those of the folder")
	earlier := flags.String("earlier", "", "serve the browser code of earlier builds too, from this `folder` (insyn version --assets --write fills it)")
	debug := flags.Bool("debug", false, "log changes of state and connections too (never content)")
	unconfined := unconfinedVar(flags)
	limits := limitFlags(flags)
	if err := parse(flags, args); err != nil {
		return err
	}
	if (*report && *pages == "") || (*reported != "" && !*report) {
		return errors.New("--report goes with --pages, and --policy with --report")
	}
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	listener, err := config.Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s, --listen takes another address: %w", *listen, err)
	}
	defer func() { _ = listener.Close() }() // closed already where serving began
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return err
	}
	level := zerolog.InfoLevel
	if *debug {
		level = zerolog.DebugLevel
	}
	log := zerolog.New(out).Level(level).With().Timestamp().Logger()
	builds, err := readEarlier(*earlier)
	if err != nil {
		return err
	}
	d, err := newDemo(port, folder{pages: *pages, report: *report, policy: *reported}, builds, limits, log)
	if err != nil {
		return err
	}
	defer func() { _ = d.agency.Close() }()
	var stays lockdown.Config
	if *pages != "" {
		stays.Folders = []string{*pages}
	}
	if err := d.confinement.enter(stays, *unconfined); err != nil {
		return err
	}
	if _, err := io.WriteString(out, d.greeting(*pages != "", *report)); err != nil {
		return err
	}
	return d.serve(ctx, listener)
}

// demoServer is everything behind the port, by host.
type demoServer struct {
	port    string
	origins demo.Origins
	desk    string // the console's origin

	confinement *confinement

	agency   *demo.Agency
	insyn    *signaling.Server
	scripts  []string                // the paths of mirror.js in all its pinned forms
	handlers map[string]http.Handler // by Host, port included
}

// deskOrigin is the console's.
func deskOrigin(port string) string { return "http://desk." + demo.Domain + ":" + port }

// readEarlier reads the folder of earlier builds once; what happens to it later changes nothing.
func readEarlier(folder string) (web.Earlier, error) {
	if folder == "" {
		return web.Earlier{}, nil
	}
	earlier, err := web.ReadEarlier(os.DirFS(folder))
	if err != nil {
		return web.Earlier{}, fmt.Errorf("--earlier %s: %w", folder, err)
	}
	return earlier, nil
}

// folder is somebody's own pages, and whether to report on them.
type folder struct {
	pages  string // empty: none
	report bool
	policy string // a file; empty: the demo's own policy
}

// reportOn is what reports on the folder under its policy; nil where nothing should.
func (f folder) reportOn(assets web.Assets, insyn string, own *consent.Policy) (*demo.Report, error) {
	if !f.report {
		return nil, nil
	}
	policy := own
	if f.policy != "" {
		raw, err := os.ReadFile(f.policy)
		if err != nil {
			return nil, fmt.Errorf("--policy: %w", err)
		}
		if policy, err = consent.ParsePolicy(raw); err != nil {
			return nil, fmt.Errorf("--policy %s: %w", f.policy, err)
		}
	}
	at := func(name string) string { return insyn + "/assets/" + assets[name].File }
	return &demo.Report{
		Script: at("report.js"), Style: at("report.css"), Probe: at("report-probe.js"),
		Policy: policy.Raw(), PolicyHash: policy.Hash(), Moved: f.policy != "",
	}, nil
}

func newDemo(port string, own folder, earlier web.Earlier, limits *limits, log zerolog.Logger) (*demoServer, error) {
	d := &demoServer{port: port, origins: demo.Local(port), desk: deskOrigin(port), confinement: newConfinement(log)}
	assets, err := web.LoadAssets()
	if err != nil {
		return nil, err
	}
	files, err := web.Demo()
	if err != nil {
		return nil, err
	}
	fonts, err := fs.Sub(files, "fonts")
	if err != nil {
		return nil, err
	}
	script, integrity := assets.Script()
	agency := demo.Config{
		Origins: d.origins, Script: d.origins.Insyn + script, Integrity: integrity, Assets: files, Fonts: fonts, PagesDir: own.pages,
	}
	raw, err := demo.Policy(agency)
	if err != nil {
		return nil, err
	}
	policy, err := consent.ParsePolicy(raw)
	if err != nil {
		return nil, err
	}
	agency.Policy = policy.Hash()
	if agency.Report, err = own.reportOn(assets, d.origins.Insyn, policy); err != nil {
		return nil, err
	}
	if d.agency, err = demo.New(agency); err != nil {
		if own.pages != "" {
			err = fmt.Errorf("--pages %s: %w", own.pages, err)
		}
		return nil, err
	}
	metrics := signaling.NewMetrics()
	if err := d.product(assets, earlier, policy, metrics, limits, log); err != nil {
		return nil, err
	}
	d.handlers[demo.HostWWW+":"+port] = d.agency.WWW
	d.handlers[demo.HostMy+":"+port] = d.agency.My
	d.handlers[demo.HostSocial+":"+port] = d.agency.Social
	d.handlers["127.0.0.1:"+port] = operatorsOnly(metrics, d.confinement)
	return d, nil
}

// product builds Insyn itself: its own origin and the desk's.
func (d *demoServer) product(
	assets web.Assets, earlier web.Earlier, policy *consent.Policy, metrics *signaling.Metrics, limits *limits, log zerolog.Logger,
) error {
	registry, err := session.NewRegistry(limits.session, rand.Reader, signaling.NewObserver(log, metrics))
	if err != nil {
		return err
	}
	statements, err := consent.LoadStatements()
	if err != nil {
		return err
	}
	tickets, err := consent.NewTickets(rand.Reader)
	if err != nil {
		return err
	}
	pace, err := consent.NewPace(limits.pace, rand.Reader)
	if err != nil {
		return err
	}
	handler, err := consent.NewHandler(consent.Config{
		Origin: d.origins.Insyn, Gate: registry, Tickets: tickets, Statements: statements, Policy: policy, Pace: pace,
		ClientAddress: clientAddress, Refused: metrics.ConsentRefused,
	})
	if err != nil {
		return err
	}
	login, err := identity.NewDevelopment(limits.signIn, rand.Reader)
	if err != nil {
		return err
	}
	d.insyn, err = signaling.New(signaling.Config{
		InsynOrigin: d.origins.Insyn, DeskOrigin: d.desk, Registry: registry, Consent: handler,
		Tickets: tickets, Identity: login, Limits: limits.signaling, Metrics: metrics, Log: log,
	})
	if err != nil {
		return err
	}
	bridge, err := assets.Bridge(policy.Origins(), webSocket(d.origins.Insyn), func(language string) any {
		return bridgeConfig(policy, statements, limits.session.Grace, language)
	})
	if err != nil {
		return err
	}
	console, err := assets.Console(webSocket(d.desk), map[string]any{
		"policyHash": policy.Hash(), "labels": policy.Labels(), "insynOrigin": d.origins.Insyn, "demo": true,
	})
	if err != nil {
		return err
	}
	view, err := assets.View()
	if err != nil {
		return err
	}
	d.scripts = assets.Scripts(earlier)
	d.handlers = map[string]http.Handler{
		demo.HostInsyn + ":" + d.port: insynHost(d.insyn.Applicant(), bridge,
			assets.Handler(webSocket(d.origins.Insyn), earlier), d.scripts),
		"desk." + demo.Domain + ":" + d.port: deskHost(d.insyn.Desk(), console, view,
			assets.Handler(webSocket(d.desk), earlier)),
	}
	return nil
}

func insynHost(dynamic, bridge, assets http.Handler, scripts []string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", dynamic)
	mux.Handle("GET /bridge", bridge)
	mux.Handle("GET /assets/", assets)
	mux.Handle("GET /mirror.js", assets)
	for _, script := range scripts {
		mux.Handle("GET "+script, assets)
	}
	return mux
}

func deskHost(dynamic, console, view, assets http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", dynamic)
	mux.Handle("GET /{$}", console)
	mux.Handle("GET /view", view)
	mux.Handle("GET /assets/", assets)
	return mux
}

// operatorsOnly serves /metrics and /selftest to this machine itself: a Host header can be forged, the address of a
// connection cannot.
func operatorsOnly(metrics http.Handler, confinement *confinement) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		metrics.ServeHTTP(w, r)
		_, _ = io.WriteString(w, confinement.metrics()) // fails only when the reader is gone
	})
	mux.Handle("POST /selftest", confinement)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if address, err := netip.ParseAddr(clientAddress(r)); err != nil || !address.Unmap().IsLoopback() {
			http.Error(w, "only from this machine", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// ServeHTTP routes by host: an unknown one is told so, and nothing of what it asked for is repeated.
func (d *demoServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, ok := d.handlers[r.Host]
	if !ok {
		http.Error(w, "no such host here; the start-up lines name those that are", http.StatusMisdirectedRequest)
		return
	}
	handler.ServeHTTP(w, r)
}

func (d *demoServer) serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: d, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	watching, done := context.WithCancel(ctx)
	defer done()
	go d.confinement.watch(watching)
	var lost error
	select {
	case err := <-failed:
		return err
	case lost = <-d.confinement.lost:
	case <-ctx.Done():
	}
	// Both sides are told why before the process goes; the context that ended us can't bound that.
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return errors.Join(lost, d.insyn.Shutdown(late), server.Shutdown(late))
}

func (d *demoServer) greeting(pages, report bool) string {
	text := fmt.Sprintf(`
Insyn demo, everything in memory, nothing kept. Open two windows side by side (a hidden tab is not shown to the agent), and
you are both people of the call:

  1. The agent:      %s/               sign in with any name, press "New code"
  2. The applicant:  %s/en/support      type the ten digits
`, d.desk, d.origins.WWW)
	if pages {
		text += fmt.Sprintf("  3. Your pages:     %s/pages/          in the applicant's tab, after the digits\n", d.origins.WWW)
	}
	if report {
		text += fmt.Sprintf("  4. The report:     %s/report/         what would be sent of each, to be signed off\n", d.origins.WWW)
	}
	text += "\nWhat is held and counted: http://127.0.0.1:" + d.port + "/metrics\n"
	if earlier := len(d.scripts) - 1; earlier > 0 {
		text += fmt.Sprintf("Earlier builds of the script that stay served: %d\n", earlier)
	}
	return text + "\nSealing: on, the server relays what it cannot read.\n" +
		d.confinement.greeting("http://127.0.0.1:"+d.port) + "\nCtrl-C ends it.\n\n"
}

// bridgeConfig is what the bridge document starts with: the policy, and the statement in the asked language. The policy is
// its very bytes as text, and neither has its hash beside it: the bridge hashes what it shows and hands to the mirror, and
// the agent's end hashes for itself.
func bridgeConfig(policy *consent.Policy, statements *consent.Statements, grace time.Duration, language string) any {
	statement := statements.For(language)
	return map[string]any{
		"policy": string(policy.Raw()), "domain": policy.Domain(), "graceSeconds": int(grace.Seconds()),
		"statement": map[string]any{
			"version": statement.Version, "language": statement.Language, "title": statement.Title, "points": statement.Points,
		},
	}
}

// webSocket is the WebSocket origin beside an http or https one.
func webSocket(origin string) string { return "ws" + strings.TrimPrefix(origin, "http") }

// clientAddress is that of the connection: nothing stands before the demo.
func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}
