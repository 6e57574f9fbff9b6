package main

import (
	"math/rand/v2"
	"time"
)

// conditions of a line, in one direction.
type conditions struct {
	delay time.Duration
	// loss is the share of packets lost, from 0 to 1.
	loss float64
	// rate is in bits a second.
	rate int
	// queue is how many packets may wait to be sent.
	queue int
}

// A sender knows when a packet put on the line now arrives. Not safe for concurrent use.
type sender struct {
	conditions
	random *rand.Rand
	// ends are when the packets that wait will have been sent, in order.
	ends []time.Time
}

// send returns when a packet of so many bytes arrives; false where it is lost.
func (s *sender) send(size int, now time.Time) (time.Time, bool) {
	for len(s.ends) > 0 && !s.ends[0].After(now) {
		s.ends = s.ends[1:]
	}
	if len(s.ends) >= s.queue {
		return time.Time{}, false
	}
	begin := now
	if last := len(s.ends) - 1; last >= 0 {
		begin = s.ends[last]
	}
	end := begin.Add(time.Duration(size) * 8 * time.Second / time.Duration(s.rate))
	s.ends = append(s.ends, end)
	// What is lost was sent all the same.
	return end.Add(s.delay), s.random.Float64() >= s.loss
}
