package demo

// The door of the demo agency: its configuration and the three handlers.

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"
)

// Host names of the demo, without the port. All of them resolve to loopback in browsers.
const (
	Domain     = "agency.localhost"
	HostWWW    = "www." + Domain
	HostMy     = "my." + Domain
	HostInsyn  = "insyn." + Domain
	HostSocial = "social.localhost"
)

// Origins are the exact origins (scheme, host, port; no trailing slash) that the pages name.
type Origins struct {
	WWW    string // the agency's public pages
	My     string // the agency's e-service
	Social string // the foreign site
	Insyn  string // where the script and the bridge come from
}

// Local is the origins of the demo hosts over plain http on one port, for instance "8080".
func Local(port string) Origins {
	at := func(host string) string { return "http://" + host + ":" + port }
	return Origins{WWW: at(HostWWW), My: at(HostMy), Social: at(HostSocial), Insyn: at(HostInsyn)}
}

// Config is what the agency needs to know. It is read once, by New.
type Config struct {
	Origins   Origins
	Script    string           // full URL of mirror.js
	Integrity string           // its SRI value, for instance "sha384-..."
	Policy    string           // hash of the policy that the pages pin; empty: none
	Assets    fs.FS            // the folder web/demo
	Fonts     fs.FS            // holds source-sans-3.woff2; nil: the folder fonts of Assets, where the build puts it
	PagesDir  string           // a folder of static pages to serve below /pages/ on www; empty: none
	Report    *Report          // what reports on PagesDir below /report/; nil: nothing does
	Now       func() time.Time // nil: time.Now
}

// Agency is the handlers of the demo's hosts. They are safe for concurrent use.
type Agency struct {
	WWW    http.Handler
	My     http.Handler
	Social http.Handler

	root *os.Root // of PagesDir; nil without one
}

// New parses every page in both languages, so that a mistake in a template is an error here and never half a page
// later. Close the agency when it is no longer served.
func New(c Config) (*Agency, error) {
	if c.Assets == nil {
		return nil, errors.New("demo: Config.Assets is nil, expected the folder web/demo")
	}
	if c.Fonts == nil {
		fonts, err := fs.Sub(c.Assets, "fonts")
		if err != nil {
			return nil, fmt.Errorf("demo: fonts: %w", err)
		}
		c.Fonts = fonts
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	a := &Agency{}
	www := wwwSite(c)
	if c.PagesDir != "" {
		root, err := os.OpenRoot(c.PagesDir)
		if err != nil {
			return nil, fmt.Errorf("demo: Config.PagesDir expects a readable folder: %w", err)
		}
		a.root = root
		www.mounts = map[string]http.Handler{pagesPrefix: folder{root: root, script: c.Script, tag: scriptTag(c)}}
		if c.Report != nil {
			www.mounts[reportPath] = report{root: root, config: *c.Report, insyn: c.Origins.Insyn}
		}
	}
	var err error
	if a.WWW, err = www.handler(c, false); err == nil {
		if a.My, err = mySite(c).handler(c, true); err == nil {
			a.Social, err = socialSite().handler(c, false)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("demo: %w", err), a.Close())
	}
	return a, nil
}

// Close lets go of the folder of Config.PagesDir.
func (a *Agency) Close() error {
	if a.root == nil {
		return nil
	}
	return a.root.Close()
}

const (
	// nobody frames the page.
	nobody = "'none'"
	// trustedTypes is what My Page adds: its own scripts, and Insyn's, must do without innerHTML.
	trustedTypes = "; require-trusted-types-for 'script'; trusted-types insyn"
	socialCSP    = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// agencyCSP is the Content-Security-Policy of agency pages: as strict as an agency's gets, plus the two
// sources that Insyn asks for, and what of the agency's own a page frames or is framed by.
func agencyCSP(c Config, frames, framedBy string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' " + c.Origins.Insyn,
		"style-src 'self'",
		"img-src 'self'",
		"font-src 'self'",
		"connect-src 'self'",
		strings.TrimSpace("frame-src " + c.Origins.Insyn + " " + frames),
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors " + framedBy,
	}, "; ")
}
