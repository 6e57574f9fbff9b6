// Package chromium drives a Chromium over a pipe, as far as the drill needs: open pages, run a script in one of a page's
// frames, wait until it says something, close. It speaks the browser's DevTools protocol and nothing else.
package chromium

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"
)

const (
	closeTime = 20 * time.Second
	pollTime  = 100 * time.Millisecond
)

// ErrGone is a browser that is not there any more.
var ErrGone = errors.New("the browser is gone")

// Browser is one running Chromium. Safe for concurrent use.
type Browser struct {
	// Static after Start.
	cmd  *exec.Cmd
	in   *os.File
	out  *os.File
	gone chan struct{} // closed when nothing comes any more

	mu       sync.Mutex // guards what follows, and the order of what is written
	last     int
	waiting  map[int]chan answer
	contexts []scriptContext // the oldest first
	parents  map[string]string
}

// scriptContext is where scripts run in one document.
type scriptContext struct {
	session, origin string
	id              int
}

type answer struct {
	result json.RawMessage
	err    error
}

// message is one of the protocol's, of any kind.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// Start starts a browser with a profile in a folder, without a window. user is who it runs as; nil: as we do. Everything
// below localhost is this machine for it.
func Start(ctx context.Context, binary, profile string, user *syscall.SysProcAttr) (*Browser, error) {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, theirIn.Close(), in.Close())
	}
	cmd := exec.CommandContext(ctx, binary, //nolint:gosec // the browser that the auditor named
		"--headless=new", "--remote-debugging-pipe", "--user-data-dir="+profile, "--no-first-run", "--no-default-browser-check",
		"--no-sandbox", // our own pages only, and root has none
		"--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP *.localhost 127.0.0.1", "about:blank")
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + profile, "TMPDIR=" + profile}
	cmd.Dir, cmd.SysProcAttr, cmd.WaitDelay = "/", user, closeTime
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // descriptors 3 and 4, as the browser wants them
	err = cmd.Start()
	_, _ = theirIn.Close(), theirOut.Close() // the browser has its own
	if err != nil {
		return nil, errors.Join(err, in.Close(), out.Close())
	}
	b := &Browser{
		cmd: cmd, in: in, out: out, gone: make(chan struct{}), waiting: map[int]chan answer{}, parents: map[string]string{},
	}
	go b.readLoop()
	return b, nil
}

// Close ends the browser, as a person does, and waits until it is gone, and has written what it keeps.
func (b *Browser) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, closeTime)
	defer cancel()
	_, err := b.call(ctx, "", "Browser.close", nil)
	if errors.Is(err, ErrGone) {
		err = nil // that was quick
	}
	if err != nil {
		_ = b.cmd.Process.Kill() // it does not listen
	}
	_ = b.in.Close() // its end of the conversation
	waited := b.cmd.Wait()
	<-b.gone
	return errors.Join(err, waited, b.out.Close())
}

// readLoop is the only reader.
func (b *Browser) readLoop() {
	defer close(b.gone)
	lines := bufio.NewReaderSize(b.out, 1<<16)
	for {
		raw, err := lines.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimSuffix(raw, []byte{0}), &m) != nil {
			return // not the protocol
		}
		b.take(m)
	}
}

func (b *Browser) take(m message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.ID != 0 {
		waiting := b.waiting[m.ID]
		delete(b.waiting, m.ID)
		if waiting == nil {
			return
		}
		a := answer{result: m.Result}
		if m.Error != nil {
			a.err = errors.New(m.Error.Message)
		}
		waiting <- a
		return
	}
	b.happened(m)
}

// happened keeps track of frames: those of another process have a session of their own. mu is held.
func (b *Browser) happened(m message) {
	var p struct {
		Session string `json:"sessionId"`
		ID      int    `json:"executionContextId"`
		Context struct {
			ID     int    `json:"id"`
			Origin string `json:"origin"`
			Aux    struct {
				Default bool `json:"isDefault"`
			} `json:"auxData"`
		} `json:"context"`
	}
	if json.Unmarshal(m.Params, &p) != nil {
		return // an event of another shape is none of ours
	}
	switch m.Method {
	case "Runtime.executionContextCreated":
		if p.Context.Aux.Default {
			b.contexts = append(b.contexts, scriptContext{m.Session, p.Context.Origin, p.Context.ID})
		}
	case "Runtime.executionContextDestroyed":
		b.contexts = slices.DeleteFunc(b.contexts, func(c scriptContext) bool { return c.session == m.Session && c.id == p.ID })
	case "Runtime.executionContextsCleared":
		b.contexts = slices.DeleteFunc(b.contexts, func(c scriptContext) bool { return c.session == m.Session })
	case "Target.attachedToTarget":
		b.parents[p.Session] = m.Session
		if m.Session != "" {
			b.follow(p.Session)
		}
	case "Target.detachedFromTarget":
		b.contexts = slices.DeleteFunc(b.contexts, func(c scriptContext) bool { return c.session == p.Session })
	}
}

