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
	for name, s := range map[string]string{
		"nothing": "", "25 characters": "abcdefghijklmnopqrstuvwxy", "27 characters": "abcdefghijklmnopqrstuvwxyza",
		"as in the first version": "abcdefghijklmnop", "capitals": "ABCDEFGHIJKLMNOPQRSTUVWXYA", "the digit 1": "abcdefghijklmnopqrstuvwxy1",
		"padding": "abcdefghijklmnopqrstuvwxy=", "a line feed": "abcdefghijklmnopqrstuvwxy\n", "a way out": "../../../../../../../../et",
		"spare bits 01": "abcdefghijklmnopqrstuvwxyb", "spare bits 10": "abcdefghijklmnopqrstuvwxyc", "spare bits 11": "abcdefghijklmnopqrstuvwxy7",
	} {
		if got, ok := ParseID(s); ok || got != "" {
			t.Errorf("%s: ParseID(%q) = %q, %v, want it refused", name, s, got, ok)
		}
	}
}

func TestIDsAreOfSixteenBytesAllOfThem(t *testing.T) {
	for want, raw := range map[ID][]byte{
		"aaaaaaaaaaaaaaaaaaaaaaaaaa": make([]byte, 16),
		"77777777777777777777777774": bytes.Repeat([]byte{0xff}, 16),
		"aaaqeayeaudaocajbifqydiob4": {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
	} {
		if got, err := drawID(bytes.NewReader(raw)); err != nil || got != want {
			t.Errorf("drew %q, %v of %x, want %q", got, err, raw, want)
		}
		if _, err := drawID(bytes.NewReader(raw[:15])); err == nil {
			t.Error("an ID of 15 bytes was drawn")
		}
	}
}

// What is accepted stands for 16 bytes, and is how these are spelled.
func FuzzID(f *testing.F) {
	f.Add("aaaqeayeaudaocajbifqydiob4")
	f.Add("aaaqeayeaudaocajbifqydiob5")
	f.Add("aaaqeayeaudaocajbifqydio\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := ParseID(s)
		raw, err := idEncoding().DecodeString(s)
		if canonical := err == nil && len(raw) == idBytes && idEncoding().EncodeToString(raw) == s; ok != canonical {
			t.Errorf("ParseID(%q) = %v, want %v", s, ok, canonical)
		}
		if ok && string(id) != s || !ok && id != "" {
			t.Errorf("ParseID(%q) = %q, %v", s, id, ok)
		}
	})
}
