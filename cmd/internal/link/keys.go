package link

// Room: cmd. What an exchange is bound to, and every secret that follows from it (docs/protocol.md, 1 to 4).

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"

	"insyn/session"
)

const protocolName = "insyn.v1"

// Bound is what both ends must agree on, each from where it knows it best.
type Bound struct {
	Routing, Origin, AgentID, AgentName string
	Policy, Statement                   string // hashes, 64 lower-case hexadecimal digits
}

// ci is CPace's channel identifier.
func (b Bound) ci() []byte {
	return label(protocolName, b.Routing, b.Origin, b.AgentID, b.AgentName, b.Policy, b.Statement)
}

// sidOf is the session and the page that an exchange is for.
func sidOf(id string, page uint16) []byte {
	return binary.BigEndian.AppendUint16([]byte(id), page)
}

// Stored is what the applicant's tab carries to its next page.
type Stored struct{ Chain, Secret []byte }

// chainOf names what the pages after an exchange over digits continue.
func chainOf(isk, sid []byte) []byte { return kdf(isk, sid, label(protocolName, "chain"), chainSize) }

// nextSecret is r for the page after this one.
func nextSecret(page, sid []byte) []byte { return kdf(page, sid, label(protocolName, "resume"), 32) }

// resumption is an exchange over the secret of the page before, as far as both ends see the same.
type resumption struct{ sid, ci, secret []byte }

// binder proves that the secret is there. first is the message up to it.
func (r resumption) binder(first []byte) []byte {
	return mac(kdf(r.secret, r.sid, label(protocolName, "binder"), 64), lvCat(r.ci, first))
}

// page is S_page: z is the shared secret of the shares, m4 the whole first message, answer the shares of B.
func (r resumption) page(z, m4, answer []byte) []byte {
	info := append(label(protocolName, "page"), lvCat(r.sid, r.ci, m4, answer)...)
	return kdf(z, r.secret, info, 64)
}

// holds is the tag by which one end shows that it has come to the same S_page.
func (r resumption) holds(page []byte, who session.Seat, m4, answer []byte) []byte {
	return mac(kdf(page, r.sid, label(protocolName, "confirm"), 64), lvCat([]byte(who.String()), m4, answer))
}

// laneNames are the lanes by their numbers.
func laneNames() []string { return []string{"control", "state", "resource"} }

// laneKey is what one seat seals with on a page, in one lane.
func laneKey(page, sid []byte, from session.Seat, lane string) []byte {
	return kdf(page, sid, label(protocolName, "key", from.String(), lane), 32)
}

// laneKeys are the three keys that one seat seals with on a page, by lane.
func laneKeys(page, sid []byte, from session.Seat) []cipher.AEAD {
	keys := make([]cipher.AEAD, 0, 3)
	for _, lane := range laneNames() {
		block, err := aes.NewCipher(laneKey(page, sid, from, lane))
		if err != nil {
			panic("keys: " + err.Error()) // 32 bytes are a key
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			panic("keys: " + err.Error())
		}
		keys = append(keys, gcm)
	}
	return keys
}
