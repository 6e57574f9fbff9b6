//go:build amd64 || arm64

package lockdown_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strconv"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"insyn/cmd/internal/lockdown"
)

// names looks a name up at a server of names that is reached by TCP: no UDP socket can be made, and no file read.
func names(server string) error {
	_, port, err := net.SplitHostPort(server)
	if err != nil {
		return err
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return err
	}
	if _, err := lockdown.Enter(lockdown.Config{Connect: []uint16{uint16(number)}}); err != nil {
		return err
	}
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", server)
	}}
	found, err := resolver.LookupNetIP(context.Background(), "ip4", "login.agency.example.")
	if err != nil || len(found) != 1 || found[0].String() != "192.0.2.7" {
		return fmt.Errorf("%v: %w", found, err)
	}
	return nil
}

// answer answers one question on a connection, whatever it is, with one address.
func answer(conn net.Conn) error {
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return err
	}
	raw := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, raw); err != nil {
		return err
	}
	var message dnsmessage.Message
	if err := message.Unpack(raw); err != nil {
		return err
	}
	message.Response, message.Additionals = true, nil
	for _, q := range message.Questions {
		message.Answers = append(message.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: &dnsmessage.AResource{A: [4]byte{192, 0, 2, 7}},
		})
	}
	packed, err := message.Pack()
	if err != nil {
		return err
	}
	_, err = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...))
	return err
}

func TestNamesAreLookedUpByTCP(t *testing.T) {
	server := listen(t, func(conn net.Conn) {
		for answer(conn) == nil {
			continue
		}
	})
	if said, err := child(t, true, "names", server); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
