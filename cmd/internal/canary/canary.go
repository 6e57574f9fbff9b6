// Package canary finds what must not be there: words that were planted in a session, in whatever form they may lie around,
// in a process's memory and in files.
//
// A canary is looked for as it is, in UTF-16, in base64 of each alignment, in hexadecimal, and each of these also under a
// WebSocket mask: what is XORed with four repeating bytes can be read by anyone who tries 2^32 masks, and found without
// trying any.
//
// What is compressed or enciphered is not found. Who plants canaries must see to it that they would lie open if they lay
// anywhere.
package canary

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

const (
	leastMasked = 16 // bytes of a form that is looked for under masks: of less, chance makes some
	leastPlain  = 6  // bytes of a form that is looked for at all
	mask        = 4
	key         = 8
)

// Canary is one planted word. Never print its bytes: a finding names it.
type Canary struct {
	Name  string // what it stands for, as "page text"
	Bytes []byte
}

// Hit is one place where a canary was found.
type Hit struct {
	Canary string
	Form   string
	Offset int64 // in what was searched
	Length int
}

// needle is one form of one canary.
type needle struct {
	canary, form string
	bytes        []byte
	changes      []byte // each byte XOR the one four further: the same under every mask. nil: too short to go by
}

// Set is what is looked for. It never changes, and is safe for concurrent use.
type Set struct {
	short   []needle            // looked for one by one
	begins  [1 << 16]bool       // how the changes of the others begin
	masked  map[uint64][]needle // by the first bytes of their changes
	longest int
}

// NewSet prepares the forms of canaries. Each needs six bytes at least; few of those that have less than sixteen, digits
// above all, can be told from chance under a mask, and so they are looked for without.
func NewSet(canaries ...Canary) (*Set, error) {
	s := &Set{masked: map[uint64][]needle{}}
	for _, c := range canaries {
		if len(c.Bytes) < leastPlain {
			return nil, fmt.Errorf("canary %q: %d bytes or more expected", c.Name, leastPlain)
		}
		for form, all := range Forms(c.Bytes) {
			for _, b := range all {
				s.add(needle{canary: c.Name, form: form, bytes: b}, len(c.Bytes) >= leastMasked)
			}
		}
	}
	return s, nil
}

func (s *Set) add(n needle, maskable bool) {
	s.longest = max(s.longest, len(n.bytes))
	if !maskable || len(n.bytes) < leastMasked {
		s.short = append(s.short, n)
		return
	}
	n.changes = changesOf(n.bytes)
	s.begins[binary.LittleEndian.Uint16(n.changes)] = true
	first := binary.LittleEndian.Uint64(n.changes)
	s.masked[first] = append(s.masked[first], n)
}

func changesOf(b []byte) []byte {
	changes := make([]byte, len(b)-mask)
	for i := range changes {
		changes[i] = b[i] ^ b[i+mask]
	}
	return changes
}

// Forms are the ways in which bytes may lie around, by name. For those who hold canaries on purpose.
func Forms(b []byte) map[string][][]byte {
	forms := map[string][][]byte{
		"plain":  {b},
		"base64": base64Forms(b),
		"hex":    {[]byte(hex.EncodeToString(b))},
	}
	if upper := strings.ToUpper(hex.EncodeToString(b)); upper != string(forms["hex"][0]) {
		forms["hex"] = append(forms["hex"], []byte(upper))
	}
	if text := string(b); strings.ToValidUTF8(text, "") == text {
		var little, big []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			little, big = binary.LittleEndian.AppendUint16(little, unit), binary.BigEndian.AppendUint16(big, unit)
		}
		if forms["UTF-16"] = [][]byte{little, big}; len(little) == 2*len(b) {
			// ASCII is the same in both orders, one byte apart. Without the zero at the end one form finds either, once.
			forms["UTF-16"] = [][]byte{little[:len(little)-1]}
		}
	}
	return forms
}

// base64Forms are what is left of b in any base64 of something that b is in the middle of: three alignments, two alphabets.
func base64Forms(b []byte) [][]byte {
	var forms [][]byte
	for before := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, before), b...))
			whole := (before + len(b)) / 3 * 4 // the last characters depend on what follows
			text = text[(before*8+5)/6 : whole]
			if form := []byte(text); len(form) >= leastPlain && !slices.ContainsFunc(forms, func(known []byte) bool { return string(known) == text }) {
				forms = append(forms, form)
			}
		}
	}
	return forms
}

// Search tells where canaries are in b, which begins at offset of what is searched. Not in the order of places.
func (s *Set) Search(b []byte, offset int64, found func(Hit)) {
	for _, n := range s.short {
		for from := 0; ; {
			at := indexFrom(b, n.bytes, from)
			if at < 0 {
				break
			}
			found(Hit{n.canary, n.form, offset + int64(at), len(n.bytes)})
			from = at + 1
		}
	}
	if len(s.masked) == 0 {
		return
	}
	for i := 0; i+mask+key <= len(b); i++ {
		if !s.begins[uint16(b[i]^b[i+mask])|uint16(b[i+1]^b[i+1+mask])<<8] {
			continue
		}
		first := binary.LittleEndian.Uint64(b[i:]) ^ binary.LittleEndian.Uint64(b[i+mask:])
		for _, n := range s.masked[first] {
			if n.at(b[i:]) {
				found(Hit{n.canary, n.formAt(b[i:]), offset + int64(i), len(n.bytes)})
			}
		}
	}
}

// at reports whether b begins with the needle, under whatever mask.
func (n needle) at(b []byte) bool {
	if len(b) < len(n.bytes) {
		return false
	}
	for i, change := range n.changes {
		if b[i]^b[i+mask] != change { //nolint:gosec // b is longer than the needle, see above
			return false
		}
	}
	return true
}

func (n needle) formAt(b []byte) string {
	if string(b[:mask]) == string(n.bytes[:mask]) {
		return n.form
	}
	return n.form + ", masked"
}

// overlap is how much of one piece must be seen again with the next.
func (s *Set) overlap() int { return s.longest + mask + key }
