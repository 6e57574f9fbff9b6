package session

import (
	"crypto/rand"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheWayToLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, DefaultLimits())
		b.offer = b.mustOffer("agent")
		b.session, _ = b.registry.ForAgent(b.offer.Session, "agent")
		b.agent = b.attach(Agent, 1)
		out, _ := b.agent.Next()
		if s := out.Status; s == nil || s.State != Offered || s.AgentID != "agent" || s.Routing != "" {
			t.Errorf("status when offered = %+v", out.Status)
		}
		if _, reason := b.session.Attach(Applicant, 1); reason != ReasonNotAdmitted {
			t.Errorf("an applicant before consent: %q, want not_admitted", reason)
		}
		b.registry.Redeem(redemption(b.offer.Routing, 1))
		b.wantDrained(b.agent, "status joining")
		b.applicant = b.attach(Applicant, 1)
		b.wantDrained(b.agent, "status joining")
		out, _ = b.applicant.Next()
		if s := out.Status; s == nil || !s.Peer || s.Page != 1 || s.Agent != "Åsa Öberg" || s.AgentID != "agent" ||
			s.Routing != b.offer.Routing.String() || s.Seat != Applicant || s.Receipt != nil ||
			s.Statement.Version != "v" || s.Policy != "p" || time.Until(s.Ends) != 90*time.Minute || !s.Grace.IsZero() {
			t.Errorf("status = %+v", s)
		}
		b.send(b.applicant, KindExchange, 1, []byte("1"))
		b.send(b.agent, KindExchange, 1, []byte("2"))
		b.sendLocal(b.applicant, KindVerdict, 1)
		b.wantState(Joining)
		if b.witness.consent != 0 {
			t.Error("consent counted before both codes matched")
		}
		b.sendLocal(b.agent, KindVerdict, 1)
		b.wantState(Live)
		if b.witness.consent != 1 {
			t.Errorf("consent counted %d times, want 1", b.witness.consent)
		}
		out, _ = b.agent.Next()
		if s := out.Status; s == nil || s.State != Live || s.Receipt == nil || s.Receipt.Consented != time.Now().UnixMilli() ||
			s.Receipt.Session != string(b.offer.Session) || s.Receipt.Statement.Hash != "h" || s.Receipt.Policy != "p" {
			t.Errorf("status when live = %+v", out.Status)
		}
	})
}

// Each way to end by time, with everything else kept alive.
func TestTimeRunsOut(t *testing.T) {
	for name, c := range map[string]struct {
		bench  func(*testing.T, Limits) *bench
		act    func(b *bench)
		after  time.Duration
		reason Reason
	}{
		"nobody joins":            {joining, func(*bench) {}, 30 * time.Second, ReasonNotJoined},
		"the applicant is silent": {live, func(*bench) {}, 15 * time.Minute, ReasonIdle},
		"paused and silent":       {live, func(b *bench) { b.sendLocal(b.applicant, KindPause) }, 15 * time.Minute, ReasonIdle},
		"the agent is gone":       {live, func(b *bench) { b.agent.End(ReasonGone) }, 5 * time.Minute, ReasonGrace},
		"the applicant is gone":   {live, func(b *bench) { b.applicant.End(ReasonGone) }, 5 * time.Minute, ReasonGrace},
		"a new page never proves itself": {live, func(b *bench) {
			b.applicant.End(ReasonGone)
			time.Sleep(4 * time.Minute)
			b.applicant = b.attach(Applicant, 2)
		}, 5 * time.Minute, ReasonGrace},
		"ninety minutes": {live, func(b *bench) {
			for range 9 {
				time.Sleep(9 * time.Minute)
				b.send(b.applicant, KindPointer, 1, nil)
				b.drain(b.agent)
			}
		}, 9 * time.Minute, ReasonMaximum},
		"the other seat's absence is not prolonged by this one's": {live, func(b *bench) {
			b.agent.End(ReasonGone)
			time.Sleep(4 * time.Minute)
			b.applicant.End(ReasonGone)
			b.applicant = b.attach(Applicant, 1)
		}, time.Minute, ReasonGrace},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := c.bench(t, DefaultLimits())
				c.act(b)
				time.Sleep(c.after - time.Nanosecond)
				synctest.Wait()
				if b.session.State() == Closed {
					t.Fatalf("closed too early, for %v", b.witness.closed)
				}
				time.Sleep(time.Nanosecond)
				synctest.Wait()
				b.wantClosed(c.reason)
			})
		})
	}
}

func TestTheAgentAndTheAgentsFramesDoNotKeepTheApplicantAwake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, DefaultLimits())
		for range 2 {
			time.Sleep(5 * time.Minute)
			b.send(b.agent, KindAck, 1, nil)
			b.sendLocal(b.applicant, KindBeat)
			b.drain(b.applicant)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		b.wantClosed(ReasonIdle)
	})
}

// A page that shows every 10 s that it is there shows nothing of a person. One whose pointer moves does.
func TestSignsOfLifeDoNotKeepASessionFromIdling(t *testing.T) {
	for kind, awake := range map[Kind]bool{KindState: false, KindPointer: true} {
		synctest.Test(t, func(t *testing.T) {
			b := live(t, DefaultLimits())
			for range 89 {
				time.Sleep(10 * time.Second)
				b.send(b.applicant, kind, 1, nil)
				b.wantDrained(b.agent, kind.String())
			}
			time.Sleep(10*time.Second - time.Nanosecond)
			synctest.Wait()
			b.wantState(Live)
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if awake {
				b.wantState(Live)
				time.Sleep(15*time.Minute - 10*time.Second)
				synctest.Wait()
			}
			b.wantClosed(ReasonIdle)
		})
	}
}

