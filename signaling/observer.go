package signaling

// Room: signaling. The observer that counts and logs. Its arguments hold no content, so neither can its lines.

import (
	"github.com/rs/zerolog"

	"insyn/session"
)

type observer struct {
	log     zerolog.Logger
	metrics *Metrics
}

// NewObserver tells a log and the metrics what happens in the sessions. Lines hold session ids, kinds, sizes and
// reasons; single frames are counted and not logged. log must write without blocking for long.
func NewObserver(log zerolog.Logger, metrics *Metrics) session.Observer {
	return &observer{log: log, metrics: metrics}
}

func (o *observer) Code(id session.ID, event session.CodeEvent) {
	o.metrics.codes.add(string(event), 1)
	if event == session.CodeIssued {
		o.metrics.sessions.Add(1)
	}
	o.log.Info().Str("session", string(id)).Str("event", string(event)).Msg("code")
}

func (o *observer) Changed(id session.ID, from, to session.State) {
	o.log.Debug().Str("session", string(id)).Stringer("from", from).Stringer("to", to).Msg("state")
}

func (o *observer) Consented(id session.ID) {
	o.metrics.consented.Add(1)
	o.log.Info().Str("session", string(id)).Msg("consent")
}

func (o *observer) Closed(id session.ID, reason session.Reason) {
	end := endingOf(reason)
	o.metrics.closed.add(end.metric, 1)
	o.metrics.sessions.Add(-1)
	o.log.WithLevel(end.level).Str("session", string(id)).Str("reason", end.metric).Msg("session closed")
}

func (o *observer) Attached(id session.ID, seat session.Seat) {
	o.metrics.connections.Add(1)
	o.log.Debug().Str("session", string(id)).Stringer("seat", seat).Msg("attached")
}

func (o *observer) Detached(id session.ID, seat session.Seat, reason session.Reason) {
	end := endingOf(reason)
	o.metrics.connections.Add(-1)
	o.metrics.detached.add(end.metric, 1)
	o.log.Debug().Str("session", string(id)).Stringer("seat", seat).Str("reason", end.metric).Msg("detached")
}

func (o *observer) Relayed(kind session.Kind, bytes int) {
	o.metrics.frames.add(kind.String(), 1)
	o.metrics.bytes.add(kind.String(), bytes)
}

func (o *observer) Dropped(_ session.Kind, drop session.Drop, _ int) {
	o.metrics.dropped.add(string(drop), 1)
}

func (o *observer) Refused(id session.ID, seat session.Seat, fault session.Fault) {
	o.metrics.faults.add(string(fault), 1)
	o.log.Warn().Str("session", string(id)).Stringer("seat", seat).Str("fault", string(fault)).Msg("refused")
}

func (o *observer) Overflowed(id session.ID, seat session.Seat, bytes int) {
	o.metrics.overflows.Add(1)
	o.log.Debug().Str("session", string(id)).Stringer("seat", seat).Int("bytes", bytes).Msg("overflow")
}

func (o *observer) Held(delta int) { o.metrics.held.Add(int64(delta)) }
