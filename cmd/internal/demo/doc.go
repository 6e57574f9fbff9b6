// Package demo is the demo agency: an invented Residence Agency whose pages are what a person tries Insyn on, and what
// the tests and benchmarks mirror. It serves three hosts:
//
//	www.agency.localhost   public pages: start, technical support (with the code form), social media, about
//	my.agency.localhost    My Page: log-in, overview, appointment, booking
//	social.localhost       a foreign site, without Insyn
//
// The pages are as awkward as real ones on purpose (strict CSP, Trusted Types on My Page, shadow DOM, late content, a
// long table), and everything on them is invented. The package keeps nothing: what a visitor types stays in the tab.
//
// New gives the handlers, Policy the policy that fits them. Sources of the pages: web/demo.
package demo
