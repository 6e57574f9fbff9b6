package session

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"testing/iotest"
)

func FuzzRouting(f *testing.F) {
	for _, s := range []string{"47291", "00000", "99999", "1234", "123456", " 1234", "+1234", "１２３４５", "12a45"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := ParseRouting(s)
		if ok && r.String() != s {
			t.Errorf("ParseRouting(%q).String() = %q", s, r)
		}
		if !ok && r != 0 {
			t.Errorf("ParseRouting(%q) refused and gave %v", s, r)
		}
		if ok != (len(s) == 5 && len(bytes.Trim([]byte(s), "0123456789")) == 0) {
			t.Errorf("ParseRouting(%q) = %v", s, ok)
		}
	})
}

func TestDrawnRoutingsNeverCollide(t *testing.T) {
	taken := map[Routing]bool{}
	for range routings / 2 {
		r, err := drawRouting(rand.Reader, func(r Routing) bool { return taken[r] })
		if err != nil {
			t.Fatal(err)
		}
		if taken[r] || r >= routings {
			t.Fatalf("drew %v", r)
		}
		taken[r] = true
	}
}

func TestDrawSkipsTheUnfairTail(t *testing.T) {
	r, err := drawRouting(bytes.NewReader([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 7}), func(Routing) bool { return false })
	if err != nil || r != 7 {
		t.Errorf("drew %v, %v, want 00007: the first number would favour low digits", r, err)
	}
}

func TestNoRandomnessNoCode(t *testing.T) {
	r, err := NewRegistry(DefaultLimits(), iotest.ErrReader(errors.New("dry")), Silent{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Offer(AgentRef{ID: "a"}); err == nil || r.Count() != 0 {
		t.Errorf("Offer without randomness: err %v, %d sessions, want an error and none", err, r.Count())
	}
}

func TestIDs(t *testing.T) {
	id, err := drawID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := ParseID(string(id)); !ok || got != id {
		t.Errorf("ParseID(%q) = %q, %v", id, got, ok)
	}
	for _, s := range []string{"", "abcdefghijklmno", "abcdefghijklmnopq", "ABCDEFGHIJKLMNOP", "abcdefghijklmno1", "../../../../etc/"} {
		if got, ok := ParseID(s); ok || got != "" {
			t.Errorf("ParseID(%q) = %q, %v, want it refused", s, got, ok)
		}
	}
}
