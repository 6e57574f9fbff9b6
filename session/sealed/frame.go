// Package sealed holds a relayed frame on its way through the server: 16 bytes of clear header, and a payload that the two
// browsers sealed between themselves. A relay must count a frame, pass it on and wipe it, and so that is all that a
// [Frame] can do: nothing here gives the payload out to be looked at, and there is no key that would open it.
package sealed

import (
	"fmt"
	"io"
)

// HeaderSize is the length of the clear header in bytes.
const HeaderSize = 16

// Frame is one frame. The zero Frame is none and has size 0. Copies are the same frame: wiping one wipes all. It may be
// handed from goroutine to goroutine, and used by one at a time.
type Frame struct{ buffer []byte }

// Take makes a frame of a buffer, header first, which the caller must not touch again. False, and no frame: b is shorter
// than a header.
func Take(b []byte) (Frame, bool) {
	if len(b) < HeaderSize {
		return Frame{}, false
	}
	return Frame{buffer: b}, true
}

// Header is a copy of the clear part; of the zero Frame, zeros.
func (f Frame) Header() (header [HeaderSize]byte) {
	copy(header[:], f.buffer)
	return header
}

// Size is the number of bytes, header included.
func (f Frame) Size() int { return len(f.buffer) }

// WriteTo hands all of the frame to w in one Write: to the socket that it goes out by, and to nothing else. It does not
// wipe it.
func (f Frame) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(f.buffer)
	return int64(n), err
}

// Wipe overwrites the frame, header included, with zeros.
func (f Frame) Wipe() { clear(f.buffer) }

// Format implements fmt.Formatter, because package fmt would print what a struct holds: whatever the verb, the size is
// all that is said.
func (f Frame) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "sealed frame of %d bytes", f.Size()) // a fmt.State takes everything
}
