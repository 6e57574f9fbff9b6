package consent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gate has one code, 47291, and remembers what it was asked.
type gate struct {
	mu    sync.Mutex
	asked []Redemption
	taken bool
	live  map[TicketID]string
}

func (g *gate) Redeem(r Redemption) (Admission, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, r)
	if r.Routing != "47291" || g.taken {
		return Admission{}, false
	}
	g.taken = true
	return Admission{Session: "abcdefghijklmnopqrstuvwxya", Agent: "Åsa", AgentID: "a1", JoinBy: time.UnixMilli(77)}, true
}

func (g *gate) Session(ticket TicketID) (string, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	session, ok := g.live[ticket]
	return session, ok
}

func (g *gate) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.asked)
}

const insynOrigin = "http://insyn.agency.localhost:8080"

type formBench struct {
	*testing.T
	gate    *gate
	handler *Handler
	tickets *Tickets
	refused []Refusal
	version string
}

func newFormBench(t *testing.T) *formBench {
	t.Helper()
	b := &formBench{T: t, gate: &gate{}}
	var mu sync.Mutex
	statements, err := LoadStatements()
	if err != nil {
		t.Fatal(err)
	}
	b.version = statements.For("en").Version
	policy, err := ParsePolicy([]byte(goodPolicy))
	if err != nil {
		t.Fatal(err)
	}
	b.tickets, err = NewTickets(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b.handler, err = NewHandler(Config{
		Origin: insynOrigin, Gate: b.gate, Tickets: b.tickets, Statements: statements, Policy: policy, Pace: newPace(t, nil),
		ClientAddress: func(*http.Request) string { return "192.0.2.7" },
		Refused: func(r Refusal) {
			mu.Lock()
			defer mu.Unlock()
			b.refused = append(b.refused, r)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *formBench) request(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/consent", strings.NewReader(body))
	r.Header.Set("Origin", insynOrigin)
	r.Header.Set("Insyn-Request", "1")
	r.Header.Set("Content-Type", "application/json")
	return r
}

func (b *formBench) body(routing string) string {
	return `{"routing":"` + routing + `","statement":"` + b.version + `","language":"sv"}`
}

func (b *formBench) do(r *http.Request) (*httptest.ResponseRecorder, time.Duration) {
	w, began := httptest.NewRecorder(), time.Now()
	b.handler.ServeHTTP(w, r)
	return w, time.Since(began)
}

func TestACodeIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFormBench(t)
		w, took := b.do(b.request(b.body("47291")))
		if w.Code != http.StatusOK || took != 0 {
			t.Fatalf("status %d after %v, want 200 at once", w.Code, took)
		}
		want := `{"session":"abcdefghijklmnopqrstuvwxya","agent":"Åsa","agent_id":"a1","join_by":77}` + "\n"
		if got := w.Body.String(); got != want {
			t.Errorf("answer %s, want %s", got, want)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control = %q, want no-store", got)
		}
		cookies := w.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d cookies, want the ticket", len(cookies))
		}
		c := cookies[0]
		if c.Name != "__Host-insyn-ticket" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" ||
			c.MaxAge != 0 || !c.Expires.IsZero() || c.Domain != "" {
			t.Errorf("ticket cookie %+v", c)
		}
		asked := b.gate.asked[0]
		again := b.request(b.body("00000"))
		again.AddCookie(c)
		if id, ok := b.tickets.Read(again); !ok || id != asked.Ticket || id == (TicketID{}) {
			t.Errorf("the cookie opens to %v, %v, want the ticket that the gate was given", id, ok)
		}
		if asked.Statement.Language != "sv" || asked.Statement.Version != b.version || len(asked.Statement.Hash) != 64 ||
			len(asked.Policy) != 64 || asked.Previous != (TicketID{}) {
			t.Errorf("the gate was asked %+v", asked)
		}
		b.do(again)
		if got := b.gate.asked[1].Previous; got != asked.Ticket {
			t.Errorf("previous ticket %v, want the first one", got)
		}
	})
}

// Wrong, used and expired codes: one and the same answer, after the same time.
func TestMissesAreAllAlike(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFormBench(t)
		b.do(b.request(b.body("47291")))
		used, usedTook := b.do(b.request(b.body("47291")))
		wrong, wrongTook := b.do(b.request(b.body("11111")))
		if usedTook != 300*time.Millisecond || wrongTook != usedTook {
			t.Errorf("used took %v, wrong %v, want 300ms each", usedTook, wrongTook)
		}
		for name, w := range map[string]*httptest.ResponseRecorder{"used": used, "wrong": wrong} {
			if got := w.Body.String(); w.Code != http.StatusNotFound || got != "{\"error\":\"unknown_code\"}\n" {
				t.Errorf("%s: %d %s", name, w.Code, got)
			}
			if len(w.Result().Cookies()) != 0 {
				t.Errorf("%s: a miss set a cookie", name)
			}
		}
	})
}

