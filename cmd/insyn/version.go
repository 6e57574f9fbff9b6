package main

// insyn version: what was built in, for those who compare, and for those who keep it before an upgrade.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"runtime/debug"
	"slices"

	"insyn/cmd/internal/lockdown"
	"insyn/web"
)

func runVersion(args []string, out io.Writer) error {
	flags := newFlags("version", out)
	list := flags.Bool("assets", false, "list the browser code's files and documents with their integrity")
	asJSON := flags.Bool("json", false, "all of it for machines: modules, the browser code's hashes, the seccomp filters' hashes")
	write := flags.String("write", "", "with --assets: write the scripts and styles into this `folder`, for insyn demo --earlier after an upgrade")
	if err := parse(flags, args); err != nil {
		return err
	}
	if *write != "" && !*list {
		return errors.New("--write expects --assets beside it")
	}
	if *asJSON {
		if *list {
			return errors.New("--json lists everything already, --assets does not go with it")
		}
		return writeBuilt(out)
	}
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version + " " + info.GoVersion
	}
	if _, err := fmt.Fprintln(out, "insyn", version); err != nil || !*list {
		return err
	}
	assets, err := web.LoadAssets()
	if err != nil {
		return err
	}
	if err := listAssets(assets, out); err != nil || *write == "" {
		return err
	}
	if err := writeAssets(assets, *write); err != nil {
		return fmt.Errorf("--write %s: %w", *write, err)
	}
	return nil
}

// what is built in, as insyn version --json has it.
type (
	builtIn struct {
		Version string               `json:"version"`
		Go      string               `json:"go"`
		Source  string               `json:"source"`  // the commit, where the build knew it
		Changed bool                 `json:"changed"` // the source was not the commit's
		Modules []builtModule        `json:"modules"`
		Assets  []web.Asset          `json:"assets"`
		Filters []lockdown.Published `json:"seccomp"`
	}
	builtModule struct {
		Path    string `json:"path"`
		Version string `json:"version"`
		Sum     string `json:"sum"` // as in go.sum
	}
)

func writeBuilt(out io.Writer) error {
	built := builtIn{Version: "unknown", Modules: []builtModule{}}
	if info, ok := debug.ReadBuildInfo(); ok {
		built.Version, built.Go = info.Main.Version, info.GoVersion
		for _, m := range info.Deps {
			built.Modules = append(built.Modules, builtModule{m.Path, m.Version, m.Sum})
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				built.Source = s.Value
			case "vcs.modified":
				built.Changed = s.Value == "true"
			}
		}
	}
	assets, err := web.LoadAssets()
	if err != nil {
		return err
	}
	if built.Assets, err = allAssets(assets); err != nil {
		return err
	}
	if built.Filters, err = lockdown.Filters(); err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(built)
}

// allAssets are the documents, and then the scripts and styles by name.
func allAssets(assets web.Assets) ([]web.Asset, error) {
	all, err := web.Documents()
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(assets)) {
		all = append(all, assets[name])
	}
	return all, nil
}

func listAssets(assets web.Assets, out io.Writer) error {
	all, err := allAssets(assets)
	if err != nil {
		return err
	}
	for _, asset := range all {
		if _, err := fmt.Fprintln(out, asset.File, asset.Integrity); err != nil {
			return err
		}
	}
	return nil
}

// writeAssets writes each script and style into a folder that is there, under the name that holds its hash.
func writeAssets(assets web.Assets, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("a folder that exists expected: %w", err)
	}
	defer func() { _ = root.Close() }()
	for _, name := range slices.Sorted(maps.Keys(assets)) {
		body, err := assets.Read(assets[name].File)
		if err != nil {
			return err
		}
		if err := writeOnce(root, assets[name].File, body); err != nil {
			return err
		}
	}
	return nil
}

// writeOnce writes a file that is not there yet. One that is must have these contents.
func writeOnce(root *os.Root, name string, body []byte) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		there, err := root.ReadFile(name)
		if err == nil && !bytes.Equal(there, body) {
			err = fmt.Errorf("%s: is there with other contents than were built in; expected the same ones, or none", name)
		}
		return err
	}
	if err != nil {
		return err
	}
	_, err = file.Write(body)
	if err = errors.Join(err, file.Close()); err != nil {
		err = errors.Join(err, root.Remove(name)) // half a file would stand in the way of the next attempt
	}
	return err
}
