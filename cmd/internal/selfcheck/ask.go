package selfcheck

// Room: cmd. The live self-test of a server, which it runs when somebody on its own machine asks.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

const (
	askTime = 30 * time.Second
	// guaranteed is the guard that nobody but the process itself can see.
	guaranteed = "Landlock"
)

// selfTest repeats what the process says of itself.
func (l *look) selfTest(ctx context.Context) {
	const name, promise = "Landlock", "no file can be made, opened for writing or changed, and no port reached that is not listed"
	const how = "the kernel shows it to nobody; this is the process's own word, from its live self-test"
	refused, allowed, unknown, err := ask(ctx, l.asked())
	if err != nil {
		l.report.add(name, promise, Unknown, how, err.Error())
		return
	}
	verdict := Holds
	switch {
	case len(allowed) > 0:
		verdict = Fails
	case refused[guaranteed] == 0:
		verdict = Unknown
	}
	all := 0
	for _, n := range refused {
		all += n
	}
	seen := []string{how, fmt.Sprintf("%d attempts refused, %d of them by Landlock; %d allowed; %d could not be tried here",
		all, refused[guaranteed], len(allowed), len(unknown))}
	for _, one := range allowed {
		seen = append(seen, "ALLOWED: "+one)
	}
	for _, one := range unknown {
		seen = append(seen, "not tried: "+one)
	}
	l.report.add(name, promise, verdict, seen...)
}

// asked are the addresses where the server may answer: the one that was named, or all those of its listeners, on this machine.
func (l *look) asked() []string {
	if l.config.Ask != "" {
		return []string{strings.TrimSuffix(l.config.Ask, "/")}
	}
	var all []string
	for _, listener := range l.listeners {
		at := listener.Addr()
		switch {
		case at == netip.IPv4Unspecified():
			at = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		case at == netip.IPv6Unspecified():
			at = netip.IPv6Loopback()
		}
		all = append(all, "http://"+net.JoinHostPort(at.String(), fmt.Sprint(listener.Port())))
	}
	return all
}

// errAsk is a server that did not answer.
var errAsk = errors.New("no self-test to be had, --ask names where")

// ask has a server test itself at the first address that answers, and gives what was refused, by guard, and the rest by name.
func ask(ctx context.Context, addresses []string) (refused map[string]int, allowed, unknown []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	err = errAsk
	for _, address := range addresses {
		attempts, askErr := askAt(ctx, address)
		if askErr != nil {
			err = errors.Join(err, askErr)
			continue
		}
		refused = map[string]int{}
		for _, a := range attempts {
			what := fmt.Sprintf("%s (%s: %s)", a.Name, a.Guarantee, a.Answer)
			switch a.Outcome {
			case "refused":
				refused[a.Guarantee]++
			case "unknown":
				unknown = append(unknown, what)
			default:
				allowed = append(allowed, what)
			}
		}
		return refused, allowed, unknown, nil
	}
	return nil, nil, nil, err
}

// attempt is one of a self-test's, as the server words it.
type attempt struct {
	Name      string `json:"name"`
	Guarantee string `json:"guarantee"`
	Outcome   string `json:"outcome"`
	Answer    string `json:"answer"`
}

func askAt(ctx context.Context, address string) ([]attempt, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/selftest", nil)
	if err != nil {
		return nil, err
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	var said struct {
		Attempts []attempt `json:"attempts"`
	}
	if json.Unmarshal(raw, &said) != nil || len(said.Attempts) == 0 {
		return nil, fmt.Errorf("%s/selftest is answered with %s: %.200s", address, response.Status, strings.TrimSpace(string(raw)))
	}
	return said.Attempts, nil
}
