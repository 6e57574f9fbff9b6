package selfcheck

// Room: cmd. What is made of the kernel's tables, and of nothing.

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestVerdictsTogether(t *testing.T) {
	for name, c := range map[string]struct {
		claims []Verdict
		want   Verdict
		status int
	}{
		"all hold":              {[]Verdict{Holds, Holds}, Holds, 0},
		"one fails":             {[]Verdict{Holds, Fails, Unknown}, Fails, 1},
		"one is unknown":        {[]Verdict{Unknown, Holds}, Unknown, 2},
		"one was not looked at": {[]Verdict{Holds, NotLooked}, Holds, 0},
		"nothing was claimed":   {nil, Unknown, 2},
	} {
		r := &Report{Of: "a test", Blind: []string{"the rest"}}
		for _, v := range c.claims {
			r.add("claim", "promise", v, "seen")
		}
		if got, status := r.Verdict(), r.Status(); got != c.want || status != c.status {
			t.Errorf("%s: %s, %d, want %s, %d", name, got, status, c.want, c.status)
		}
		var text, machine bytes.Buffer
		if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "All together: "+string(c.want)) || !strings.Contains(text.String(), "the rest") {
			t.Errorf("%s: %v, %s", name, err, &text)
		}
		var back struct {
			Report
			Verdict Verdict
		}
		if err := r.WriteJSON(&machine); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(machine.Bytes(), &back); err != nil || back.Verdict != c.want || !reflect.DeepEqual(back.Report, *r) {
			t.Errorf("%s: %v, %s", name, err, &machine)
		}
	}
}

