// Package identity answers one question: which agent sent this request? The development login takes a name on trust and
// is for demos and tests; others implement Identity in the same way.
package identity

import (
	"errors"
	"net/http"
	"unicode"
	"unicode/utf8"
)

// Agent is a member of staff who is signed in.
type Agent struct {
	ID   string // stable while signed in, says nothing
	Name string // shown to applicants
}

// Identity knows who is signed in. Safe for concurrent use.
type Identity interface {
	// Agent is who sent the request. False: nobody who is signed in.
	Agent(r *http.Request) (Agent, bool)
	// SignOut ends the request's sign-in, if there is one, and takes the cookie away.
	SignOut(w http.ResponseWriter, r *http.Request)
}

// NameLogin is an Identity at which a name is enough to sign in.
type NameLogin interface {
	Identity
	// SignIn signs in under a name and sets the cookie. Errors: ErrName, ErrCrowded, or that of the random source.
	SignIn(w http.ResponseWriter, r *http.Request, name string) (Agent, error)
}

// What a sign-in may meet.
var (
	ErrName    = errors.New("a name of 2 to 40 letters, spaces and dashes expected")
	ErrCrowded = errors.New("as many sign-ins as there may be")
)

// mostMarks on one letter: enough for any script in use, too few to paint over what stands beside it.
const mostMarks = 3

// CheckName reports whether a name has 2 to 40 characters that are letters (with their marks), single spaces or dashes,
// beginning and ending with a letter.
func CheckName(name string) bool {
	if n := utf8.RuneCountInString(name); n < 2 || n > 40 || !utf8.ValidString(name) {
		return false
	}
	letter, marks := false, 0
	for _, c := range name {
		if unicode.IsMark(c) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c): // a letter that nobody sees names nobody
			return false
		case unicode.IsLetter(c):
			letter = true
		case unicode.IsMark(c) && letter && marks <= mostMarks:
		case (c == ' ' || c == '-') && letter:
			letter = false
		default:
			return false
		}
	}
	return letter
}
