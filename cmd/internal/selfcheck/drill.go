package selfcheck

// Room: cmd. The drill: a whole session against a server of its own, with planted words, and then the search for them.

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"time"

	"insyn/cmd/internal/canary"
)

// DrillConfig is what a drill needs.
type DrillConfig struct {
	Server   Started
	Browsers Browsers
	Bounds   canary.Bounds
	Walk     time.Duration // the longest that the files are walked
}

// Times of the parts.
const (
	talkTime    = time.Minute
	discardTime = time.Minute
	controlTime = time.Minute
)

// ErrPlatform is a system on which nobody can look into a process from outside as we do.
var ErrPlatform = errors.New("only on Linux: nothing can be said elsewhere")

// drill is one run.
type drill struct {
	config  DrillConfig
	began   time.Time
	report  *Report
	server  *instance
	planted *planted
	frames  []canary.Canary // pieces of what was relayed, sealed
}

// Drill starts a server, has a session through it, and searches for what was in it. An error means that the drill could
// not be run; what it finds is in the report.
func Drill(ctx context.Context, config DrillConfig) (*Report, error) {
	if runtime.GOOS != "linux" {
		return nil, ErrPlatform
	}
	d := &drill{config: config, began: time.Now(), planted: plant(), report: &Report{
		Of: "A session through a server of the drill's own, with planted words, and a search for them",
	}}
	if err := d.control(ctx); err != nil {
		return nil, fmt.Errorf("the control: %w", err)
	}
	server, err := start(ctx, config.Server)
	if err != nil {
		return nil, fmt.Errorf("the drill's server does not start: %w", err)
	}
	d.server = server
	defer server.stop()
	before, beforeErr := written(server.pid())
	if err := d.talk(ctx); err != nil {
		return nil, fmt.Errorf("the session: %w", err)
	}
	if err := d.discarded(ctx); err != nil {
		return nil, err
	}
	if err := d.memory(false); err != nil {
		return nil, err
	}
	d.wrote(before, beforeErr)
	if err := d.metrics(ctx); err != nil {
		return nil, err
	}
	if err := d.confined(ctx); err != nil {
		return nil, err
	}
	if err := d.browsers(ctx); err != nil {
		return nil, err
	}
	server.stop()
	d.output()
	if err := d.files(ctx); err != nil {
		return nil, err
	}
	d.report.Blind = []string{
		"what other browsers than the one here keep, screenshots, a phone held before the screen",
		"what stands before the server: proxies, balancers, packet captures (they see sealed frames, and TLS above them)",
		"what reads its standard output: journals and log collectors keep what they are given, and the drill looked at that",
		"memory that was written to a swap device or a virtual machine's snapshot, below the file systems that were walked",
		"words that were compressed or enciphered before they were kept: the drill's own are sent uncompressed",
	}
	return d.report, nil
}

// control shows that what finds nothing would find something.
func (d *drill) control(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	held, missed, err := control(ctx, d.config.Bounds)
	if err != nil {
		return err
	}
	verdict, seen := Holds, fmt.Sprintf("%d words were held on purpose by another process and in a file, each in a form of its own, and %d of them were found",
		len(held), len(held)-len(missed))
	if len(missed) > 0 {
		verdict = Fails
	}
	d.report.add("control", "the search finds what is there", verdict, append([]string{seen}, missed...)...)
	return nil
}

// set is what is looked for by now.
func (d *drill) set() (*canary.Set, error) { return canary.NewSet(d.planted.all...) }

// memory searches the server's, while the session is live and after its close.
func (d *drill) memory(live bool) error {
	const promise = "no word, no digit of the code and no key is in the server's memory, in any form"
	name := map[bool]string{true: "memory, while live", false: "memory, after the close"}[live]
	set, err := d.set()
	if err != nil {
		return err
	}
	sealed, err := canary.NewSet(d.frames...)
	if err != nil {
		return err
	}
	var found, frames canary.Memory
	err = d.server.still(func() error {
		var err error
		if found, err = canary.SearchMemory(d.server.pid(), set); err != nil {
			return err
		}
		frames, err = canary.SearchMemory(d.server.pid(), sealed)
		return err
	})
	if err != nil {
		d.report.add(name, promise, Unknown, err.Error())
		return nil
	}
	verdict := Holds
	seen := []string{fmt.Sprintf("%d mappings, %s searched for %d words, %d findings", found.Mappings, size(found.Bytes), len(d.planted.all), len(found.Hits))}
	if found.Unreadable > 0 {
		verdict = Unknown
		seen = append(seen, fmt.Sprintf("%s could not be read", size(found.Unreadable)))
	}
	for _, hit := range found.Hits {
		verdict = Fails
		seen = append(seen, fmt.Sprintf("found: %s, %s, at %#x %s", hit.Canary, hit.Form, hit.Offset, hit.Mapping))
	}
	d.report.add(name, promise, verdict, seen...)
	d.sealed(live, distinct(frames.Hits))
	return nil
}

