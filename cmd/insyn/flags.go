package main

// Flags: every limit has one, with the default of the package that keeps the limit.

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"insyn/consent"
	"insyn/session"
	"insyn/signaling"
	"insyn/signaling/identity"
)

func newFlags(command string, out io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet("insyn "+command, flag.ContinueOnError)
	flags.SetOutput(out)
	return flags
}

// parse wants flags only: a stray word is more often a mistake than meant.
func parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%s --help lists the flags: %w", flags.Name(), err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("expected flags only, got %q; %s --help lists them", flags.Arg(0), flags.Name())
	}
	return nil
}

// limits are all that a server is limited by.
type limits struct {
	session   session.Limits
	signaling signaling.Limits
	pace      consent.PaceLimits
	signIn    identity.DevelopmentLimits
}

// limitFlags adds a flag for each limit.
func limitFlags(flags *flag.FlagSet) *limits {
	l := &limits{session.DefaultLimits(), signaling.DefaultLimits(), consent.DefaultPaceLimits(), identity.DefaultDevelopmentLimits()}
	s, c, p := &l.session, &l.signaling, &l.pace
	flags.IntVar(&s.Sessions, "sessions", s.Sessions, "most sessions at once, offered ones included")
	flags.IntVar(&s.Codes, "codes", s.Codes, "most unredeemed codes at once")
	flags.DurationVar(&s.Code, "code-life", s.Code, "how long a code may be typed")
	flags.DurationVar(&s.CodeStep, "code-step", s.CodeStep, "what one extension of a code adds")
	flags.DurationVar(&s.CodeMost, "code-most", s.CodeMost, "how long a code may be typed after all extensions")
	flags.DurationVar(&s.Join, "join", s.Join, "from the code's redemption to the match")
	flags.DurationVar(&s.Idle, "idle", s.Idle, "how long the applicant's page may say nothing but that it is there")
	flags.DurationVar(&s.Maximum, "maximum", s.Maximum, "longest session")
	flags.DurationVar(&s.Grace, "grace", s.Grace, "how long one side may be away")
	flags.DurationVar(&s.Resync, "resync", s.Resync, "least time between two requests to resync")
	flags.IntVar(&s.OutboxBytes, "outbox", s.OutboxBytes, "most `bytes` of page content waiting for one connection")
	flags.IntVar(&s.OutboxControlBytes, "outbox-control", s.OutboxControlBytes, "most `bytes` of control frames waiting for one connection")
	flags.IntVar(&c.Connections, "connections", c.Connections, "most WebSockets at once")
	flags.DurationVar(&c.Discard, "discard", c.Discard, "least time between two collections of the memory of connections that ended")
	flags.DurationVar(&c.Beat, "beat", c.Beat, "time between two beats of the server on a connection")
	flags.DurationVar(&c.Silence, "silence", c.Silence, "how long a connection may be silent")
	flags.DurationVar(&c.Write, "write", c.Write, "how long a peer may take to take what is written")
	flags.DurationVar(&c.Farewell, "farewell", c.Farewell, "how long a peer may take to answer a close")
	flags.IntVar(&c.Refusals, "refusals", c.Refusals, "most sockets at once that are being told that they are not admitted")
	flags.Int64Var(&c.BodyBytes, "body", c.BodyBytes, "most `bytes` in a request to the console's API")
	flags.IntVar(&c.FramesPerSecond, "frame-rate", c.FramesPerSecond, "frames per second of one seat, beyond that it is read slower")
	flags.IntVar(&c.FrameBurst, "frame-burst", c.FrameBurst, "frames of one seat at once")
	flags.IntVar(&c.BytesPerSecond, "byte-rate", c.BytesPerSecond, "`bytes` per second of one seat")
	flags.IntVar(&c.ByteBurst, "byte-burst", c.ByteBurst, "`bytes` of one seat at once")
	flags.DurationVar(&p.NetworkEvery, "guess-every", p.NetworkEvery, "each network may send one wrong code in this time, once --guess-burst are used up")
	flags.IntVar(&p.NetworkBurst, "guess-burst", p.NetworkBurst, "wrong codes that a network may send at once")
	flags.DurationVar(&p.GlobalEvery, "guess-every-all", p.GlobalEvery, "all networks together may send one wrong code in this time, once --guess-burst-all are used up")
	flags.IntVar(&p.GlobalBurst, "guess-burst-all", p.GlobalBurst, "wrong codes that all networks together may send at once")
	flags.DurationVar(&p.MaxDelay, "guess-delay", p.MaxDelay, "longest a guess is held back before it is told to come again")
	flags.IntVar(&p.Networks, "guess-networks", p.Networks, "most networks whose wrong codes are counted; the rest share one count")
	flags.DurationVar(&p.Remember, "guess-remember", p.Remember, "how long a network that guessed wrong is remembered")
	flags.IntVar(&l.signIn.SignIns, "sign-ins", l.signIn.SignIns, "most agents signed in at once (development login)")
	flags.DurationVar(&l.signIn.Life, "sign-in-life", l.signIn.Life, "how long a sign-in lasts (development login)")
	return l
}
