package identity

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestNames(t *testing.T) {
	for _, name := range []string{"Åsa Öberg", "Ji-woo", "Мария", "Zoë", "नमिता", "Bo", strings.Repeat("a", 40)} {
		if !CheckName(name) {
			t.Errorf("CheckName(%q) = false, want true", name)
		}
	}
	for _, name := range []string{
		"", "B", " Bo", "Bo ", "Bo  Ek", "-Bo", "Bo1", "<b>Bo</b>", "Bo\nEk", "a\x00b", "Bo\xff", strings.Repeat("a", 41),
		"Bo\u202eEk", "Bo.", "\u3164\u3164", "\u115f\u1160", "Z" + strings.Repeat("\u0301", 15) + "oe",
	} {
		if CheckName(name) {
			t.Errorf("CheckName(%q) = true, want false", name)
		}
	}
}

func signedIn(t *testing.T, d *Development, name string) (Agent, *http.Request) {
	t.Helper()
	w := httptest.NewRecorder()
	agent, err := d.SignIn(w, httptest.NewRequest(http.MethodPost, "/", nil), name)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range w.Result().Cookies() {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.MaxAge != 0 || c.Name != AgentCookie {
			t.Errorf("cookie attributes: got %+v", c)
		}
		r.AddCookie(c)
	}
	return agent, r
}

func newDevelopment(t *testing.T, limits DevelopmentLimits) *Development {
	t.Helper()
	d, err := NewDevelopment(limits, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSignInAndOut(t *testing.T) {
	d := newDevelopment(t, DefaultDevelopmentLimits())
	want, r := signedIn(t, d, "Åsa Öberg")
	if got, ok := d.Agent(r); !ok || got != want {
		t.Errorf("Agent = %v, %v, want %v, true", got, ok, want)
	}
	other, _ := signedIn(t, d, "Åsa Öberg")
	if other.ID == want.ID {
		t.Error("two sign-ins under one name share an id")
	}
	w := httptest.NewRecorder()
	d.SignOut(w, r)
	if got, ok := d.Agent(r); ok {
		t.Errorf("a cookie that was signed out still says %v", got)
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("cookies after sign-out: got %v, want one that clears", c)
	}
}

func TestSignInRefuses(t *testing.T) {
	d := newDevelopment(t, DevelopmentLimits{SignIns: 1, Life: time.Hour})
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	if _, err := d.SignIn(w, r, "<script>"); !errors.Is(err, ErrName) {
		t.Errorf("err = %v, want ErrName", err)
	}
	signedIn(t, d, "Bo Ek")
	if _, err := d.SignIn(w, r, "Li Ek"); !errors.Is(err, ErrCrowded) {
		t.Errorf("err = %v, want ErrCrowded", err)
	}
	if len(w.Result().Cookies()) != 0 {
		t.Error("a refused sign-in set a cookie")
	}
}

func TestForeignCookies(t *testing.T) {
	d, other := newDevelopment(t, DefaultDevelopmentLimits()), newDevelopment(t, DefaultDevelopmentLimits())
	_, foreign := signedIn(t, other, "Bo Ek")
	if _, ok := d.Agent(foreign); ok {
		t.Error("a cookie under another key was accepted")
	}
	_, twice := signedIn(t, d, "Bo Ek")
	twice.AddCookie(twice.Cookies()[0])
	if _, ok := d.Agent(twice); ok {
		t.Error("two cookies were accepted")
	}
}

func TestSignInEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDevelopment(t, DevelopmentLimits{SignIns: 1, Life: time.Hour})
		_, r := signedIn(t, d, "Bo Ek")
		time.Sleep(time.Hour)
		if _, ok := d.Agent(r); ok {
			t.Error("a sign-in outlived its life")
		}
		signedIn(t, d, "Li Ek") // the place is free again
	})
}
