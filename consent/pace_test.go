package consent

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"
)

func newPace(t *testing.T, change func(*PaceLimits)) *Pace {
	t.Helper()
	limits := DefaultPaceLimits()
	if change != nil {
		change(&limits)
	}
	p, err := NewPace(limits, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGuessesOfOneNetworkAreSlowed(t *testing.T) {
	p, now := newPace(t, nil), time.Unix(1_000_000, 0)
	var got []string
	for range 10 {
		r, ok := p.Reserve("192.0.2.7", now)
		got = append(got, fmt.Sprint(r.Delay, ok))
	}
	want := "[0s true 0s true 0s true 0s true 0s true 5s true 10s true 15s true 5s false 5s false]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	if r, ok := p.Reserve("192.0.2.8", now); !ok || r.Delay != 0 {
		t.Errorf("a neighbour waits %v, want 0", r.Delay)
	}
	if r, ok := p.Reserve("192.0.2.7", now.Add(time.Hour)); !ok || r.Delay != 0 {
		t.Errorf("an hour later: %v, want 0: nobody is locked out", r.Delay)
	}
}

func TestWhatIsOneNetwork(t *testing.T) {
	p := newPace(t, nil)
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.7", "::ffff:192.0.2.7", true},
		{"192.0.2.7", "192.0.2.8", false},
		{"2001:db8:1:200::1", "2001:db8:1:2ff:ffff::2", true},
		{"2001:db8:1:200::1", "2001:db8:1:300::1", false},
		{"fe80::1%eth0", "fe80::2%eth1", true},
		{"nonsense", "", true},
	} {
		if got := p.networkOf(c.a) == p.networkOf(c.b); got != c.same {
			t.Errorf("%s and %s are one network: %v, want %v", c.a, c.b, got, c.same)
		}
	}
	if p.networkOf("192.0.2.7") == newPace(t, nil).networkOf("192.0.2.7") {
		t.Error("two processes know a network by one key")
	}
}

func TestAllGuessesTogetherAreSlowed(t *testing.T) {
	p, now := newPace(t, func(l *PaceLimits) { l.GlobalBurst, l.GlobalEvery = 10, time.Second }), time.Unix(1_000_000, 0)
	for i := range 26 {
		r, ok := p.Reserve(fmt.Sprintf("192.0.2.%d", i), now)
		if want := min(15*time.Second, time.Duration(max(0, i-9))*time.Second); !ok || r.Delay != want {
			t.Errorf("guess %d: %v, %v, want %v, true", i, r.Delay, ok, want)
		}
	}
	if r, ok := p.Reserve("192.0.2.3", now); ok {
		t.Errorf("a network that has guessed gets another try after %v, want none for now", r.Delay)
	}
}

func TestAFewNetworksThatKeepGuessingLockNobodyOut(t *testing.T) {
	p, now := newPace(t, nil), time.Unix(1_000_000, 0)
	taken := 0
	for second := range 600 {
		now = now.Add(time.Second)
		for i := range 12 {
			if _, ok := p.Reserve(fmt.Sprintf("198.51.100.%d", i), now); ok {
				taken++
			}
		}
		if second%6 == 0 {
			r, ok := p.Reserve(fmt.Sprintf("203.0.%d.1", second), now)
			if !ok || r.Delay > 15*time.Second {
				t.Fatalf("second %d: who types a right code waits %v, %v, want 15s at most", second, r.Delay, ok)
			}
			r.Return()
		}
	}
	if most := 600*2 + 60 + 31; taken > most {
		t.Errorf("the twelve got %d guesses, want %d at most", taken, most)
	}
}

func TestAHitCostsNothing(t *testing.T) {
	p, now := newPace(t, nil), time.Unix(1_000_000, 0)
	for i := range 1000 {
		r, ok := p.Reserve("192.0.2.7", now)
		if !ok || r.Delay != 0 {
			t.Fatalf("hit %d: %v, %v, want 0, true", i, r.Delay, ok)
		}
		r.Return()
	}
}

func TestTheTableIsBounded(t *testing.T) {
	p, now := newPace(t, func(l *PaceLimits) { l.Networks, l.GlobalBurst = 3, 1000 }), time.Unix(1_000_000, 0)
	for i := range 100 {
		p.Reserve(fmt.Sprintf("192.0.2.%d", i), now)
	}
	if len(p.networks) > 4 {
		t.Errorf("%d networks remembered, want 3 and the shared place", len(p.networks))
	}
	if r, _ := p.Reserve("192.0.2.200", now); r.Delay == 0 {
		t.Error("a full table lets strangers guess at full speed")
	}
	if r, _ := p.Reserve("192.0.2.1", now); r.Delay != 0 {
		t.Errorf("a remembered network waits %v for the strangers, want 0", r.Delay)
	}
	if p.Reserve("192.0.2.202", now.Add(5*time.Minute)); len(p.networks) < 3 {
		t.Error("networks that guessed are forgotten within minutes")
	}
	if r, ok := p.Reserve("192.0.2.201", now.Add(time.Hour)); !ok || r.Delay != 0 || len(p.networks) > 2 {
		t.Errorf("an hour later: %v, %v, %d networks, want 0, true and the old ones swept", r.Delay, ok, len(p.networks))
	}
}
