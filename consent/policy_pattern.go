package consent

// Room: consent. What a policy's pattern may be: a regular expression of few kinds of parts, which no text can make slow.

import (
	"fmt"
	"regexp"
	"strconv"
)

// MaxPatternWays is in how many ways a pattern may be tried at one place of a text: the product of what each of its
// quantifiers leaves open. Nothing is unbounded or nested, so that this bounds what a match costs.
const MaxPatternWays = 256

var (
	// The browser's end has the same two (web/src/mirror/patterns.ts), and hides the page where they don't agree.
	patternShape = regexp.MustCompile("^(?:" +
		"(?:[\\p{L}\\p{N} _#:@%&=,;'\"!<>~/-]" + // a character that stands for itself
		`|\\[dw.^$*+?()[\]{}|/\\]` + // a digit, a letter or digit, or a sign
		`|\[[\p{L}\p{N} _.,:;/#@+&=-]+\])` + // one of several characters
		`(?:\?|\{[0-9]{1,2}(?:,[0-9]{1,2})?\})?` + // once or not at all, or up to 99 times
		"){1,40}$")
	patternTimes = regexp.MustCompile(`\{([0-9]+)(?:,([0-9]+))?\}|\?`)
	patternSign  = regexp.MustCompile(`\\.`)
)

func (p PolicyPattern) check() error {
	if !isName(p.Name) {
		return fmt.Errorf("name: up to 40 of a-z 0-9 . - expected, got %q", p.Name)
	}
	if !patternShape.MatchString(p.Match) {
		return fmt.Errorf("match: up to 40 of characters, \\d, \\w, \\ before a sign, and [classes], each with ? {n} or {n,m} behind it or nothing, expected, got %q", p.Match)
	}
	ways := 1
	for _, times := range patternTimes.FindAllStringSubmatch(patternSign.ReplaceAllString(p.Match, "x"), -1) {
		from, _ := strconv.Atoi(times[1]) // the shape says that these are digits, or empty
		to, _ := strconv.Atoi(times[2])
		switch {
		case times[1] == "":
			ways *= 2
		case times[2] == "":
		case to < from:
			return fmt.Errorf("match: {%d,%d} counts down", from, to)
		default:
			ways *= to - from + 1
		}
		if ways > MaxPatternWays {
			return fmt.Errorf("match: it may be tried in more than %d ways at one place, use fewer ? and {n,m}: %q", MaxPatternWays, p.Match)
		}
	}
	if _, err := regexp.Compile(p.Match); err != nil {
		return fmt.Errorf("match: %w", err)
	}
	return nil
}