func TestDescriptorsAreJudged(t *testing.T) {
	const read, write, both, path = "pos:\t0\nflags:\t0100000\n", "flags:\t0100001\n", "flags:\t02100002\n", "flags:\t012100002\n"
	sockets := map[string]opened{"7": {what: connection}, "8": {what: "a Unix socket", bad: true}}
	for _, c := range []struct {
		target, info string
		mode         os.FileMode
		bad, odd     bool
		length       int64
	}{
		{"socket:[7]", both, 0, false, false, 0},
		{"socket:[8]", both, 0, true, false, 0},
		{"socket:[9]", both, 0, false, true, 0},
		{"pipe:[12]", write, 0, false, false, 0},
		{"anon_inode:[eventpoll]", both, 0, false, false, 0},
		{"anon_inode:[eventfd]", both, 0, false, false, 0},
		{"anon_inode:[io_uring]", both, 0, true, false, 0},
		{"anon_inode:bpf-map", both, 0, true, false, 0},
		{"anon_inode:[userfaultfd]", both, 0, true, false, 0},
		{"/memfd:x (deleted)", both, 0o777, true, false, 0},
		{"/memfd:insyn-probe (deleted)", both, 0o777, false, false, 0},
		{"/memfd:insyn-probe (deleted)", both, 0o777, true, false, 1},
		{"/memfd:insyn-probe-x (deleted)", both, 0o777, true, false, 0},
		{"/dev/null", both, os.ModeDevice | os.ModeCharDevice, false, false, 0},
		{"/dev/pts/0", both, os.ModeDevice | os.ModeCharDevice, false, false, 0},
		{"/dev/vda", both, os.ModeDevice, true, false, 0},
		{"/var/log/insyn.log", write, 0, false, true, 0}, // of a kind that could not be found out
		{"/var/log/insyn.log", write, 0o644, true, false, 0},
		{"/var/log/insyn.log", both, 0o644, true, false, 0},
		{"/etc/insyn.json", read, 0o644, false, false, 0},
		{"/etc", read, os.ModeDir | 0o755, false, false, 0},
		{"/etc", path, os.ModeDir | 0o755, false, false, 0},
		{"/etc/x", "nothing", 0o644, true, false, 0},
		{"/run/x", write, os.ModeNamedPipe, false, false, 0},
	} {
		if got := judge(c.target, c.info, c.mode, c.length, sockets); got.bad != c.bad || got.odd != c.odd || got.what == "" {
			t.Errorf("%s %v %q: %+v, want bad %t, odd %t", c.target, c.mode, c.info, got, c.bad, c.odd)
		}
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"0100007F:1F90":                         "127.0.0.1:8080",
		"00000000000000000000000000000000:01BB": "[::]:443",
		"0000000000000000FFFF00000100007F:1F90": "127.0.0.1:8080",
		"nonsense":                              "nonsense",
	} {
		if got := address(text); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	listens := tcp(strings.Fields("0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 42"))
	if listens.what != "listens on TCP 127.0.0.1:8080" || listens.bad {
		t.Errorf("%+v", listens)
	}
	with := tcp(strings.Fields("1: 0100007F:1F90 0200000A:D431 01 00000000:00000000 00:00000000 00000000 0 0 43"))
	if with.what != connection {
		t.Errorf("%+v, want nothing said of whom it is with", with)
	}
}

func TestForeignCode(t *testing.T) {
	const maps = `00400000-00a00000 r-xp 00000000 fe:00 1 /usr/bin/insyn
00a00000-00b00000 r--p 00000000 fe:00 1 /usr/bin/insyn
c000000000-c000400000 rw-p 00000000 00:00 0 
7ffc1000-7ffc2000 r-xp 00000000 00:00 0 [vdso]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
`
	if got := foreignCode(maps, "/usr/bin/insyn"); len(got) != 0 {
		t.Errorf("%q, want none", got)
	}
	for _, line := range []string{
		"7f000000-7f001000 r-xp 00000000 fe:00 9 /usr/lib/preloaded.so", "7f000000-7f001000 rwxp 00000000 00:00 0 ",
	} {
		if got := foreignCode(maps+line+"\n", "/usr/bin/insyn"); len(got) != 1 {
			t.Errorf("%q: %q, want it to be found", line, got)
		}
	}
}

func TestFiltersAreCompared(t *testing.T) {
	published := []Filter{{"serve", "aa"}, {"serve with a tab stream", "bb"}}
	for name, c := range map[string]struct {
		found     map[string]int
		published []Filter
		want      Verdict
	}{
		"the one":                   {map[string]int{"aa": 9}, published, Holds},
		"the other one":             {map[string]int{"bb": 9}, published, Holds},
		"one more above it":         {map[string]int{"aa and cc": 9}, published, Holds},
		"another":                   {map[string]int{"cc": 9}, published, Fails},
		"one thread without":        {map[string]int{"aa": 8, "": 1}, published, Fails},
		"one thread with another":   {map[string]int{"aa": 8, "cc": 1}, published, Fails},
		"none":                      {map[string]int{"": 9}, published, Fails},
		"nothing to compare with":   {map[string]int{"aa": 9}, nil, Unknown},
		"neither one nor published": {map[string]int{"": 9}, nil, Fails},
	} {
		l := &look{config: LookConfig{Filters: c.published}}
		if got, seen := l.compare(c.found); got != c.want || len(seen) == 0 {
			t.Errorf("%s: %s, %q, want %s", name, got, seen, c.want)
		}
	}
}

func TestFieldsOfTables(t *testing.T) {
	table := []byte("Name:\tinsyn\nSeccomp:\t2\nSeccomp_filters:\t1\nVmSwap:\t      12 kB\nUid:\t1\t2\t3\t4\n")
	if got, ok := field(table, "Seccomp"); got != "2" || !ok {
		t.Errorf("Seccomp is %q", got)
	}
	if got, ok := number(table, "VmSwap"); got != 12 || !ok {
		t.Errorf("VmSwap is %d", got)
	}
	for _, name := range []string{"Seccom", "filters", "VmRSS"} {
		if got, ok := field(table, name); ok {
			t.Errorf("%s is %q, want nothing", name, got)
		}
	}
	if _, ok := number(table, "Name"); ok {
		t.Error("a name is a number")
	}
}

func TestTheControlHoldsWhatItIsGiven(t *testing.T) {
	var out bytes.Buffer
	if err := Hold(strings.NewReader("616263\n00ff\n\nanything"), &out); err != nil || out.String() != holding+"\n" {
		t.Errorf("%v, %q", err, &out)
	}
	if err := Hold(strings.NewReader("no digits\n\n"), &out); err == nil {
		t.Error("what are no digits is held")
	}
}

func TestEachPlaceHasAWordOfItsOwn(t *testing.T) {
	p, other := plant(), plant()
	p.code("4729153086")
	words := map[string]bool{}
	for _, c := range slices.Concat(p.all, other.all) {
		if words[string(c.Bytes)] {
			t.Errorf("%s has a word that is another's", c.Name)
		}
		words[string(c.Bytes)] = true
	}
	if len(words) != 7+7+2 {
		t.Errorf("%d words", len(words))
	}
	for _, c := range p.all[:4] {
		if !bytes.Contains(p.page(), c.Bytes) {
			t.Errorf("the page does not hold %s", c.Name)
		}
	}
}

func TestTheSelfTestIsAsked(t *testing.T) {
	answer := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/selftest" {
			http.Error(w, "not this", http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer server.Close()
	for name, c := range map[string]struct {
		answer string
		want   Verdict
	}{
		"all refused": {`{"attempts":[{"name":"open","guarantee":"Landlock","outcome":"refused","answer":"EACCES"},
			{"name":"exec","guarantee":"system calls","outcome":"refused","answer":"EPERM"}]}`, Holds},
		"one not tried": {`{"attempts":[{"name":"open","guarantee":"Landlock","outcome":"refused","answer":"EACCES"},
			{"name":"exec","guarantee":"system calls","outcome":"unknown","answer":""}]}`, Holds},
		"one allowed": {`{"attempts":[{"name":"open","guarantee":"Landlock","outcome":"refused","answer":"EACCES"},
			{"name":"exec","guarantee":"system calls","outcome":"allowed","answer":"ok"}]}`, Fails},
		"a word that is none": {`{"attempts":[{"name":"open","guarantee":"Landlock","outcome":"fine","answer":""}]}`, Fails},
		"none by Landlock":    {`{"attempts":[{"name":"exec","guarantee":"system calls","outcome":"refused","answer":"EPERM"}]}`, Unknown},
		"no attempts":         {`{"attempts":[]}`, Unknown},
		"no answer":           {`not confined`, Unknown},
	} {
		answer = c.answer
		l := &look{config: LookConfig{Ask: server.URL + "/"}, report: &Report{}}
		l.selfTest(t.Context())
		if got := l.report.Claims[0]; got.Verdict != c.want || len(got.Seen) < 2 {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
	l := &look{listeners: []netip.AddrPort{
		netip.MustParseAddrPort("0.0.0.0:80"), netip.MustParseAddrPort("[::]:81"), netip.MustParseAddrPort("127.0.0.1:82"),
	}}
	if got := l.asked(); !slices.Equal(got, []string{"http://127.0.0.1:80", "http://[::1]:81", "http://127.0.0.1:82"}) {
		t.Errorf("%q are asked", got)
	}
}
