package demo

// Where a script tag goes in a page that was written without it.

import (
	"bytes"
	"strings"
)

// insertTag puts tag into the head of an HTML page: after <head>, or, where a page leaves that tag out as HTML allows,
// before the first thing that is neither doctype, comment nor <html>. Whatever comes first stays first, so that the
// doctype still decides about quirks mode. UTF-16 pages are returned as they are.
//
// It follows the tokeniser of the HTML standard (section 13.2.5) as far as the "before head" insertion mode needs it.
func insertTag(doc []byte, tag string) []byte {
	if bytes.HasPrefix(doc, []byte("\xff\xfe")) || bytes.HasPrefix(doc, []byte("\xfe\xff")) {
		return doc
	}
	at := headStart(doc)
	out := make([]byte, 0, len(doc)+len(tag)+2)
	out = append(out, doc[:at]...)
	if at > 0 {
		out = append(out, '\n')
	}
	out = append(out, tag...)
	out = append(out, '\n')
	return append(out, doc[at:]...)
}

// headStart is the offset at which a head element's first child may stand.
func headStart(doc []byte) int {
	i := 0
	if bytes.HasPrefix(doc, []byte("\xef\xbb\xbf")) {
		i = 3
	}
	for {
		// Space is skipped only if something of the page's frame follows it.
		next := i + len(doc[i:]) - len(bytes.TrimLeft(doc[i:], " \t\n\r\f"))
		rest := doc[next:]
		var n int
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			n = commentLength(rest)
		case bytes.HasPrefix(rest, []byte("<!")), bytes.HasPrefix(rest, []byte("<?")):
			// The doctype, or what the standard calls a bogus comment. Neither has quotes that hide a ">".
			n = bytes.IndexByte(rest, '>') + 1
		case startsTag(rest, "html"):
			n = tagLength(rest)
		case startsTag(rest, "head"):
			if n = tagLength(rest); n > 0 {
				return next + n
			}
		}
		if n <= 0 { // something else, or something that never ends
			return i
		}
		i = next + n
	}
}

// commentLength is the length of the comment that doc begins with; 0 if it never ends.
func commentLength(doc []byte) int {
	// "<!-->" and "<!--->" are whole comments.
	for _, short := range []string{"<!-->", "<!--->"} {
		if bytes.HasPrefix(doc, []byte(short)) {
			return len(short)
		}
	}
	end := 0
	for _, close := range []string{"-->", "--!>"} {
		if i := bytes.Index(doc[4:], []byte(close)); i >= 0 && (end == 0 || 4+i+len(close) < end) {
			end = 4 + i + len(close)
		}
	}
	return end
}

// startsTag reports whether doc begins with a start tag of that name, and not of a longer one such as header.
func startsTag(doc []byte, name string) bool {
	if len(doc) < len(name)+2 || doc[0] != '<' || !strings.EqualFold(string(doc[1:1+len(name)]), name) {
		return false
	}
	return bytes.IndexByte([]byte(" \t\n\r\f/>"), doc[1+len(name)]) >= 0
}

// tagLength is the length of the start tag that doc begins with, a ">" inside of quoted values not counting; 0 if it
// never ends.
func tagLength(doc []byte) int {
	var quote byte
	for i, b := range doc {
		switch {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case (b == '"' || b == '\'') && afterEquals(doc[:i]):
			quote = b
		case b == '>':
			return i + 1
		}
	}
	return 0
}

// afterEquals reports whether the last thing in doc that is no space is an equals sign: only there a quote opens a value.
func afterEquals(doc []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(doc, " \t\n\r\f"), []byte("="))
}
