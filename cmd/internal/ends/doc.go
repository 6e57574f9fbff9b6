// Package ends is the two browsers of a session without a screen: the agent's desk and the applicant's tab, as far as a
// server can tell. They speak docs/protocol.md and signaling/doc.go from the outside, over HTTP and WebSockets, and what
// they seal and open is theirs alone. The drill of `insyn selfcheck` is run with them, and so is load.
//
// An agent: [SignIn], [Desk.NewCode], [Code.Open]. An applicant: [Consent] with the ten digits, [Tab.Open]. Both give a
// [Seat]; [Seat.Live] waits until the codes have matched, [Seat.Send] seals and sends under credit, and what comes is
// handed to [Seat]'s hearer, opened. The tab goes to its next page with [Tab.Open] again. [Seat.Close] ends it all.
//
// What they leave out is what only a person or a screen needs: the reconnecting of a living page, Web Locks, the banner.
package ends
