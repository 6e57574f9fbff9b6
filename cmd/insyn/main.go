// Command insyn is the whole of Insyn in one binary: the demo, and what it was built from. Flags, files and signals live
// here and nowhere else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `Insyn lets a support agent see an agency's own pages as an applicant sees them, during a call.

  insyn demo       start everything on one port, with an invented agency
  insyn selfcheck  find out what a server could keep, and what it does (--drill: in a session of its own)
  insyn version    say what was built in (--assets lists the browser code's hashes, and --write DIR keeps it)

insyn COMMAND --help lists a command's flags.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	if status := exitStatus(0); errors.As(err, &status) { // it has said why
		stop()
		os.Exit(int(status))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "insyn:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		_, err := io.WriteString(out, usage)
		return err
	}
	var err error
	switch args[0] {
	case "demo":
		err = runDemo(ctx, args[1:], out)
	case "selfcheck":
		err = runSelfcheck(ctx, args[1:], in, out)
	case "version":
		err = runVersion(args[1:], out)
	case "help", "-h", "--help":
		_, err = io.WriteString(out, usage)
	default:
		return fmt.Errorf("no command %q: expected demo, selfcheck or version", args[0])
	}
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	return err
}
