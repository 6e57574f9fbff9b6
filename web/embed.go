// Package web holds the browser code: its TypeScript sources under src, and here the Go side, which embeds what
// `make build` made of them (dist) and serves it. It knows assets, documents and their headers; it knows no session.
package web

import (
	"crypto/sha512"
	"embed"
	"encoding/base64"
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

// Read gives the contents of a built file, by its name below /assets/.
func (a Assets) Read(file string) ([]byte, error) {
	body, err := dist.ReadFile("dist/assets/" + file)
	if err != nil {
		return nil, fmt.Errorf("the browser code: %w", err)
	}
	return body, nil
}

// Documents are the templates that the bridge, the console and the view are made from. They can't have an integrity that a
// browser checks, since each answer holds its own configuration; what is listed here is what an auditor compares.
func Documents() ([]Asset, error) {
	var all []Asset
	for _, name := range []string{"bridge.html", "console.html", "view.html"} {
		body, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return nil, fmt.Errorf("the document %s: %w", name, err)
		}
		sum := sha512.Sum384(body)
		all = append(all, Asset{File: name, Integrity: "sha384-" + base64.StdEncoding.EncodeToString(sum[:])})
	}
	return all, nil
}

// Demo is the folder of the demo agency's pages.
func Demo() (fs.FS, error) { return fs.Sub(dist, "dist/demo") }
