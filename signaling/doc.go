// Package signaling carries a session over the wire: it upgrades the two WebSockets, admits who may sit on which seat,
// and moves frames between sockets and package session. It knows HTTP, cookies and close codes. It knows no content.
//
// # Nouns
//
// A session has two seats, applicant and agent. Each seat has at most one connection. A connection carries frames; one
// frame is one binary WebSocket message. A text message is a protocol error.
//
// A page is one document of the applicant's, numbered from 1 and rising with each navigation. A living page that only
// lost its socket keeps its number. The agent's console is a page too, always number 1: a reloaded console cannot come
// back, because what it knew was in its memory only.
//
// # Opening: GET /signal
//
// The subprotocol is insyn.v1 and must be offered. Origin is required and compared exactly, scheme and port included:
// the Insyn origin for the applicant's bridge, the console's origin for the agent. Anything else is refused with a
// status before the upgrade: 403 for the origin, 400 for the subprotocol or the query.
//
//	/signal?session=ID&page=N     ID: 26 characters of base32, N: 1 to 65535, both as given earlier
//
// The applicant is admitted by the ticket cookie, which must be the ticket of session ID; the agent by the sign-in, who
// must be the agent that issued the session's code. Who is not admitted is upgraded and then closed with a code of
// "Ending", since a browser cannot read the status of a refused upgrade. A second connection on a seat takes the seat;
// the first one is closed with 4002 replaced.
//
// A page number above the last one of the seat is a new page: counters and epochs begin again, and an exchange must
// succeed before content flows. The same number is the same living page on a new socket. A lower one is refused.
//
// # Finding back: POST /session
//
// A browser that keeps storage apart for each of the agency's origins, or lost it, still sends the ticket cookie. On the
// Insyn origin a page may ask where that leads, with this Origin exactly and "Insyn-Request: 1":
//
//	200 {"session":ID,"page":N,"away":BOOL,"agent":NAME}
//	404 {"error":"no_session"}     no ticket, a foreign one, or its session is over
//
// page is the last one of the applicant's seat, 0 before the first; away is true when nobody sits there. The ticket opens
// the seat and nothing more: whether this tab is the one, and whether it may see, is decided by the exchange.
//
// # Frames
//
// Every frame begins with the same clear header of 16 bytes, big endian:
//
//	0  kind     uint8
//	1  lane     uint8    0 control, 1 state, 2 resource; fixed by kind
//	2  page     uint16   the applicant's page that the frame belongs to
//	4  epoch    uint32   rises with each keyframe; 0 outside of the state lane
//	8  counter  uint64   per sender, page and lane: 1, 2, 3 ...
//	16 payload
//
// The payload of a relayed frame is sealed, but for the exchange that makes the keys: docs/protocol.md says how. The
// server checks kind, lane, seat, state, size, page and that counters rise, and passes the rest on: package
// session/sealed holds it, and has no way to look inside. Receivers check that counters rise; in the state lane a gap makes
// every delta void until the next keyframe with a higher epoch, in the others it means nothing.
//
//	kind            lane      from       in states          payload
//	0x01 exchange   control   both       joining, away      1 B to 1 KiB
//	0x02 keyframe   state     applicant  live               80 B to 1 MiB + 16 B
//	0x03 delta      state     applicant  live               80 B to 256 KiB + 16 B
//	0x04 pointer    state     applicant  live               80 B
//	0x05 resource   resource  applicant  live               80 B to 64 KiB + 16 B
//	0x06 want       control   agent      live               80 B to 16 KiB + 16 B
//	0x07 ack        control   agent      live               80 B
//	0x08 resync     control   agent      live               80 B
//	0x09 state      control   both       live, paused       80 B
//
// Sealing pads to steps and adds 16 bytes, so that no sealed payload is shorter than 80.
//
// A frame that arrives in a state that does not relay it is dropped, not punished: it may have been under way when the
// state changed. A frame that its seat may never send ends the connection's session with 4510 protocol.
//
// Local frames are between one seat and the server; page, epoch and counter are 0, the lane is control, the payload is
// in the clear. The server parses at most one byte of what a seat says.
//
//	kind            from       payload
//	0x80 status     server     JSON, see Status; at attaching and after each change of state
//	0x81 resync     server     none; the applicant's side drops what it has queued and sends a keyframe.
//	                           Unauthenticated: honoured at most once a second
//	0x82 verdict    both       1 byte: 1 the codes matched, 0 they did not
//	0x83 pause      applicant  none
//	0x84 resume     applicant  none
//	0x85 close      both       1 byte, see Ending
//	0x85 close      server     JSON, see Ended; the last frame, before the WebSocket close code
//	0x86 beat       both       none; the server sends one every 10 s, a seat answers each with one.
//	                           25 s of silence end a connection, not the session
//
// A beat shows the server that a line is there. That the other end is there, and means what it shows, only a sealed frame
// can show: the applicant's end sends a state frame every 10 s. These say nothing of a person, and so a session from whose
// applicant nothing but state frames and beats came for the idle time ends with 4507 idle.
//
// # Joining, and joining again
//
// Consent takes the code and moves the session from offered to joining. On both seats the ends now run the exchange in
// exchange frames. What these say, and how many there are, is docs/protocol.md's business: to the server a seat that sent
// one took part. Each end reports its verdict. Two matches make the session live: consent counts from here, and the
// receipt is written. One mismatch closes it with 4503 no_match, and the code is burned. A page that is reloaded in the
// middle comes as a new page, and begins again.
//
// When a seat loses its connection, the session is away. The same page on a new connection makes it live again (or
// paused, if it was). A new page runs an exchange and reports verdicts first; where that one goes over fresh digits, it
// may begin twice on the same page, and one mismatch ends the session like the first one. After each return the server
// asks the applicant's side to resync.
//
// # Flow
//
// Credit is counted in bytes end to end: the console acknowledges what it has applied (state lane: epoch and counter;
// resource lane: counter), and the applicant's side keeps a window of unacknowledged bytes per lane. State frames are
// never held back by resources. An honest sender therefore never overflows the server's outbox, which is bounded in
// bytes. Where it does overflow, the outbox is cleared of state and resource frames and the applicant's side is asked
// to resync; control frames stay. Control frames alone overflowing end the connection with 4003 slow.
//
// # Ending
//
// Every end has one reason, which is the metric label, the audit field and the close code (package session, reason.go).
// 4000-4499: the connection ended, the session may go on, come back. 4500-4999: it is over. 1xxx codes mean what
// RFC 6455 says, and a client treats them as "come back". A browser's own 1001 says that the document is gone: from the
// agent's seat that ends the session with 4502 console_closed, from the applicant's it is a page that went.
//
// A seat ends the session with a close frame, whose byte says why:
//
//	byte  from       what happened                                         then
//	0     applicant  a person ended it                                     4500 stopped
//	0     agent      a person ended it                                     4501 ended; before consent 4506 taken_back
//	1     applicant  the page was left before the codes had matched        4504 not_joined; dropped when not joining
//	1     agent      the console was closed or reloaded                    4502 console_closed
//	2     both       a frame came that does not open: it is not what the   4515 tampered
//	                 other end sealed
//	3     applicant  the page pins another policy than the one in force:   4516 policy
//	                 nothing may be shown
//	4     both       this end can't go on: something failed there that     4510 protocol
//	                 should not
//
// Reconnecting waits 0.25 s, then twice as long each time up to 5 s, each with up to half of it at random, until the
// grace time is over.
package signaling
