package consent

// Room: consent. Guess pacing: wrong codes become slow, per network and for all together. A network that has not guessed
// lately always gets its try, however many others are guessing.

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"
)

// PaceLimits are the limits on guesses. Rates are given as the time that one guess costs.
type PaceLimits struct {
	NetworkEvery time.Duration // one guess per network in this time ...
	NetworkBurst int           // ... after this many at once
	GlobalEvery  time.Duration // the same for all networks together
	GlobalBurst  int
	MaxDelay     time.Duration // a guess that would wait longer is refused with the time to come back
	Networks     int           // networks remembered; what comes on top shares one place
	Remember     time.Duration // how long a network that guessed wrong is remembered after its debt is paid
}

// DefaultPaceLimits let a person try again at once and a machine one guess in five seconds.
func DefaultPaceLimits() PaceLimits {
	return PaceLimits{
		NetworkEvery: 5 * time.Second, NetworkBurst: 5,
		GlobalEvery: 500 * time.Millisecond, GlobalBurst: 60,
		MaxDelay: 15 * time.Second,
		Networks: 50_000, Remember: 10 * time.Minute,
	}
}

// networkKey is an HMAC of a network under a key that dies with the process: a memory image names no address.
type networkKey [16]byte

// Pace is a generic cell rate algorithm (ITU-T I.371, annex A) with one cell per network and one for all. In memory
// only; safe for concurrent use.
type Pace struct {
	limits PaceLimits
	key    []byte

	mu       sync.Mutex
	global   time.Time                // theoretical arrival time of the next guess
	networks map[networkKey]time.Time // the same per network
	swept    time.Time
}

// NewPace draws the key that hides the networks from random, which must be cryptographic.
func NewPace(limits PaceLimits, random io.Reader) (*Pace, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("pace key: %w", err)
	}
	return &Pace{limits: limits, key: key, networks: make(map[networkKey]time.Time)}, nil
}

// Reservation is one guess that was counted before anyone knew whether it is a hit.
type Reservation struct {
	Delay   time.Duration // wait this long before the look-up
	pace    *Pace
	network networkKey
	at      time.Time
	cost    time.Duration // what it took of the global cell
}

// Reserve counts a guess from a client address (IP, as text). False: the guess would wait longer than MaxDelay, nothing
// was counted, and Delay says when to come back. For the others' guesses a network is refused only if it has guessed
// itself: who comes for the first time waits MaxDelay at most, or a few networks that keep asking would lock all out.
func (p *Pace) Reserve(address string, now time.Time) (Reservation, bool) {
	network := p.networkOf(address)
	p.mu.Lock()
	defer p.mu.Unlock()
	key := p.place(network, now)
	tat, guessed := p.networks[key]
	guessed = guessed && now.Before(tat.Add(p.limits.Remember))
	own, ownNext := reserve(tat, now, p.limits.NetworkEvery, p.limits.NetworkBurst)
	all, allNext := reserve(p.global, now, p.limits.GlobalEvery, p.limits.GlobalBurst)
	cost := p.limits.GlobalEvery
	if all > p.limits.MaxDelay && !guessed {
		all, allNext, cost = p.limits.MaxDelay, p.global, 0
	}
	r := Reservation{Delay: max(own, all), pace: p, network: key, at: now, cost: cost}
	if r.Delay > p.limits.MaxDelay {
		r.Delay -= p.limits.MaxDelay
		return r, false
	}
	p.networks[key], p.global = ownNext, allNext
	return r, true
}

// Return takes the guess back: it was a hit, and costs nobody anything. Call at most once.
func (r Reservation) Return() {
	p := r.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	p.global = p.global.Add(-r.cost)
	tat := p.networks[r.network].Add(-p.limits.NetworkEvery)
	p.networks[r.network] = tat
	if !tat.After(r.at) {
		delete(p.networks, r.network) // it owes nothing and has not guessed
	}
}

// reserve gives the delay of one more guess now, and the theoretical arrival time after it.
func reserve(tat, now time.Time, every time.Duration, burst int) (time.Duration, time.Time) {
	if tat.Before(now) {
		tat = now
	}
	return max(0, tat.Sub(now)-time.Duration(burst-1)*every), tat.Add(every)
}

// place finds where a network is counted: its own entry, or the shared one (the zero key) when the table is full of
// networks that are still being slowed. An entry in use is never thrown out, since that would be a way to reset it.
func (p *Pace) place(key networkKey, now time.Time) networkKey {
	if _, known := p.networks[key]; known || len(p.networks) < p.limits.Networks {
		return key
	}
	if now.Sub(p.swept) >= time.Second {
		p.swept = now
		for k, tat := range p.networks {
			if !now.Before(tat.Add(p.limits.Remember)) {
				delete(p.networks, k)
			}
		}
	}
	if len(p.networks) < p.limits.Networks {
		return key
	}
	return networkKey{}
}

// networkOf is the /32 of an IPv4 address and the /56 of an IPv6 one, which is what one household or office gets. What
// is not an address counts as one network.
func (p *Pace) networkOf(address string) networkKey {
	mac := hmac.New(sha256.New, p.key)
	if addr, err := netip.ParseAddr(address); err == nil {
		addr = addr.Unmap()
		bits := 32
		if addr.Is6() {
			bits = 56
		}
		if prefix, err := addr.WithZone("").Prefix(bits); err == nil {
			b := prefix.Addr().As16()
			mac.Write(b[:])
		}
	}
	return networkKey(mac.Sum(nil)[:16])
}
