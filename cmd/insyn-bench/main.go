// Command insyn-bench is what the benchmarks need beside the product: a slow line.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const usage = `insyn-bench line --near NAME --far NAME   (Linux, as root)

Makes two network interfaces and carries packets between them: as fast as it can, and after SIGUSR1 as a bad mobile connection
would. The caller gives them addresses, and moves the far one into a network namespace.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "insyn-bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "line" {
		fmt.Fprint(os.Stderr, usage)
		return nil
	}
	flags := flag.NewFlagSet("line", flag.ContinueOnError)
	near := flags.String("near", "", "name of the interface at this end")
	far := flags.String("far", "", "name of the interface at the other end")
	var how conditions
	flags.DurationVar(&how.delay, "delay", 150*time.Millisecond, "each packet takes this long, in each direction")
	flags.Float64Var(&how.loss, "loss", 0.02, "share of packets lost, from 0 to 1")
	flags.IntVar(&how.rate, "rate", 200_000, "bits a second")
	flags.IntVar(&how.queue, "queue", 100, "packets that wait; what comes beyond is lost")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	return carry(ctx, *near, *far, how, os.Stdout)
}