func TestGuessesGetSlowerAndThenAreAskedToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFormBench(t)
		b.handler.config.Floor = time.Nanosecond
		var slowed bool
		for range 6 {
			_, took := b.do(b.request(b.body("11111")))
			slowed = slowed || took > 4*time.Second
		}
		if !slowed {
			t.Error("six guesses in a row were not slowed")
		}
		for range 3 { // three more at once, waiting
			go b.do(b.request(b.body("11111")))
			synctest.Wait()
		}
		asked := b.gate.count()
		w, took := b.do(b.request(b.body("47291")))
		if w.Code != http.StatusTooManyRequests || took != 0 || w.Header().Get("Retry-After") == "" || b.gate.count() != asked {
			t.Errorf("status %d after %v, Retry-After %q, want 429 at once", w.Code, took, w.Header().Get("Retry-After"))
		}
		time.Sleep(time.Minute)
		if w, _ := b.do(b.request(b.body("47291"))); w.Code != http.StatusOK {
			t.Errorf("a minute later: %d, want 200", w.Code)
		}
	})
}

func TestWhoGoesAwayWhileWaitingTakesNoCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFormBench(t)
		for range 5 {
			b.do(b.request(b.body("11111")))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		b.do(b.request(b.body("47291")).WithContext(ctx))
		if b.gate.taken {
			t.Error("a code was taken for nobody")
		}
	})
}

func TestTheFormRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b *formBench, r *http.Request) *http.Request
		status int
		want   Refusal
	}{
		"GET":          {func(_ *formBench, r *http.Request) *http.Request { r.Method = "GET"; return r }, 405, RefusedMethod},
		"no origin":    {func(_ *formBench, r *http.Request) *http.Request { r.Header.Del("Origin"); return r }, 403, RefusedOrigin},
		"null":         {origin("null"), 403, RefusedOrigin},
		"the agency":   {origin("http://www.agency.localhost:8080"), 403, RefusedOrigin},
		"https":        {origin("https://insyn.agency.localhost:8080"), 403, RefusedOrigin},
		"another port": {origin("http://insyn.agency.localhost:8081"), 403, RefusedOrigin},
		"two origins":  {func(_ *formBench, r *http.Request) *http.Request { r.Header.Add("Origin", insynOrigin); return r }, 403, RefusedOrigin},
		"no header":    {func(_ *formBench, r *http.Request) *http.Request { r.Header.Del("Insyn-Request"); return r }, 403, RefusedHeader},
		"a form": {func(_ *formBench, r *http.Request) *http.Request {
			r.Header.Set("Content-Type", "text/plain")
			return r
		}, 415, RefusedMediaType},
		"no type":       {func(_ *formBench, r *http.Request) *http.Request { r.Header.Del("Content-Type"); return r }, 415, RefusedMediaType},
		"too large":     {body(func(b *formBench) string { return b.body("47291") + strings.Repeat(" ", MaxFormBytes) }), 413, RefusedTooLarge},
		"not JSON":      {body(func(*formBench) string { return "routing=47291" }), 400, RefusedBody},
		"nothing":       {body(func(*formBench) string { return "" }), 400, RefusedBody},
		"extra field":   {body(func(b *formBench) string { return strings.Replace(b.body("47291"), "{", `{"secret":"3086",`, 1) }), 400, RefusedBody},
		"two values":    {body(func(b *formBench) string { return b.body("47291") + "{}" }), 400, RefusedBody},
		"ten digits":    {body(func(b *formBench) string { return b.body("4729153086") }), 400, RefusedBody},
		"letters":       {body(func(b *formBench) string { return b.body("4729a") }), 400, RefusedBody},
		"other digits":  {body(func(b *formBench) string { return b.body("٤٧٢٩١") }), 400, RefusedBody},
		"a number":      {body(func(b *formBench) string { return strings.Replace(b.body("47291"), `"47291"`, "47291", 1) }), 400, RefusedBody},
		"old statement": {body(func(b *formBench) string { return strings.Replace(b.body("47291"), b.version, "2020-01-01", 1) }), 409, RefusedStatement},
		"no such words": {body(func(b *formBench) string { return strings.Replace(b.body("47291"), `"sv"`, `"xx"`, 1) }), 409, RefusedStatement},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFormBench(t)
			w, _ := b.do(c.change(b, b.request(b.body("47291"))))
			if got, want := w.Body.String(), `{"error":"`+string(c.want)+"\"}\n"; w.Code != c.status || got != want {
				t.Errorf("got %d %s, want %d %s", w.Code, got, c.status, want)
			}
			if len(b.gate.asked) != 0 {
				t.Error("the code was touched")
			}
			if len(b.refused) != 1 || b.refused[0] != c.want {
				t.Errorf("counted %v, want one %s", b.refused, c.want)
			}
		})
	}
}

