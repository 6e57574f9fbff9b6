package session

import "testing"

// Every cell of state × event. An empty cell means that the event means nothing there.
func TestEveryTransition(t *testing.T) {
	offered, joining, live := place{state: Offered}, place{state: Joining}, place{state: Live}
	paused, away, awayPaused := place{state: Paused, paused: true}, place{state: Away}, place{state: Away, paused: true}
	closed := place{state: Closed}
	none := place{state: 99}
	events := []event{eventRedeemed, eventMatched, eventLost, eventReturned, eventPause, eventResume, eventClose}
	table := []struct {
		from place
		to   [7]place // in the order of events
	}{
		{offered, [7]place{joining, none, none, none, none, none, closed}},
		{joining, [7]place{none, live, none, none, none, none, closed}},
		{live, [7]place{none, none, away, none, paused, none, closed}},
		{paused, [7]place{none, none, awayPaused, none, none, live, closed}},
		{away, [7]place{none, none, none, live, awayPaused, away, closed}},
		{awayPaused, [7]place{none, none, none, paused, awayPaused, away, closed}},
		{closed, [7]place{none, none, none, none, none, none, none}},
	}
	for _, row := range table {
		for i, e := range events {
			want, wantOK := row.to[i], row.to[i] != none
			if !wantOK {
				want = row.from
			}
			if got, ok := row.from.next(e); got != want || ok != wantOK {
				t.Errorf("%v with event %d: got %v, %v, want %v, %v", row.from, e, got, ok, want, wantOK)
			}
		}
	}
}
