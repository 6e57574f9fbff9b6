package link

// Room: cmd. The ends of web/src/link, run by Node, against the ones that are written here: two implementations of
// docs/protocol.md must understand each other in both directions.

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"insyn/session"
)

func TestInterop(t *testing.T) {
	for name, browserIsAgent := range map[string]bool{
		"applicant in Go, agent in TypeScript": true, "applicant in TypeScript, agent in Go": false,
	} {
		t.Run(name, func(t *testing.T) {
			process := startNode(t)
			for name, scene := range scenes() {
				t.Run(name, func(t *testing.T) {
					if browserIsAgent {
						scene(t, newGoBrowser(t), &nodeBrowser{t, process})
					} else {
						scene(t, &nodeBrowser{t, process}, newGoBrowser(t))
					}
				})
			}
		})
	}
}

// node is a process that holds ends, and answers one line of JSON with one line of JSON. Not safe for concurrent use.
type node struct {
	in     io.Writer
	out    *bufio.Reader
	errors *bytes.Buffer // its stderr; read once it is over
	last   int           // id of an end
}

// startNode runs web/test/peer.mjs until the test is over. It fails where something is missing: without the other side
// nothing is known.
func startNode(t *testing.T) *node {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatalf("Node 20 or newer expected on the PATH (.ci/needs says how to get it): %v", err)
	}
	for file, how := range map[string]string{
		"../../../web/test/peer.mjs":         "it belongs to the tree",
		"../../../web/node_modules/.bin":     "run: make build",
		"../../../web/test/link/peer.ts":     "it belongs to the tree",
		"../../../web/node_modules/esbuild/": "run: make build",
	} {
		if _, err := os.Stat(file); err != nil {
			t.Fatalf("%s expected, %s: %v", file, how, err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, "node", "test/peer.mjs")
	cmd.Dir, cmd.WaitDelay = "../../../web", 5*time.Second
	n := &node{errors: &bytes.Buffer{}}
	cmd.Stderr = n.errors
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	n.in, n.out = in, bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		t.Fatalf("node test/peer.mjs does not start: %v", err)
	}
	t.Cleanup(func() {
		defer cancel()
		_ = in.Close() // its end of the conversation
		if err := cmd.Wait(); err != nil || n.errors.Len() > 0 {
			t.Errorf("node test/peer.mjs: %v\n%s", err, n.errors)
		}
	})
	return n
}

// nodeRequest and nodeAnswer are the lines. Bytes are hexadecimal.
type (
	nodeRequest struct {
		Op      string      `json:"op"`
		ID      int         `json:"id"`
		Role    string      `json:"role,omitempty"`
		Session string      `json:"session,omitempty"`
		Page    uint16      `json:"page,omitempty"`
		Bound   *nodeBound  `json:"bound,omitempty"`
		Digits  string      `json:"digits,omitempty"`
		Resume  *nodeStored `json:"resume,omitempty"`
		X25519  *bool       `json:"x25519,omitempty"`
		Message string      `json:"message,omitempty"`
		Kind    string      `json:"kind,omitempty"`
		Epoch   *uint32     `json:"epoch,omitempty"`
		Counter uint64      `json:"counter,omitempty"`
		Body    *string     `json:"body,omitempty"`
		Frame   string      `json:"frame,omitempty"`
	}
	nodeBound struct {
		Routing       string `json:"routing"`
		Origin        string `json:"origin"`
		AgentID       string `json:"agentId"`
		AgentName     string `json:"agentName"`
		PolicyHash    string `json:"policyHash"`
		StatementHash string `json:"statementHash"`
	}
	nodeStored struct {
		Chain  string `json:"chain"`
		Secret string `json:"secret"`
	}
	nodeAnswer struct {
		OK      bool        `json:"ok"`
		Reply   string      `json:"reply"`
		Verdict *bool       `json:"verdict"`
		Need    string      `json:"need"`
		Store   *nodeStored `json:"store"`
		Frame   string      `json:"frame"`
		Body    string      `json:"body"`
		Refused Refusal     `json:"refused"`
		Error   string      `json:"error"`
	}
)

