package selfcheck

// Room: cmd. The same session with two browsers, where there is one on this machine: what is in their profiles after it?

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"insyn/cmd/internal/canary"
	"insyn/cmd/internal/chromium"
)

// Browsers is what a session with two browsers needs beside a server: pages of an agency whose words are shown.
type Browsers struct {
	Binary string                                // a Chromium; empty: nobody looks
	Page   func(port string) (page, form string) // the address of a page with the form, and the origin of its document
}

const browserTime = time.Minute

// FindChromium is the Chromium of this machine, empty where there is none.
func FindChromium() string {
	candidates := []string{"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"}
	if named := os.Getenv("INSYN_CHROMIUM"); named != "" {
		candidates = []string{named}
	}
	for _, candidate := range candidates {
		//nolint:gosec // the browser that whoever runs this names
		if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return candidate
		}
	}
	return ""
}

// browsers has a session between two browsers, and searches their profiles.
func (d *drill) browsers(ctx context.Context) error {
	const name, promise = "browser profiles", "nothing of the agent's session is left in one browser, and nothing of the code in the other"
	if d.config.Browsers.Binary == "" {
		d.report.add(name, promise, NotLooked, "no Chromium is on this machine, or INSYN_CHROMIUM does not name one")
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, browserTime)
	defer cancel()
	began := time.Now()
	folder, err := os.MkdirTemp("", "insyn-browsers-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	profiles := []string{filepath.Join(folder, "agent"), filepath.Join(folder, "applicant")}
	for _, profile := range profiles {
		if err := forNobody(folder, profile); err != nil {
			return err
		}
	}
	words, err := d.browse(ctx, profiles[0], profiles[1])
	if err != nil {
		d.report.add(name, promise, Unknown, "the two browsers did not get through a session: "+err.Error())
		return nil
	}
	verdict, seen := Holds, []string{}
	for i, whose := range []string{"the agent's", "the applicant's"} {
		if i == 1 {
			// What stands in the agency's own page the applicant's browser keeps by itself, to open it again after a crash.
			words = slices.DeleteFunc(words, func(c canary.Canary) bool { return c.Name != wholeCode })
		}
		set, err := canary.NewSet(words...)
		if err != nil {
			return err
		}
		files, err := canary.SearchFolder(ctx, profiles[i], set, began, d.config.Bounds)
		if err != nil {
			return err
		}
		if files.Changed == 0 {
			verdict = Unknown // then that was not its profile
		}
		seen = append(seen, fmt.Sprintf("%s: %d files, %s searched for %d words, %d findings", whose, files.Changed, size(files.Bytes), len(words), len(files.Hits)))
		for _, hit := range files.Hits {
			verdict = Fails
			relative, _ := filepath.Rel(profiles[i], hit.File) // for reading only
			seen = append(seen, fmt.Sprintf("found: %s, %s, in %q", hit.Canary, hit.Form, relative))
		}
	}
	d.report.add(name, promise, verdict, append(seen,
		"planted: page text, a form value, the code. In the applicant's the code alone is looked for: of the agency's own page their browser keeps address, contents and form by itself, as it does without us")...)
	return nil
}

// letters is a word without digits, so that no pattern of personal data masks it.
func letters() string {
	return strings.Map(func(r rune) rune {
		if r >= '2' && r <= '7' {
			return r - '2' + 'a'
		}
		return r
	}, draw())
}

// quoted is a text as scripts write it.
func quoted(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		panic("selfcheck: " + err.Error()) // text always marshals
	}
	return string(raw)
}

// browse has the session, and gives what was planted in it.
func (d *drill) browse(ctx context.Context, agentProfile, applicantProfile string) (words []canary.Canary, err error) {
	_, desk := d.config.Server.Reached(d.server.port)
	insyn, _ := d.config.Server.Reached(d.server.port)
	address, origin := d.config.Browsers.Page(d.server.port)
	open := func(profile, url string) (*chromium.Browser, *chromium.Page, error) {
		browser, err := chromium.Start(ctx, d.config.Browsers.Binary, profile, asNobody())
		if err != nil {
			return nil, nil, err
		}
		page, err := browser.Open(ctx, url)
		if err != nil {
			return nil, nil, errors.Join(err, browser.Close(ctx))
		}
		return browser, page, nil
	}
	agents, console, err := open(agentProfile, desk+"/")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, agents.Close(context.WithoutCancel(ctx))) }()
	applicants, page, err := open(applicantProfile, address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, applicants.Close(context.WithoutCancel(ctx))) }()

	text, form := letters(), letters()
	words = []canary.Canary{{Name: "page text", Bytes: []byte(text)}, {Name: "form value", Bytes: []byte(form)}}
	code := ""
	const view = `document.querySelector('iframe[title="Applicant\'s page"]')?.contentDocument?.documentElement?.textContent`
	for _, step := range []struct {
		what, origin string
		at           *chromium.Page
		script       func() string
		gives        *string
	}{
		{"the sign-in", desk, console, always(`(() => { const field = document.querySelector('input'); if (!field) return '';
			field.value = 'Drill'; field.form.requestSubmit(); return 'ok' })()`), nil},
		{"the button for a code", desk, console, always(press("New code")), nil},
		{"ten digits", desk, console, always(`(() => { const digits = (document.querySelector('[role=status][aria-label=Code]')?.textContent ?? '').replace(/\D/g, '');
			return digits.length === 10 ? digits : '' })()`), &code},
		{"the form", insyn, page, func() string {
			return `(() => { const field = document.querySelector('input'); if (!field) return '';
			field.focus(); field.value = ` + quoted(code) + `; field.dispatchEvent(new Event('input', { bubbles: true })); field.form.requestSubmit(); return 'ok' })()`
		}, nil},
		{"the agency's page in the view", desk, console, always(`(` + view + ` ?? '').length > 100 ? 'ok' : ''`), nil},
		{"the page", origin, page, always(`(() => { const said = document.createElement('p'); said.textContent = ` + quoted(text) + `;
			const field = document.createElement('input'); field.value = ` + quoted(form) + `; document.body.append(said, field); return 'ok' })()`), nil},
		{"the planted word in the view", desk, console, always(`(` + view + ` ?? '').includes(` + quoted(text) + `) ? 'ok' : ''`), nil},
		{"the end", desk, console, always(press("End session")), nil},
		{"the view to be gone", desk, console, always(`(` + view + ` ?? '').includes(` + quoted(text) + `) ? '' : 'ok'`), nil},
	} {
		given, err := step.at.Until(ctx, step.what, step.origin, step.script())
		if err != nil {
			return nil, err
		}
		if step.gives != nil {
			*step.gives = given
		}
	}
	return append(words, canary.Canary{Name: wholeCode, Bytes: []byte(code[:9])}), nil
}

func always(script string) func() string { return func() string { return script } }

// press is a script that presses the button with a name.
func press(name string) string {
	return `(() => { const button = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === ` + quoted(name) + ` && !one.disabled);
		button?.click(); return button ? 'ok' : '' })()`
}
