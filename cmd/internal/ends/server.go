package ends

// Room: cmd. Where a server is, and requests to it as a browser's script makes them.

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/coder/websocket"

	"insyn/consent"
	"insyn/session"
	"insyn/signaling"
)

const (
	mostBody    = 4 << 20 // of an answer
	mostHeaders = 32      // idle connections that are kept
	requestTime = 60 * time.Second
)

// Server is where an Insyn is reached. Safe for concurrent use once made by New.
type Server struct {
	insyn, desk string // origins, as browsers write them
	client      *http.Client
}

// NewServer names a server by its two origins. address is where connections go, whatever the names say; empty: where DNS
// says. trust is what an https server is judged by; nil: as the system does.
func NewServer(insyn, desk, address string, trust *tls.Config) *Server {
	dialer := &net.Dialer{}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, named string) (net.Conn, error) {
			if address != "" {
				named = address
			}
			return dialer.DialContext(ctx, network, named)
		},
		TLSClientConfig: trust, MaxIdleConnsPerHost: mostHeaders, IdleConnTimeout: requestTime,
	}
	return &Server{insyn: insyn, desk: desk, client: &http.Client{Transport: transport}}
}

// Close lets idle connections go.
func (s *Server) Close() { s.client.CloseIdleConnections() }

// Refused is an answer with another status than was asked for.
type Refused struct {
	Status int
	Word   string // the server's fixed word, as "unknown_code"
}

func (r *Refused) Error() string { return fmt.Sprintf("refused with %d %s", r.Status, r.Word) }

// errDocument is a document whose start is not as web/documents.go makes it.
var errDocument = errors.New("the document does not begin with what it should")

// document gets one of the two documents, and reads what it starts with.
func (s *Server) document(ctx context.Context, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	body, _, err := s.do(request, http.StatusOK)
	if err != nil {
		return err
	}
	found := regexp.MustCompile(`(?s)<script id="config" type="application/json">(.*?)</script>`).FindSubmatch(body)
	if found == nil {
		return errDocument
	}
	if err := json.Unmarshal(found[1], into); err != nil {
		return fmt.Errorf("%w: %w", errDocument, err)
	}
	return nil
}

// post sends JSON as the origin's own script does. It gives the cookies that were set.
func (s *Server) post(ctx context.Context, origin, path, cookie string, want int, send, into any) ([]*http.Cookie, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	raw, err := json.Marshal(send)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, origin+path, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Origin", origin)
	request.Header.Set(consent.RequestHeader, "1")
	request.Header.Set("Content-Type", "application/json")
	if cookie != "" {
		request.Header.Set("Cookie", cookie)
	}
	body, cookies, err := s.do(request, want)
	if err != nil || into == nil {
		return cookies, err
	}
	return cookies, json.Unmarshal(body, into)
}

func (s *Server) do(request *http.Request, want int) ([]byte, []*http.Cookie, error) {
	response, err := s.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostBody))
	if err != nil {
		return nil, nil, err
	}
	if response.StatusCode != want {
		var said struct {
			Error string `json:"error"`
		}
		_ = json.Unmarshal(body, &said) // what is no JSON has no word
		return nil, nil, &Refused{Status: response.StatusCode, Word: said.Error}
	}
	return body, response.Cookies(), nil
}

// dial opens a seat's WebSocket as a browser does.
func (s *Server) dial(ctx context.Context, origin, cookie, id string, page uint16) (*websocket.Conn, error) {
	header := http.Header{"Origin": {origin}}
	if cookie != "" {
		header.Set("Cookie", cookie)
	}
	url := fmt.Sprintf("%s/signal?session=%s&page=%d", origin, id, page)
	ws, response, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient: s.client, HTTPHeader: header, Subprotocols: []string{signaling.Subprotocol},
	})
	if err != nil {
		if response != nil && response.StatusCode != http.StatusSwitchingProtocols {
			return nil, &Refused{Status: response.StatusCode}
		}
		return nil, err
	}
	ws.SetReadLimit(int64(session.MaxFrame(session.Applicant)) + 1)
	return ws, nil
}

// cookie is one of those that were set, as it is sent back; empty where it was not.
func cookie(set []*http.Cookie, name string) string {
	for _, one := range set {
		if one.Name == name {
			return one.Name + "=" + one.Value
		}
	}
	return ""
}
