package session

// Room: session. What waits to be written to one connection: bounded in bytes, control apart, wiped when thrown away.

import "insyn/session/sealed"

// queue is frames in order. Owned by an outbox.
type queue struct {
	frames []sealed.Frame
	head   int
	bytes  int
}

func (q *queue) push(frame sealed.Frame) {
	q.frames = append(q.frames, frame)
	q.bytes += frame.Size()
}

func (q *queue) pop() (sealed.Frame, bool) {
	if q.head == len(q.frames) {
		return sealed.Frame{}, false
	}
	frame := q.frames[q.head]
	q.frames[q.head] = sealed.Frame{}
	q.head++
	q.bytes -= frame.Size()
	if q.head == len(q.frames) { // begin again at the front, so that the array does not creep
		q.frames, q.head = q.frames[:0], 0
	}
	return frame, true
}

// wipe overwrites and forgets all frames, and gives their size.
func (q *queue) wipe() int {
	bytes := q.bytes
	for _, frame := range q.frames[q.head:] {
		frame.Wipe()
	}
	*q = queue{}
	return bytes
}

// outbox holds the frames towards one connection. Status, resync and end are flags and not frames: however often they
// are raised, they cost nothing and are written once, as of the moment of writing. Guarded by the session's mu.
type outbox struct {
	control queue
	state   queue // keyframes, deltas, pointers
	bulk    queue // resources, which never hold back state
	status  bool
	resync  bool
}

// verdict of a push
type pushed uint8

const (
	pushedOK     pushed = iota
	pushedResync        // state and resources were cleared, the frame with them
	pushedSlow          // control frames alone overflow: the connection cannot be helped
)

// push takes the frame over. On pushedOK it will be written; otherwise it was wiped. cleared is how many bytes were
// thrown away besides it.
func (o *outbox) push(lane Lane, frame sealed.Frame, limits *Limits) (result pushed, cleared int) {
	if lane == LaneControl {
		if o.control.bytes+frame.Size() > limits.OutboxControlBytes {
			frame.Wipe()
			return pushedSlow, 0
		}
		o.control.push(frame)
		return pushedOK, 0
	}
	if o.state.bytes+o.bulk.bytes+frame.Size() > limits.OutboxBytes {
		frame.Wipe()
		return pushedResync, o.wipeContent()
	}
	if lane == LaneResource {
		o.bulk.push(frame)
	} else {
		o.state.push(frame)
	}
	return pushedOK, 0
}

// pop gives the next frame: control, then state, then resources.
func (o *outbox) pop() (sealed.Frame, bool) {
	if frame, ok := o.control.pop(); ok {
		return frame, true
	}
	if frame, ok := o.state.pop(); ok {
		return frame, true
	}
	return o.bulk.pop()
}

func (o *outbox) wipeContent() int { return o.state.wipe() + o.bulk.wipe() }

func (o *outbox) wipe() int { return o.control.wipe() + o.wipeContent() }