// ask wants one line for one line.
func (n *node) ask(t *testing.T, request nodeRequest) nodeAnswer {
	t.Helper()
	line, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.in.Write(append(line, '\n')); err != nil {
		t.Fatalf("node is gone before %q: %v", request.Op, err)
	}
	line, err = n.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("node is gone after %q: %v", request.Op, err)
	}
	var answer nodeAnswer
	strict := json.NewDecoder(bytes.NewReader(line))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&answer); err != nil {
		t.Fatalf("%q is answered with %.200q: %v", request.Op, line, err)
	}
	if answer.Error != "" {
		t.Fatalf("%q: node says: %s", request.Op, answer.Error)
	}
	return answer
}

// nodeBrowser makes ends in a process.
type nodeBrowser struct {
	*testing.T
	node *node
}

func (b *nodeBrowser) begin(p plan) end {
	b.Helper()
	b.node.last++
	has := !p.noX
	request := nodeRequest{
		Op: "new", ID: b.node.last, Role: p.seat.String(), Session: p.session, Page: p.page, Digits: p.digits, X25519: &has,
		Bound: &nodeBound{p.bound.Routing, p.bound.Origin, p.bound.AgentID, p.bound.AgentName, p.bound.Policy, p.bound.Statement},
	}
	if p.resume != nil && p.digits == "" {
		request.Resume = &nodeStored{hex.EncodeToString(p.resume.Chain), hex.EncodeToString(p.resume.Secret)}
	}
	if answer := b.node.ask(b.T, request); !answer.OK {
		b.Fatalf("new is answered with %+v, want ok", answer)
	}
	return &nodeEnd{b, b.node.last}
}

// nodeEnd is one end in a process.
type nodeEnd struct {
	*nodeBrowser
	id int
}

func (e *nodeEnd) do(request nodeRequest) nodeAnswer {
	e.Helper()
	request.ID = e.id
	return e.node.ask(e.T, request)
}

func (e *nodeEnd) bytes(text string) []byte {
	e.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		e.Fatalf("hexadecimal digits expected, got %.40q", text)
	}
	if len(raw) == 0 {
		return nil
	}
	return raw
}

func (e *nodeEnd) start() []byte {
	e.Helper()
	return e.bytes(e.do(nodeRequest{Op: "start"}).Reply)
}

func (e *nodeEnd) receive(message []byte) Step {
	e.Helper()
	answer := e.do(nodeRequest{Op: "receive", Message: hex.EncodeToString(message)})
	s := Step{Reply: e.bytes(answer.Reply), Needs: answer.Need == "digits"}
	if answer.Verdict != nil {
		s.Verdict = Mismatch
		if *answer.Verdict {
			s.Verdict = Matches
		}
	}
	if answer.Store != nil {
		s.Store = &Stored{e.bytes(answer.Store.Chain), e.bytes(answer.Store.Secret)}
	}
	return s
}

func (e *nodeEnd) digits(four string) []byte {
	e.Helper()
	return e.bytes(e.do(nodeRequest{Op: "digits", Digits: four}).Reply)
}

func (e *nodeEnd) seal(kind session.Kind, epoch uint32, counter uint64, content []byte) []byte {
	e.Helper()
	body := hex.EncodeToString(content)
	return e.bytes(e.do(nodeRequest{Op: "seal", Kind: kind.String(), Epoch: &epoch, Counter: counter, Body: &body}).Frame)
}

func (e *nodeEnd) open(frame []byte) ([]byte, Refusal) {
	e.Helper()
	answer := e.do(nodeRequest{Op: "open", Frame: hex.EncodeToString(frame)})
	return e.bytes(answer.Body), answer.Refused
}
