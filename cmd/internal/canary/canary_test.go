package canary

// Room: cmd. The detector finds each form, wherever it lies, and nothing where nothing is.

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// word draws a canary of letters and digits.
func word(t *testing.T, name string, size int) Canary {
	t.Helper()
	raw := make([]byte, size)
	_, _ = rand.Read(raw) // does not fail
	return Canary{name, []byte(base64.RawURLEncoding.EncodeToString(raw)[:size])}
}

func set(t *testing.T, canaries ...Canary) *Set {
	t.Helper()
	s, err := NewSet(canaries...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// noise is bytes in which chance has put no canary.
func noise(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b[:size/2]) // does not fail; the other half stays zeros, as much of memory is
	return b
}

func masked(b []byte, with [4]byte) []byte {
	out := bytes.Clone(b)
	for i := range out {
		out[i] ^= with[i%4]
	}
	return out
}

func TestEachFormIsFound(t *testing.T) {
	c, other := word(t, "page text", 40), Canary{"another", []byte("Åsa Öberg frågade, i en mening med 日本語")}
	s := set(t, c, other)
	if got := len(Forms(other.Bytes)["UTF-16"]); got != 2 {
		t.Errorf("%d orders of bytes, want 2", got)
	}
	if got := slices.Sorted(maps.Keys(Forms(c.Bytes))); !slices.Equal(got, []string{"UTF-16", "base64", "hex", "plain"}) {
		t.Fatalf("the forms are %v", got)
	}
	for form, all := range Forms(c.Bytes) {
		for i, b := range all {
			for _, with := range [][4]byte{{}, {1, 2, 3, 4}, {0xff, 0, 0xff, 0}} {
				for _, at := range []int{0, 1, 4097, 8000} {
					memory := noise(9000) // zeros from the middle on
					copy(memory[at:], masked(b, with))
					want := form
					if with != [4]byte{} {
						want += ", masked"
					}
					var got []Hit
					s.Search(memory, 100, func(h Hit) { got = append(got, h) })
					if len(got) != 1 || got[0] != (Hit{"page text", want, 100 + int64(at), len(b)}) {
						t.Errorf("%s %d at %d under %v: found %v", form, i, at, with, got)
					}
				}
			}
		}
	}
}

// Of any base64 that a canary is in the middle of, one of the forms is a part.
func TestBase64OfWhatIsAround(t *testing.T) {
	c := word(t, "url", 30)
	s := set(t, c)
	for before := range 7 {
		for after := range 7 {
			all := slices.Concat(noise(before), c.Bytes, noise(after))
			for name, encoding := range map[string]*base64.Encoding{"standard": base64.StdEncoding, "url": base64.RawURLEncoding} {
				found := 0
				s.Search([]byte(encoding.EncodeToString(all)), 0, func(Hit) { found++ })
				if found != 1 {
					t.Errorf("%s, %d before and %d after: found %d times, want once", name, before, after, found)
				}
			}
		}
	}
}

func TestDigitsAreFoundAsTheyAre(t *testing.T) {
	s := set(t, Canary{"code", []byte("4729153086")})
	for text, want := range map[string]int{
		"4729153086": 1, "x472915308600": 1, "472915308": 0, "4729153087": 0, "34373239313533303836": 1, "4\x007\x002\x009\x001\x005\x003\x000\x008\x006\x00": 1,
		"\x004\x007\x002\x009\x001\x005\x003\x000\x008\x006": 1,
	} {
		found := 0
		s.Search([]byte(text), 0, func(Hit) { found++ })
		if found != want {
			t.Errorf("%q: found %d times, want %d", text, found, want)
		}
	}
}

func TestNothingIsFoundWhereNothingIs(t *testing.T) {
	s := set(t, word(t, "page text", 40), word(t, "a key", 32), Canary{"code", []byte("4729153086")})
	memory := make([]byte, 8<<20)
	_, _ = rand.Read(memory[:4<<20]) // does not fail
	s.Search(memory, 0, func(h Hit) { t.Errorf("found %v", h) })
}

func TestTooLittleIsNoCanary(t *testing.T) {
	if _, err := NewSet(Canary{"four digits", []byte("4917")}); err == nil {
		t.Error("four bytes are taken for a canary, want a refusal: chance has them everywhere")
	}
}

// torn is memory with a hole.
type torn struct {
	*bytes.Reader
	from, to int64
}

func (m torn) ReadAt(b []byte, at int64) (int, error) {
	if at >= m.from && at < m.to {
		return 0, os.ErrInvalid
	}
	if at < m.from && at+int64(len(b)) > m.from {
		n, err := m.Reader.ReadAt(b[:m.from-at], at)
		if err == nil {
			err = os.ErrInvalid
		}
		return n, err
	}
	return m.Reader.ReadAt(b, at)
}

func TestPiecesAndHoles(t *testing.T) {
	c := word(t, "page text", 40)
	s := set(t, c)
	for _, at := range []int{0, piece - 40, piece - 39, piece - 20, piece - 1, piece, 2*piece - 7, 3*piece - 40} {
		memory := make([]byte, 3*piece)
		copy(memory[at:], c.Bytes)
		var got []Hit
		read := s.ReadAt(bytes.NewReader(memory), 0, int64(len(memory)), func(h Hit) { got = append(got, h) })
		if read != 3*piece || len(got) != 1 || got[0].Offset != int64(at) {
			t.Errorf("at %d: read %d, found %v", at, read, got)
		}
	}
	memory := make([]byte, 3*piece)
	copy(memory[4096:], c.Bytes)
	copy(memory[2*piece:], c.Bytes)
	var got []Hit
	read := s.ReadAt(torn{bytes.NewReader(memory), 8192, 16384}, 0, int64(len(memory)), func(h Hit) { got = append(got, h) })
	if read != 3*piece-8192 || len(got) != 2 {
		t.Errorf("around a hole: read %d, found %v, want both", read, got)
	}
}

func TestMappingsAreRead(t *testing.T) {
	c := word(t, "page text", 40)
	memory := make([]byte, 0x9000)
	copy(memory[0x3000:], c.Bytes)
	copy(memory[0x7000:], c.Bytes)
	maps := `00002000-00004000 rw-p 00000000 00:00 0                                  [heap]
00004000-00006000 r--p 00000000 00:00 0 
00006000-00008000 r-xp 00000000 fe:00 1234                       /a file with spaces
00008000-00009000 rw-s 00000000 00:01 1                          /memfd:x (deleted)
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`
	m, err := search(strings.NewReader(maps), bytes.NewReader(memory), set(t, c))
	if err != nil || m.Mappings != 2 || m.Bytes != 0x3000 || len(m.Hits) != 1 || m.Hits[0].Mapping != "[heap]" || m.Hits[0].Offset != 0x3000 {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := search(strings.NewReader("nonsense"), bytes.NewReader(memory), set(t, c)); err == nil {
		t.Error("a line that is none is passed over")
	}
}

func TestChangedFilesAreSearched(t *testing.T) {
	c := word(t, "url", 40)
	s := set(t, c)
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	old := write("old", c.Bytes)
	since := time.Now().Add(time.Hour)
	if found, err := SearchFolder(t.Context(), folder, s, since, DefaultBounds()); err != nil || found.Changed != 0 || len(found.Hits) != 0 {
		t.Errorf("nothing changed, and %+v, %v", found, err)
	}
	if err := os.Mkdir(filepath.Join(folder, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	kept := write("below/kept.log", append(bytes.Repeat([]byte("line\n"), 1000), c.Bytes...))
	write("clean", []byte("nothing"))
	if err := os.Symlink(kept, filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	found, err := SearchFolder(t.Context(), folder, s, time.Now().Add(-time.Hour), DefaultBounds())
	if err != nil || found.Changed != 3 || len(found.Hits) != 2 || len(found.Skipped) != 0 {
		t.Fatalf("%+v, %v, want two of three files", found, err)
	}
	for _, h := range found.Hits {
		if h.File != kept && h.File != old {
			t.Errorf("found in %s", h.File)
		}
	}
	// What is left out is said.
	for name, bounds := range map[string]Bounds{
		"entries": {Entries: 2, File: 1 << 20, Bytes: 1 << 20}, "a long file": {Entries: 100, File: 100, Bytes: 1 << 20},
		"bytes": {Entries: 100, File: 1 << 20, Bytes: 1},
	} {
		if found, err := SearchFolder(t.Context(), folder, s, time.Now().Add(-time.Hour), bounds); err != nil || len(found.Skipped) == 0 {
			t.Errorf("%s: %+v, %v, want it said that something was left out", name, found, err)
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := SearchFolder(over, folder, s, time.Now().Add(-time.Hour), DefaultBounds()); err != nil || len(found.Skipped) == 0 {
		t.Errorf("no time: %+v, %v, want it said", found, err)
	}
}

func TestMounts(t *testing.T) {
	mounts, skipped, err := writable(strings.NewReader(`22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
28 27 0:25 / /read ro,nosuid - tmpfs x ro,size=4k
29 27 0:25 / /super rw,nosuid - tmpfs x ro,size=4k
30 25 0:27 / /dev/shm\040x rw,relatime shared:1 - tmpfs tmpfs rw
`))
	if err != nil || !slices.Equal(mounts, []mount{{"/", "ext4"}, {"/dev/shm x", "tmpfs"}}) || len(skipped) != 1 {
		t.Errorf("%v, %v, %v", mounts, skipped, err)
	}
	if _, _, err := writable(strings.NewReader("nonsense\n")); err == nil {
		t.Error("a line that is none is passed over")
	}
}

func BenchmarkSearch(b *testing.B) {
	var canaries []Canary
	for range 20 {
		raw := make([]byte, 32)
		_, _ = rand.Read(raw) // does not fail
		canaries = append(canaries, Canary{"key", raw})
	}
	s, err := NewSet(canaries...)
	if err != nil {
		b.Fatal(err)
	}
	memory := noise(16 << 20)
	b.SetBytes(int64(len(memory)))
	for b.Loop() {
		s.Search(memory, 0, func(Hit) {})
	}
}
