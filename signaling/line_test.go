package signaling

// Room: signaling. What a slow line is given time for, and the tables that the browsers have too.

import (
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"insyn/session"
)

// A keyframe that takes two minutes: longer than a write may, and yet no piece of it does.
func TestASlowLineHasItsTimeForEachPiece(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		applicant, agent := w.live()
		go func() {
			for { // answers beats
				if _, err := applicant.next(); err != nil {
					return
				}
			}
		}()
		keyframe := bytes.Repeat([]byte("sealed"), 170_000)
		applicant.send(session.KindKeyframe, 1, keyframe)
		_, message, err := agent.ws.Reader(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		for began := time.Now(); ; {
			n, err := io.CopyN(&got, message, 64<<10)
			if err == io.EOF { //nolint:errorlint // bare: the end of the message
				if took := time.Since(began); took < 2*time.Minute {
					t.Errorf("took %v, want a slower line than that", took)
				}
				break
			}
			if err != nil {
				t.Fatalf("after %d bytes, the last %d: %v", got.Len(), n, err)
			}
			time.Sleep(8 * time.Second)
			agent.say(session.KindBeat)
		}
		if !bytes.Equal(got.Bytes()[session.HeaderSize:], keyframe) {
			t.Errorf("%d bytes came, not as they were sent", got.Len())
		}
		_ = applicant.ws.CloseNow()
	})
}

// The browser's table of kinds is the server's.
func TestKindsAreTheBrowsersToo(t *testing.T) {
	source, err := os.ReadFile("../web/src/wire/frame.ts")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^  (\w+): \{ lane: '\w+', max: \(?(\d+)(?: << (\d+)\)?)?(?: \+ (\d+))? \},$`).FindAllSubmatch(source, -1)
	number := func(b []byte) int {
		n, _ := strconv.Atoi(string(b)) // what is left out is 0
		return n
	}
	i := 0
	for _, kind := range session.Kinds() {
		if kind.Local() {
			continue
		}
		if i >= len(found) {
			t.Fatalf("the browser has %d kinds, want one for %v too", len(found), kind)
		}
		name, most := string(found[i][1]), number(found[i][2])<<number(found[i][3])+number(found[i][4])
		if name != kind.String() || most != kind.MaxPayload() {
			t.Errorf("the browser has %s of %d bytes at most, the server %v of %d", name, most, kind, kind.MaxPayload())
		}
		i++
	}
	if i != len(found) {
		t.Errorf("the browser has %d relayed kinds, the server %d", len(found), i)
	}
}
