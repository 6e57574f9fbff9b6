package signaling

// Room: signaling. How an end is told: one function turns a reason into what the protocol and the operator see. The
// person's words are the browser's, in the person's language.

import (
	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"insyn/session"
)

// ending is one reason as each audience sees it.
type ending struct {
	code   websocket.StatusCode
	metric string
	level  zerolog.Level
}

func endingOf(reason session.Reason) ending {
	level := zerolog.InfoLevel
	switch reason {
	case session.ReasonProtocol, session.ReasonNotAdmitted, session.ReasonTampered, session.ReasonPolicy:
		level = zerolog.WarnLevel // someone sent what no honest page sends, or something is to be put right
	case session.ReasonSlow, session.ReasonSilent, session.ReasonGone, session.ReasonReplaced:
		level = zerolog.DebugLevel // lines are lost all day long
	default:
	}
	return ending{code: websocket.StatusCode(reason.Code()), metric: string(reason), level: level}
}