// sealed says what is left of the frames that were relayed. While a session is live some are on their way. After it ours are
// wiped; what cannot be wiped is what stood in the processor's registers when the kernel interrupted a thread, and saved
// them, up to 256 bytes each: a piece of one frame.
func (d *drill) sealed(live bool, left int) {
	seen := fmt.Sprintf("%d sealed frames were looked for, pieces of %d lie around", len(d.frames), left)
	threads, err := threads(d.server.pid())
	switch {
	case live && left == 0:
		// Else a search that finds none after the close would say nothing.
		d.report.add("sealed frames, while live", "what is on its way is found by the search", Unknown, seen)
	case live:
		d.report.add("sealed frames, while live", "what is on its way is found by the search", Holds, seen+", which the server cannot open")
	case err == nil && left <= len(threads):
		d.report.add("sealed frames, after the close", "sealed frames are wiped too", Holds, seen,
			fmt.Sprintf("%d threads: of each the kernel may have saved a piece with its registers", len(threads)))
	default:
		d.report.add("sealed frames, after the close", "sealed frames are wiped too", Fails, seen)
	}
}

func distinct(hits []canary.MemoryHit) int {
	names := map[string]bool{}
	for _, hit := range hits {
		names[hit.Canary] = true
	}
	return len(names)
}

// wrote compares what the kernel counts as written.
func (d *drill) wrote(before int64, err error) {
	const name, promise = "writes", "the server has not written to any storage"
	after, afterErr := written(d.server.pid())
	if err = cmp.Or(err, afterErr); err != nil {
		d.report.add(name, promise, Unknown, err.Error())
		return
	}
	verdict := Holds
	if after > 0 {
		verdict = Fails
	}
	d.report.add(name, promise, verdict, fmt.Sprintf("write_bytes of the kernel: %d before the session, %d after it", before, after))
}

// confined looks at the server as Look does, so that what was searched is what is run. A process of its own looks: who waits
// for a child's end, as we do, would be told of its stops instead of the one who traces it.
func (d *drill) confined(ctx context.Context) error {
	const name, promise = "confinement", "the server of the drill is confined as it must be"
	cmd := exec.CommandContext(ctx, itself, "selfcheck", "--json", "--watch", "0s", "--pid", strconv.Itoa(d.server.pid())) //nolint:gosec // ourselves
	said, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		return err
	}
	var looked Report
	if err := json.Unmarshal(said, &looked); err != nil {
		d.report.add(name, promise, Unknown, "no report: "+err.Error())
		return nil
	}
	// Whether this machine may swap is its operator's matter, and insyn selfcheck's; that nothing is swapped now counts here.
	looked.Claims = slices.DeleteFunc(looked.Claims, func(c Claim) bool { return c.Name == swapLater })
	seen := []string{fmt.Sprintf("%d claims were looked into, as insyn selfcheck does", len(looked.Claims))}
	for _, c := range looked.Claims {
		if c.Verdict != Holds {
			seen = append(seen, fmt.Sprintf("%s: %s: %q", c.Verdict, c.Name, c.Seen))
		}
	}
	d.report.add(name, promise, looked.Verdict(), seen...)
	return nil
}

// metrics searches the page of metrics, and reads what it says is held.
func (d *drill) metrics(ctx context.Context) error {
	page, err := d.server.metrics(ctx)
	if err != nil {
		return err
	}
	return d.searched("metrics", "the metrics hold no word of it", page)
}

// output searches what the server has written to its standard output and standard error.
func (d *drill) output() {
	if err := d.searched("output", "what the server prints and logs holds no word of it", d.server.out.Bytes()); err != nil {
		d.report.add("output", "what the server prints and logs holds no word of it", Unknown, err.Error())
	}
}

func (d *drill) searched(name, promise string, text []byte) error {
	set, err := d.set()
	if err != nil {
		return err
	}
	verdict, seen := Holds, []string{}
	set.Search(text, 0, func(h canary.Hit) {
		verdict = Fails
		seen = append(seen, fmt.Sprintf("found: %s, %s, at byte %d", h.Canary, h.Form, h.Offset))
	})
	if len(text) < 100 {
		verdict = Unknown // of next to nothing, nothing can be said
	}
	d.report.add(name, promise, verdict, append([]string{fmt.Sprintf("%d bytes searched, %d findings", len(text), len(seen))}, seen...)...)
	return nil
}

// files searches every file that changed since the drill began.
func (d *drill) files(ctx context.Context) error {
	set, err := d.set()
	if err != nil {
		return err
	}
	walk, cancel := context.WithTimeout(ctx, d.config.Walk)
	defer cancel()
	files, err := canary.SearchFiles(walk, set, d.began, d.config.Bounds)
	if err != nil {
		return err
	}
	verdict := Holds
	seen := []string{fmt.Sprintf("%d mounts that can be written to, %d files and folders, %d of them changed since the start, %s searched, %d findings",
		len(files.Mounts), files.Entries, files.Changed, size(files.Bytes), len(files.Hits))}
	if walk.Err() != nil {
		verdict = Unknown
		seen = append(seen, fmt.Sprintf("not everything: %v were not enough", d.config.Walk))
	}
	if os.Geteuid() != 0 {
		seen = append(seen, "as an ordinary user: what only others may read was not searched. Run it as root for that")
	}
	for _, hit := range files.Hits {
		verdict = Fails
		seen = append(seen, fmt.Sprintf("found: %s, %s, in %q at byte %d", hit.Canary, hit.Form, hit.File, hit.Offset))
	}
	const most = 20
	for i, skipped := range files.Skipped {
		if i == most {
			seen = append(seen, fmt.Sprintf("and %d more were left out", len(files.Skipped)-most))
			break
		}
		seen = append(seen, "left out: "+skipped)
	}
	d.report.add("files", "no file on this machine that changed since the start holds a word of it", verdict, seen...)
	return nil
}

func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KiB", (bytes+1023)>>10)
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}
