package canary

// Room: cmd. Searching what is too long to hold: piece by piece, each with the end of the one before.

import (
	"bytes"
	"errors"
	"io"
)

const piece = 1 << 20

func indexFrom(b, of []byte, from int) int {
	if at := bytes.Index(b[from:], of); at >= 0 {
		return from + at
	}
	return -1
}

// ReadAt searches the bytes of r from one offset to another. It gives how many it could read; what fails to be read is
// passed over, page by page.
func (s *Set) ReadAt(r io.ReaderAt, from, to int64, found func(Hit)) (read int64) {
	const page = 4096
	buffer := make([]byte, 0, piece+s.overlap())
	for at := from; at < to; {
		keep := min(len(buffer), s.overlap())
		copy(buffer, buffer[len(buffer)-keep:])
		begins := at - int64(keep) // offset of buffer[0]
		want := min(int64(piece), to-at)
		n, err := r.ReadAt(buffer[keep:keep+int(want)], at)
		buffer = buffer[:keep+n]
		s.Search(buffer, begins, func(h Hit) {
			if h.Offset+int64(h.Length) > at { // else the piece before had all of it
				found(h)
			}
		})
		read, at = read+int64(n), at+int64(n)
		switch {
		case errors.Is(err, io.EOF):
			return read
		case err != nil || n == 0: // this page can't be read: go on behind it
			at = at/page*page + page
			buffer = buffer[:0]
		}
	}
	return read
}
