package signaling

// Room: signaling. Counters by kind and reason, readable as Prometheus text. Labels come from closed sets only.

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"insyn/consent"
	"insyn/session"
)

// family is one metric with one label whose values are all known beforehand. Its map never changes after construction.
type family struct {
	name, help, label string
	values            []string
	counts            map[string]*atomic.Int64
}

func newFamily[T ~string](name, help, label string, values []T) *family {
	f := &family{name: name, help: help, label: label, counts: make(map[string]*atomic.Int64, len(values))}
	for _, v := range values {
		f.values = append(f.values, string(v))
		f.counts[string(v)] = new(atomic.Int64)
	}
	slices.Sort(f.values)
	return f
}

func (f *family) add(value string, n int) {
	if count := f.counts[value]; count != nil {
		count.Add(int64(n))
	}
}

func (f *family) write(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s counter\n", f.name, f.help, f.name); err != nil {
		return err
	}
	for _, v := range f.values {
		if _, err := fmt.Fprintf(w, "%s{%s=%q} %d\n", f.name, f.label, v, f.counts[v].Load()); err != nil {
			return err
		}
	}
	return nil
}

// Refusal is why a request was answered with a status instead of what it asked for. It is the metric label.
type Refusal string

// The refusals of this package; those of the consent form are consent's.
const (
	RefusedOrigin      Refusal = "origin"       // 403: this host's origin expected, exactly
	RefusedHeader      Refusal = "header"       // 403: "Insyn-Request: 1" expected
	RefusedSubprotocol Refusal = "subprotocol"  // 400: insyn.v1 expected
	RefusedQuery       Refusal = "query"        // 400: session and page expected, as given earlier
	RefusedUpgrade     Refusal = "upgrade"      // not a WebSocket request
	RefusedCrowded     Refusal = "crowded"      // 503: as many connections, sessions or sign-ins as there may be
	RefusedMediaType   Refusal = "media_type"   // 415: application/json expected
	RefusedTooLarge    Refusal = "too_large"    // 413
	RefusedBody        Refusal = "body"         // 400: not the JSON that is expected
	RefusedName        Refusal = "name"         // 400: not a name
	RefusedSignIn      Refusal = "sign_in"      // 401: sign in first
	RefusedNoCode      Refusal = "no_code"      // 404: no such code, or it was used
	RefusedNoSession   Refusal = "no_session"   // 404: no ticket, or none of a session that goes on
	RefusedLongest     Refusal = "longest"      // 409: the code has had all the time there is
	RefusedDraining    Refusal = "draining"     // 503: the server is shutting down
	RefusedUnavailable Refusal = "unavailable"  // 503: the server cannot do it now
	RefusedNotAdmitted Refusal = "not_admitted" // upgraded, then closed with 4514
)

// Refusals lists all of them.
func Refusals() []Refusal {
	return []Refusal{
		RefusedOrigin, RefusedHeader, RefusedSubprotocol, RefusedQuery, RefusedUpgrade, RefusedCrowded, RefusedMediaType,
		RefusedTooLarge, RefusedBody, RefusedName, RefusedSignIn, RefusedNoCode, RefusedNoSession, RefusedLongest,
		RefusedDraining, RefusedUnavailable, RefusedNotAdmitted,
	}
}

// Metrics counts. Safe for concurrent use. Serve it to the operator only.
type Metrics struct {
	frames   *family // relayed, by kind
	bytes    *family
	dropped  *family // by drop
	faults   *family
	closed   *family // sessions, by reason
	detached *family // connections, by reason
	codes    *family
	refused  *family // requests
	consents *family // consent form, refusals

	sessions    atomic.Int64 // redeemed or offered, not closed
	connections atomic.Int64
	sockets     atomic.Int64
	held        atomic.Int64
	consented   atomic.Int64
	overflows   atomic.Int64
	discards    atomic.Int64
	discardDue  atomic.Int64 // 0 or 1
}

// NewMetrics starts at zero.
func NewMetrics() *Metrics {
	kinds := make([]string, 0, len(session.Kinds()))
	for _, k := range session.Kinds() {
		kinds = append(kinds, k.String())
	}
	return &Metrics{
		frames:   newFamily("insyn_frames_relayed_total", "Frames relayed, by kind.", "kind", kinds),
		bytes:    newFamily("insyn_frame_bytes_relayed_total", "Bytes of frames relayed, by kind.", "kind", kinds),
		dropped:  newFamily("insyn_frames_dropped_total", "Frames that went nowhere, by cause.", "cause", session.Drops()),
		faults:   newFamily("insyn_faults_total", "Frames that ended their session, by fault.", "fault", session.Faults()),
		closed:   newFamily("insyn_sessions_closed_total", "Sessions closed, by reason.", "reason", session.Reasons()),
		detached: newFamily("insyn_connections_ended_total", "Connections ended, by reason.", "reason", session.Reasons()),
		codes:    newFamily("insyn_codes_total", "What became of codes.", "event", session.CodeEvents()),
		refused:  newFamily("insyn_requests_refused_total", "Requests refused, by cause.", "cause", Refusals()),
		consents: newFamily("insyn_consent_refused_total", "Consent forms refused, by cause.", "cause", consent.Refusals()),
	}
}

// ConsentRefused counts a refusal of the consent form; it fits consent.Config.Refused.
func (m *Metrics) ConsentRefused(refusal consent.Refusal) { m.consents.add(string(refusal), 1) }

func (m *Metrics) refuse(refusal Refusal) { m.refused.add(string(refusal), 1) }

// ServeHTTP writes all metrics in the Prometheus text format, version 0.0.4.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	var b strings.Builder
	for _, f := range []*family{
		m.frames, m.bytes, m.dropped, m.faults, m.closed, m.detached, m.codes, m.refused, m.consents,
	} {
		_ = f.write(&b) // a strings.Builder does not fail
	}
	for _, one := range []struct {
		name, kind, help string
		value            int64
	}{
		{"insyn_sessions_open", "gauge", "Sessions in memory, offered ones included.", m.sessions.Load()},
		{"insyn_connections", "gauge", "Connections on seats.", m.connections.Load()},
		{"insyn_sockets", "gauge", "WebSockets being served, those that are being told that it is over included.", m.sockets.Load()},
		{"insyn_bytes_held", "gauge", "Bytes of frames waiting to be written.", m.held.Load()},
		{"insyn_consents_total", "counter", "Sessions in which the codes matched.", m.consented.Load()},
		{"insyn_overflows_total", "counter", "Outboxes cleared because they were full.", m.overflows.Load()},
		{"insyn_discards_total", "counter", "Times that memory was collected and given back after connections ended.", m.discards.Load()},
		{"insyn_discard_due", "gauge", "1 while connections have ended since memory was last collected.", m.discardDue.Load()},
	} {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n%s %d\n", one.name, one.help, one.name, one.kind, one.name, one.value)
	}
	_, _ = io.WriteString(w, b.String()) // fails only when the reader is gone
}
