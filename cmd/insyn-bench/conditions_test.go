package main

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestPacketsTakeTheirTimeOneAfterTheOther(t *testing.T) {
	line := sender{conditions: conditions{delay: 100 * time.Millisecond, rate: 8000, queue: 3}, random: rand.New(rand.NewPCG(1, 2))}
	now := time.Now()
	for n, want := range []time.Duration{1100, 2100, 3100} {
		at, ok := line.send(1000, now)
		if !ok || at.Sub(now) != want*time.Millisecond {
			t.Errorf("packet %d: arrives after %v, %v, want %v ms", n, at.Sub(now), ok, want)
		}
	}
	if _, ok := line.send(1000, now); ok {
		t.Error("a fourth packet found room in a queue of three")
	}
	if at, ok := line.send(1000, now.Add(time.Second)); !ok || at.Sub(now) != 4100*time.Millisecond {
		t.Errorf("once the first is through: arrives after %v, %v, want 4.1 s", at.Sub(now), ok)
	}
}

func TestAShareOfThePacketsIsLost(t *testing.T) {
	line := sender{conditions: conditions{loss: 0.02, rate: 1 << 30, queue: 10}, random: rand.New(rand.NewPCG(1, 2))}
	lost := 0
	now := time.Now()
	for n := range 10_000 {
		if _, ok := line.send(100, now.Add(time.Duration(n)*time.Second)); !ok {
			lost++
		}
	}
	if lost < 150 || lost > 250 {
		t.Errorf("%d of 10,000 lost, want about 200", lost)
	}
}