// follow asks to be told of a session's frames. mu is held; nobody waits for the answers.
func (b *Browser) follow(session string) {
	_ = b.send(session, "Runtime.enable", nil, nil) // a frame that is gone needs none
	_ = b.send(session, "Target.setAutoAttach", autoAttach(), nil)
}

func autoAttach() any {
	return map[string]any{"autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true}
}

// send writes a call. mu is held.
func (b *Browser) send(session, method string, params any, waiting chan answer) error {
	b.last++
	call := map[string]any{"id": b.last, "method": method}
	if session != "" {
		call["sessionId"] = session
	}
	if params != nil {
		call["params"] = params
	}
	raw, err := json.Marshal(call)
	if err != nil {
		return err
	}
	if waiting != nil {
		b.waiting[b.last] = waiting
	}
	_, err = b.in.Write(append(raw, 0))
	return err
}

// call waits for the answer.
func (b *Browser) call(ctx context.Context, session, method string, params any) (json.RawMessage, error) {
	waiting := make(chan answer, 1)
	b.mu.Lock()
	err := b.send(session, method, params, waiting)
	b.mu.Unlock()
	if err != nil {
		return nil, errors.Join(ErrGone, err)
	}
	select {
	case a := <-waiting:
		return a.result, a.err
	case <-b.gone:
		return nil, ErrGone
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// Page is one tab.
type Page struct {
	browser *Browser
	session string
}

// Open opens a tab in a window of its own, since a hidden one counts as not there.
func (b *Browser) Open(ctx context.Context, url string) (*Page, error) {
	raw, err := b.call(ctx, "", "Target.createTarget", map[string]any{"url": "about:blank", "newWindow": true})
	if err != nil {
		return nil, err
	}
	var made struct {
		Target  string `json:"targetId"`
		Session string `json:"sessionId"`
	}
	if err := json.Unmarshal(raw, &made); err != nil {
		return nil, err
	}
	raw, err = b.call(ctx, "", "Target.attachToTarget", map[string]any{"targetId": made.Target, "flatten": true})
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &made); err != nil {
		return nil, err
	}
	p := &Page{browser: b, session: made.Session}
	for _, one := range []struct {
		method string
		params any
	}{
		{"Page.enable", nil},
		{"Runtime.enable", nil},
		{"Target.setAutoAttach", autoAttach()},
		{"Page.navigate", map[string]any{"url": url}},
	} {
		if _, err := b.call(ctx, p.session, one.method, one.params); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// within reports whether a session is the page's or one of its frames'. mu is held.
func (p *Page) within(session string) bool {
	for ; session != ""; session = p.browser.parents[session] {
		if session == p.session {
			return true
		}
	}
	return false
}

// errFrame is a page without such a frame, or not yet.
var errFrame = errors.New("no frame of that origin")

// Run runs a script, an expression, in the page's first frame of an origin, and gives what it gives as text.
func (p *Page) Run(ctx context.Context, origin, script string) (string, error) {
	p.browser.mu.Lock()
	var in *scriptContext
	for _, c := range p.browser.contexts {
		if c.origin == origin && p.within(c.session) {
			in = &c
			break
		}
	}
	p.browser.mu.Unlock()
	if in == nil {
		return "", errFrame
	}
	raw, err := p.browser.call(ctx, in.session, "Runtime.evaluate", map[string]any{
		"expression": script, "contextId": in.id, "returnByValue": true, "userGesture": true,
	})
	if err != nil {
		return "", err
	}
	var said struct {
		Result struct {
			Value any `json:"value"`
		} `json:"result"`
		Thrown *struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return "", err
	}
	if said.Thrown != nil {
		return "", errors.New("the script threw")
	}
	text, _ := said.Result.Value.(string)
	return text, nil
}

// Until runs a script until it gives some text, and gives that. What it waits for is for the error.
func (p *Page) Until(ctx context.Context, what, origin, script string) (string, error) {
	for {
		text, err := p.Run(ctx, origin, script)
		if err == nil && text != "" {
			return text, nil
		}
		if errors.Is(err, ErrGone) || errors.Is(err, io.ErrClosedPipe) {
			return "", err
		}
		select {
		case <-time.After(pollTime):
		case <-ctx.Done():
			return "", fmt.Errorf("waited in vain for %s: %w", what, errors.Join(ctx.Err(), err))
		}
	}
}