func TestALivingPageComesBack(t *testing.T) {
	for _, paused := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := live(t, DefaultLimits())
			want := Live
			if paused {
				want = Paused
				b.sendLocal(b.applicant, KindPause)
			}
			b.applicant.End(ReasonSilent)
			b.wantState(Away)
			time.Sleep(4 * time.Minute)
			b.applicant = b.attach(Applicant, 1)
			b.wantState(want)
			told := b.drain(b.applicant)
			if got := slices.Contains(told, "resync_local"); got == paused {
				t.Errorf("paused %v: told %v", paused, told)
			}
			if paused {
				b.sendLocal(b.applicant, KindResume)
				b.wantDrained(b.applicant, "status live", "resync_local")
			}
			b.send(b.applicant, KindKeyframe, 1, []byte("k")) // counters go on, no exchange needed
		})
	}
}

func TestTheConsoleComesBackAndTheApplicantIsAskedToResync(t *testing.T) {
	b := live(t, DefaultLimits())
	b.agent.End(ReasonGone)
	b.wantDrained(b.applicant, "status away")
	b.agent = b.attach(Agent, 1)
	b.wantState(Live)
	b.wantDrained(b.applicant, "status live", "resync_local")
	if _, reason := b.session.Attach(Agent, 2); reason != ReasonNotAdmitted {
		t.Errorf("a reloaded console: %q, want not_admitted", reason)
	}
}

func TestANewPageWithoutALostLineTakesTheSeat(t *testing.T) {
	b := live(t, DefaultLimits())
	before := b.applicant
	b.applicant = b.attach(Applicant, 2)
	b.wantDrained(before, "replaced")
	b.wantState(Away)
	b.match(2)
	b.wantState(Live)
}

func TestTheNewerConnectionTakesTheSeat(t *testing.T) {
	b := live(t, DefaultLimits())
	before := b.agent
	b.agent = b.attach(Agent, 1)
	b.wantDrained(before, "replaced")
	b.wantState(Live)
	b.wantDrained(b.applicant, "status live", "resync_local")
	if got := b.sendLocal(before, KindClose, 1); got != ReasonReplaced {
		t.Errorf("a frame from the replaced connection: %q, want replaced", got)
	}
	b.wantState(Live)
	before.End(ReasonGone) // late, and about a connection that is over
	b.wantState(Live)
}

func TestCloseHappensOnce(t *testing.T) {
	b := live(t, DefaultLimits())
	done := make(chan bool)
	for _, reason := range Reasons() {
		go func() { done <- b.session.Close(reason) }()
	}
	first := 0
	for range Reasons() {
		if <-done {
			first++
		}
	}
	if first != 1 || len(b.witness.closed) != 1 {
		t.Errorf("%d calls closed it, the observer was told %d times, want 1 and 1", first, len(b.witness.closed))
	}
	if _, reason := b.session.Attach(Applicant, 2); reason != ReasonNotAdmitted {
		t.Errorf("attaching to a closed session: %q, want not_admitted", reason)
	}
}

func TestJoiningSurvivesALostLine(t *testing.T) {
	b := joining(t, DefaultLimits())
	b.agent.End(ReasonGone)
	b.wantState(Joining)
	b.agent = b.attach(Agent, 1)
	b.match(1)
	b.wantState(Live)
}

func TestManySessionsAtOnce(t *testing.T) {
	r, err := NewRegistry(DefaultLimits(), rand.Reader, Silent{})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	for i := range 50 {
		go func() {
			defer func() { done <- struct{}{} }()
			offer, err := r.Offer(AgentRef{ID: string(rune('a' + i%10))})
			if err != nil {
				t.Error(err)
				return
			}
			r.Redeem(redemption(offer.Routing, byte(i+1)))
		}()
	}
	for range 50 {
		<-done
	}
	r.Shutdown()
	if r.Count() != 0 {
		t.Errorf("%d sessions after shutdown, want 0", r.Count())
	}
}

func TestACodeThatIsOverCannotBeRedeemedByWhoFoundItBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, DefaultLimits())
		offer := b.mustOffer("agent")
		b.session, _ = b.registry.ForAgent(offer.Session, "agent")
		if _, ok := b.session.redeem(redemption(offer.Routing, 1), offer.Expires); ok {
			t.Error("redeemed at the moment of expiry")
		}
		b.session.Close(ReasonTakenBack)
		if _, ok := b.session.redeem(redemption(offer.Routing, 1), time.Now()); ok {
			t.Error("redeemed after it was taken back")
		}
		b.wantClosed(ReasonTakenBack)
	})
}

func TestTheFirstToBeMissingSetsTheGraceTime(t *testing.T) {
	for _, order := range [][2]Seat{{Applicant, Agent}, {Agent, Applicant}} {
		synctest.Test(t, func(t *testing.T) {
			b := live(t, DefaultLimits())
			seats := map[Seat]*Attachment{Applicant: b.applicant, Agent: b.agent}
			seats[order[0]].End(ReasonGone)
			time.Sleep(4 * time.Minute)
			seats[order[1]].End(ReasonGone)
			time.Sleep(time.Minute)
			synctest.Wait()
			b.wantClosed(ReasonGrace)
		})
	}
}
