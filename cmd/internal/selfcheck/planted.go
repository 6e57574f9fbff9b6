package selfcheck

// Room: cmd. What the drill plants in a session: words that nobody else has, in each place where a page or a person might
// put something of their own.

import (
	"crypto/rand"
	"encoding/base32"
	"strings"

	"insyn/cmd/internal/canary"
)

// planted are the words of one drill.
type planted struct {
	title, text, form, url, pointer, resource, want string
	all                                             []canary.Canary
}

// draw gives a word of letters and digits that is nowhere else: 26 characters of chance.
func draw() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // does not fail
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

func plant() *planted {
	p := &planted{}
	for _, one := range []struct {
		name, begins string
		to           *string
	}{
		{"page title", "Title ", &p.title},
		{"page text", "Text ", &p.text},
		{"form value", "19900101-", &p.form},
		{"page address", "https://my.agency.example/case?token=", &p.url},
		{"pointer", "pointer ", &p.pointer},
		{"resource", "resource ", &p.resource},
		{"what the agent asks for", "want ", &p.want},
	} {
		word := draw()
		*one.to = one.begins + word
		p.all = append(p.all, canary.Canary{Name: one.name, Bytes: []byte(word)})
	}
	return p
}

// wholeCode is the code without its last digit, which follows from the others.
const wholeCode = "code, nine digits"

// code adds the digits that were read aloud: the server knows the first five, and must not know the four that follow.
func (p *planted) code(ten string) {
	p.all = append(p.all,
		canary.Canary{Name: wholeCode, Bytes: []byte(ten[:9])},
		canary.Canary{Name: "code, as it is read aloud", Bytes: []byte(ten[:3] + " " + ten[3:6] + " " + ten[6:])},
	)
}

// keys adds what the two ends agreed on, which would open all that was relayed.
func (p *planted) keys(page string, secrets [][]byte) {
	for _, secret := range secrets {
		p.all = append(p.all, canary.Canary{Name: "key of " + page, Bytes: secret})
	}
}

// page is the first page: everything in the clear that a mirror would mask or leave out, as if it had not.
func (p *planted) page() []byte {
	return []byte("<title>" + p.title + "</title><a href='" + p.url + "'>" + strings.Repeat(p.text+" ", 400) + "</a><input value='" + p.form + "'>")
}
