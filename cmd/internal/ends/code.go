package ends

// Room: cmd. The ten digits, as web/src/wire/code.ts makes and reads them.

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
)

const (
	routingDigits = 5
	secretDigits  = 4
	codeDigits    = routingDigits + secretDigits + 1
)

// ErrDigits is a code with a typing error.
var ErrDigits = errors.New("ten digits expected, the last of which fits the others")

// checkDigit is Damm's over ASCII digits.
func checkDigit(digits string) byte {
	const damm = "0317598642" + "7092154863" + "4206871359" + "1750983426" + "6123045978" +
		"3674209581" + "5869720134" + "8945362017" + "9438617205" + "2581436790"
	interim := byte('0')
	for _, digit := range []byte(digits) {
		interim = damm[10*int(interim-'0')+int(digit-'0')]
	}
	return interim
}

// drawDigits gives four digits, each of the 10,000 as likely.
func drawDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(10_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%04d", n), nil
}

// cut parts the ten digits into routing and secret ones.
func cut(ten string) (routing, secret string, err error) {
	if len(ten) != codeDigits {
		return "", "", ErrDigits
	}
	for _, digit := range []byte(ten) {
		if digit < '0' || digit > '9' {
			return "", "", ErrDigits
		}
	}
	if checkDigit(ten) != '0' {
		return "", "", ErrDigits
	}
	return ten[:routingDigits], ten[routingDigits : routingDigits+secretDigits], nil
}
