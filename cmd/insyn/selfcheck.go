package main

// insyn selfcheck: what an auditor runs. It trusts nothing that the server says of itself.

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"insyn/cmd/internal/canary"
	"insyn/cmd/internal/demo"
	"insyn/cmd/internal/lockdown"
	"insyn/cmd/internal/selfcheck"
)

// exitStatus is how a command that ran ends otherwise than well.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func runSelfcheck(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if slices.Equal(args, []string{selfcheck.HoldArgument}) { // the drill's own, not for people
		return selfcheck.Hold(in, out)
	}
	flags := newFlags("selfcheck", out)
	drill := flags.Bool("drill", false, "run a session against a server of its own, with planted words, and search for them")
	pid := flags.Int("pid", 0, "the server's process; 0 finds it, where there is one")
	watch := flags.Duration("watch", 2*time.Second, "how long to watch what it writes")
	ask := flags.String("ask", "", "`address` where the server answers its operator, as http://127.0.0.1:8080; empty: where it listens")
	walk := flags.Duration("walk", 5*time.Minute, "with --drill: how long files are searched at most")
	asJSON := flags.Bool("json", false, "the report for machines")
	if err := parse(flags, args); err != nil {
		return err
	}
	var report *selfcheck.Report
	var err error
	if *drill {
		report, err = runDrill(ctx, *walk)
	} else {
		report, err = runLook(ctx, *pid, *watch, *ask)
	}
	if err != nil {
		return err
	}
	return say(report, *asJSON, out)
}

// say writes a report, and makes its verdict the exit status.
func say(report *selfcheck.Report, asJSON bool, out io.Writer) error {
	write := report.WriteText
	if asJSON {
		write = report.WriteJSON
	}
	if err := write(out); err != nil {
		return err
	}
	if status := report.Status(); status != 0 {
		return exitStatus(status)
	}
	return nil
}

// runLook examines a server that runs.
func runLook(ctx context.Context, pid int, watch time.Duration, ask string) (*selfcheck.Report, error) {
	if pid == 0 {
		found, err := selfcheck.Servers()
		if err != nil {
			return nil, err
		}
		if len(found) != 1 {
			return nil, fmt.Errorf("one running server expected, found %v: say which with --pid", found)
		}
		pid = found[0]
	}
	filters, err := published()
	if err != nil {
		return nil, err
	}
	return selfcheck.Look(ctx, selfcheck.LookConfig{PID: pid, Watch: watch, Ask: ask, Filters: filters})
}

// published are the seccomp filters of this build for this machine's processor.
func published() ([]selfcheck.Filter, error) {
	all, err := lockdown.Filters()
	if err != nil {
		return nil, err
	}
	var here []selfcheck.Filter
	for _, filter := range all {
		if string(filter.Processor) == runtime.GOARCH {
			here = append(here, selfcheck.Filter{Name: "of this build for " + runtime.GOARCH, Hash: filter.SHA256})
		}
	}
	return here, nil
}

func runDrill(ctx context.Context, walk time.Duration) (*selfcheck.Report, error) {
	return selfcheck.Drill(ctx, selfcheck.DrillConfig{
		Server: selfcheck.Started{
			Args: []string{"demo", "--listen", "127.0.0.1:0", "--discard", "1s"},
			Reached: func(port string) (insyn, desk string) {
				return demo.Local(port).Insyn, deskOrigin(port)
			},
		},
		Browsers: selfcheck.Browsers{
			Binary: selfcheck.FindChromium(),
			Page: func(port string) (page, origin string) {
				www := demo.Local(port).WWW
				return www + "/en/support", www
			},
		},
		Bounds: canary.DefaultBounds(), Walk: walk,
	})
}
