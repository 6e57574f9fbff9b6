package link

// Room: cmd. The vectors that draft-irtf-cfrg-cpace-21 publishes, from the file that the browser's tests read too.

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/gtank/ristretto255"
)

// octets are written in hexadecimal.
type octets []byte

func (o *octets) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	*o = raw
	return err
}

type vectors struct {
	LvCat []struct {
		Of []octets `json:"of"`
		Is octets   `json:"is"`
	} `json:"lv_cat"`
	PRS       octets `json:"prs"`
	CI        octets `json:"ci"`
	Sid       octets `json:"sid"`
	Zpad      int    `json:"zpad"`
	Bytes     int    `json:"generator_string_bytes"`
	Generator octets `json:"generator_string"`
	Hash      octets `json:"hash"`
	G         octets `json:"g"`
	ScalarA   octets `json:"ya"`
	PointA    octets `json:"Ya"`
	ADa       octets `json:"ADa"`
	ScalarB   octets `json:"yb"`
	PointB    octets `json:"Yb"`
	ADb       octets `json:"ADb"`
	K         octets `json:"K"`
	ISK       octets `json:"ISK_IR"`
	Vfy       struct {
		S       octets            `json:"s"`
		X       octets            `json:"X"`
		Is      octets            `json:"is"`
		Invalid map[string]octets `json:"invalid"`
	} `json:"vfy"`
}

func loadVectors(t *testing.T) vectors {
	t.Helper()
	raw, err := os.ReadFile("../../../web/test/link/cpace-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func scalarOf(t *testing.T, b []byte) *ristretto255.Scalar {
	t.Helper()
	s := ristretto255.NewScalar()
	if err := s.Decode(b); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCPaceIsTheDrafts(t *testing.T) {
	v := loadVectors(t)
	is := func(name string, got []byte, want octets) {
		t.Helper()
		if len(want) == 0 || string(got) != string(want) {
			t.Errorf("%s = %x, want %x", name, got, want)
		}
	}
	for _, c := range v.LvCat {
		parts := make([][]byte, len(c.Of))
		for i, part := range c.Of {
			parts[i] = part
		}
		if got := lvCat(parts...); string(got) != string(c.Is) {
			t.Errorf("lv_cat = %x, want %x", got, c.Is)
		}
	}
	generator := generatorString(cpaceDSI, v.PRS, v.CI, v.Sid)
	is("generator_string", generator, v.Generator)
	if len(generator) != v.Bytes || v.Bytes != 170 || v.Zpad != 100 {
		t.Errorf("generator_string has %d bytes, want %d", len(generator), v.Bytes)
	}
	is("its hash", hash(generator), v.Hash)
	g := calculateGenerator(v.PRS, v.CI, v.Sid)
	is("g", g.Encode(nil), v.G)
	ya, yb := scalarOf(t, v.ScalarA), scalarOf(t, v.ScalarB)
	is("Ya", scalarMult(ya, g), v.PointA)
	is("Yb", scalarMult(yb, g), v.PointB)
	for name, pair := range map[string]struct {
		y *ristretto255.Scalar
		x octets
	}{"K of A": {ya, v.PointB}, "K of B": {yb, v.PointA}} {
		k, ok := scalarMultVfy(pair.y, pair.x)
		if !ok {
			t.Errorf("%s is G.I", name)
		}
		is(name, k, v.K)
	}
	is("ISK", cpaceRun{v.Sid, v.PointA, v.ADa, v.PointB, v.ADb}.isk(v.K), v.ISK)
	s := scalarOf(t, v.Vfy.S)
	k, ok := scalarMultVfy(s, v.Vfy.X)
	if !ok {
		t.Error("scalar_mult_vfy of a good point is G.I")
	}
	is("scalar_mult_vfy", k, v.Vfy.Is)
	if len(v.Vfy.Invalid) < 10 {
		t.Errorf("%d invalid points, want all ten", len(v.Vfy.Invalid))
	}
	for name, x := range v.Vfy.Invalid {
		if k, ok := scalarMultVfy(s, x); ok || k != nil {
			t.Errorf("%s: scalar_mult_vfy = %x, want G.I", name, k)
		}
	}
}

func TestScalarsHave252Bits(t *testing.T) {
	var seen byte
	for range 200 {
		b := sampleScalar().Encode(nil)
		if b[31]&0xf0 != 0 {
			t.Fatalf("a scalar of more than 252 bits: %x", b)
		}
		seen |= b[31]
	}
	if seen != 0x0f {
		t.Errorf("the highest four bits that may be set were %x, want them all", seen)
	}
}