func origin(o string) func(*formBench, *http.Request) *http.Request {
	return func(_ *formBench, r *http.Request) *http.Request { r.Header.Set("Origin", o); return r }
}

func body(f func(*formBench) string) func(*formBench, *http.Request) *http.Request {
	return func(b *formBench, _ *http.Request) *http.Request { return b.request(f(b)) }
}

func TestDeleteClearsTheTicket(t *testing.T) {
	const old, newer = `{"session":"old"}`, `{"session":"newer"}`
	for name, c := range map[string]struct {
		body   string
		live   string // the session that the browser's ticket opens; empty: none
		origin string
		status int
		clears bool
	}{
		"over":               {old, "", insynOrigin, http.StatusNoContent, true},
		"over for the tab":   {newer, "newer", insynOrigin, http.StatusNoContent, true},
		"a newer one's":      {old, "newer", insynOrigin, http.StatusNoContent, false},
		"no session":         {"", "", insynOrigin, http.StatusBadRequest, false},
		"of another origin":  {old, "", "http://www.agency.localhost:8080", http.StatusForbidden, false},
		"more than expected": {`{"session":"old","all":true}`, "", insynOrigin, http.StatusBadRequest, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFormBench(t)
			ticket, err := b.tickets.New()
			if err != nil {
				t.Fatal(err)
			}
			given := httptest.NewRecorder()
			if err := b.tickets.Issue(given, ticket); err != nil {
				t.Fatal(err)
			}
			if c.live != "" {
				b.gate.live = map[TicketID]string{ticket: c.live}
			}
			r := b.request(c.body)
			r.Method = http.MethodDelete
			r.Header.Set("Origin", c.origin)
			r.AddCookie(given.Result().Cookies()[0])
			w, _ := b.do(r)
			cookies := w.Result().Cookies()
			if clears := len(cookies) == 1 && cookies[0].MaxAge < 0 && cookies[0].Name == TicketCookie; w.Code != c.status || clears != c.clears {
				t.Errorf("status %d, cookies %v, want %d and cleared: %t", w.Code, cookies, c.status, c.clears)
			}
		})
	}
}

func TestForeignTickets(t *testing.T) {
	ours, theirs := newFormBench(t), newFormBench(t)
	w, _ := theirs.do(theirs.request(theirs.body("47291")))
	r := ours.request("")
	r.AddCookie(w.Result().Cookies()[0])
	if _, ok := ours.tickets.Read(r); ok {
		t.Error("a ticket under another key was accepted")
	}
	if _, ok := theirs.tickets.Read(r); !ok {
		t.Error("its own key refused it")
	}
	r.AddCookie(w.Result().Cookies()[0])
	if _, ok := theirs.tickets.Read(r); ok {
		t.Error("two tickets were accepted")
	}
}

func TestReceipt(t *testing.T) {
	r := Redemption{Statement: StatementRef{"v", "h", "sv"}, Policy: "p", Routing: "47291", Ticket: TicketID{1}}
	receipt := NewReceipt("s", r, time.UnixMilli(5)).Close(time.UnixMilli(9), "stopped")
	got, err := json.Marshal(receipt)
	want := `{"session":"s","statement":{"version":"v","hash":"h","language":"sv"},"policy":"p","consented":5,"ended":9,"reason":"stopped"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzForm(f *testing.F) {
	f.Add(`{"routing":"47291","statement":"x","language":"sv"}`)
	f.Fuzz(func(t *testing.T, body string) {
		b := &formBench{}
		got, refusal := readForm(httptest.NewRecorder(), b.request(body))
		if refusal != "" && got != (form{}) {
			t.Errorf("refused with %s and gave %+v", refusal, got)
		}
		if refusal == "" && !isRouting(got.Routing) {
			t.Errorf("accepted the routing digits %q", got.Routing)
		}
	})
}

func TestHitsAreNotGuesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFormBench(t)
		for i := range 20 { // a whole library behind one address
			b.gate.taken = false
			if w, took := b.do(b.request(b.body("47291"))); w.Code != http.StatusOK || took != 0 {
				t.Fatalf("hit %d: %d after %v, want 200 at once", i, w.Code, took)
			}
		}
	})
}
