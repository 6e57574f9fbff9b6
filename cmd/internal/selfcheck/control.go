package selfcheck

// Room: cmd. The control: a process that holds canaries on purpose, so that finding none elsewhere means something.

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"time"

	"insyn/cmd/internal/canary"
)

// HoldArgument makes the binary hold what it is given, see Hold.
const HoldArgument = "--hold"

const holding = "holding"

// Hold is the control's other half: it reads lines of hexadecimal digits, keeps the bytes that they stand for, and says so.
// It returns when in is at its end and was told so twice: with an empty line, and by closing.
func Hold(in io.Reader, out io.Writer) error {
	var kept [][]byte
	lines := bufio.NewScanner(in)
	for lines.Scan() && len(lines.Bytes()) > 0 {
		raw, err := hex.DecodeString(lines.Text())
		if err != nil {
			return errors.New("hexadecimal digits expected")
		}
		kept = append(kept, raw)
	}
	if _, err := fmt.Fprintln(out, holding); err != nil {
		return err
	}
	for lines.Scan() { // until the drill has looked
		continue
	}
	for _, raw := range kept { // so that they live until here
		clear(raw)
	}
	return lines.Err()
}

// control searches a process that holds a canary in each form, and a file that does, with the very detector that the drill
// uses. It gives what was held and not found.
func control(ctx context.Context, bounds canary.Bounds) (held, missed []string, err error) {
	var blobs [][]byte
	var canaries []canary.Canary
	plant := func(form string, masked bool, encode func(b []byte) []byte) {
		c := canary.Canary{Name: form, Bytes: []byte(draw())}
		blob := encode(c.Bytes)
		if masked {
			c.Name += ", masked"
			mask := make([]byte, 4)
			_, _ = rand.Read(mask) // does not fail
			for i := range blob {
				blob[i] ^= mask[i%4] | 1 // never without a mask
			}
		}
		canaries, blobs, held = append(canaries, c), append(blobs, blob), append(held, c.Name)
	}
	for _, form := range slices.Sorted(maps.Keys(canary.Forms([]byte(draw())))) {
		for _, masked := range []bool{false, true} {
			plant(form, masked, func(b []byte) []byte { return bytes.Clone(canary.Forms(b)[form][0]) })
		}
	}
	inFile := canary.Canary{Name: "in a file", Bytes: []byte(draw())}
	canaries, held = append(canaries, inFile), append(held, inFile.Name)
	set, err := canary.NewSet(canaries...)
	if err != nil {
		return nil, nil, err
	}
	found := map[string]bool{}
	if err := whileHeld(ctx, blobs, func(pid int) error {
		memory, err := canary.SearchMemory(pid, set)
		for _, hit := range memory.Hits {
			found[hit.Canary] = found[hit.Canary] || hit.Form == hit.Canary // in the form that it was held in
		}
		return err
	}); err != nil {
		return held, nil, err
	}
	if err := inAFile(ctx, set, inFile, bounds, found); err != nil {
		return held, nil, err
	}
	for _, name := range held {
		if !found[name] {
			missed = append(missed, name)
		}
	}
	return held, missed, nil
}

// whileHeld runs a process that holds blobs.
func whileHeld(ctx context.Context, blobs [][]byte, look func(pid int) error) error {
	cmd := exec.CommandContext(ctx, itself, "selfcheck", HoldArgument)
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = func() error {
		for _, blob := range blobs {
			if _, err := fmt.Fprintln(in, hex.EncodeToString(blob)); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(in); err != nil {
			return err
		}
		said, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || said != holding+"\n" {
			return fmt.Errorf("the control said %q: %w", said, errors.Join(err, errors.New("it does not hold")))
		}
		return look(cmd.Process.Pid)
	}()
	return errors.Join(err, in.Close(), cmd.Wait())
}

// inAFile has a canary written to a folder for passing files, and looks for it there.
func inAFile(ctx context.Context, set *canary.Set, c canary.Canary, bounds canary.Bounds, found map[string]bool) error {
	folder, err := os.MkdirTemp("", "insyn-control-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	began := time.Now()
	if err := os.WriteFile(folder+"/kept", append([]byte("kept on purpose "), c.Bytes...), 0o600); err != nil {
		return err
	}
	files, err := canary.SearchFolder(ctx, folder, set, began, bounds)
	for _, hit := range files.Hits {
		found[hit.Canary] = true
	}
	return err
}
