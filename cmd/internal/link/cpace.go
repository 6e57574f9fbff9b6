package link

// Room: cmd. CPace over ristretto255 and SHA-512, from draft-irtf-cfrg-cpace-21, a second implementation, which
// knows nothing of the one in web/src/link.

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"

	"github.com/gtank/ristretto255"
)

const (
	cpaceDSI   = "CPaceRistretto255"
	cpaceBlock = 128 // H.s_in_bytes
	pointSize  = 32
	tagSize    = 64
)

// lvCat puts each part behind its length as LEB128 (A.1.3), which is what encoding/binary calls a uvarint.
func lvCat(parts ...[]byte) []byte {
	var out []byte
	for _, part := range parts {
		out = binary.AppendUvarint(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}

// label is the lvCat of words, as the KDF's infos begin.
func label(words ...string) []byte {
	parts := make([][]byte, len(words))
	for i, word := range words {
		parts[i] = []byte(word)
	}
	return lvCat(parts...)
}

// kdf is HKDF-SHA-512, extract and expand.
func kdf(ikm, salt, info []byte, size int) []byte {
	out, err := hkdf.Key(sha512.New, ikm, salt, string(info), size)
	if err != nil {
		panic("kdf: " + err.Error()) // only sizes above 255 hashes fail
	}
	return out
}

func mac(key, message []byte) []byte {
	h := hmac.New(sha512.New, key)
	h.Write(message)
	return h.Sum(nil)
}

func hash(message []byte) []byte {
	sum := sha512.Sum512(message)
	return sum[:]
}

// generatorString is that of 8.1: dsi, password and zeros fill the hash's first block.
func generatorString(dsi string, prs, ci, sid []byte) []byte {
	zeros := max(0, cpaceBlock-len(lvCat(prs))-len(lvCat([]byte(dsi)))-1)
	return lvCat([]byte(dsi), prs, make([]byte, zeros), ci, sid)
}

func calculateGenerator(prs, ci, sid []byte) *ristretto255.Element {
	return ristretto255.NewElement().FromUniformBytes(hash(generatorString(cpaceDSI, prs, ci, sid)))
}

// sampleScalar draws 252 bits, and again if they are zero.
func sampleScalar() *ristretto255.Scalar {
	for {
		b := make([]byte, 32)
		_, _ = rand.Read(b) // does not fail
		b[31] &= 0x0f
		s := ristretto255.NewScalar()
		if err := s.Decode(b); err == nil && s.Equal(ristretto255.NewScalar()) == 0 {
			return s
		}
	}
}

func scalarMult(y *ristretto255.Scalar, g *ristretto255.Element) []byte {
	return ristretto255.NewElement().ScalarMult(y, g).Encode(nil)
}

// scalarMultVfy gives the shared point. False is the draft's G.I: the encoding is no canonical one, or the result is the
// neutral element, which with a scalar below the group's order means that x is.
func scalarMultVfy(y *ristretto255.Scalar, x []byte) ([]byte, bool) {
	theirs := ristretto255.NewElement()
	if err := theirs.Decode(x); err != nil {
		return nil, false
	}
	k := ristretto255.NewElement().ScalarMult(y, theirs)
	if k.Equal(ristretto255.NewElement()) == 1 {
		return nil, false
	}
	return k.Encode(nil), true
}

// cpaceRun is what both ends have seen of one run, in the order of initiator and responder.
type cpaceRun struct {
	sid              []byte
	ya, ada, yb, adb []byte // the points, encoded, and the associated data
}

func (r cpaceRun) isk(k []byte) []byte {
	head := lvCat([]byte(cpaceDSI+"_ISK"), r.sid, k)
	return hash(append(head, append(lvCat(r.ya, r.ada), lvCat(r.yb, r.adb)...)...))
}

// tags are Ta and Tb of 10.4.
func (r cpaceRun) tags(isk []byte) (ta, tb []byte) {
	key := hash(append(append([]byte("CPaceMac"), r.sid...), isk...))
	return mac(key, lvCat(r.ya, r.ada)), mac(key, lvCat(r.yb, r.adb))
}
