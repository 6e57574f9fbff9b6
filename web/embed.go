// Package web holds the browser code: its TypeScript sources under src, and here the Go side, which embeds what
// `make build` made of them (dist) and serves it. It knows assets, documents and their headers; it knows no session.
package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

// The first pattern is the build's own stamp: where the bundles were not built, the compiler's complaint names it, and it
// names the command. (A pattern for all of dist would be sorted before it, and complain first.)
//
//go:embed dist/BUILT_BY_make_build dist/assets dist/bridge.html dist/console.html dist/demo dist/manifest.json dist/view.html
var dist embed.FS

// Asset is one built file: its name carries its hash, so that it may be cached for ever.
type Asset struct {
	// File is the name below /assets/.
	File string `json:"file"`
	// Integrity is its Subresource Integrity value, sha384.
	Integrity string `json:"integrity"`
}

// Assets are the built files by the name of what they were built from, such as "mirror.js".
type Assets map[string]Asset

// LoadAssets reads the manifest of what was built in.
func LoadAssets() (Assets, error) {
	raw, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		return nil, fmt.Errorf("the browser code is not built in, run make build: %w", err)
	}
	assets := Assets{}
	if err := json.Unmarshal(raw, &assets); err != nil {
		return nil, fmt.Errorf("the manifest of the browser code: %w", err)
	}
	return assets, nil
}

// Demo is the folder of the demo agency's pages.
func Demo() (fs.FS, error) { return fs.Sub(dist, "dist/demo") }
