package main

import (
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"

	"insyn/web"
)

func runVersion(args []string, out io.Writer) error {
	flags := newFlags("version", out)
	list := flags.Bool("assets", false, "list the browser code's files and their integrity")
	if err := parse(flags, args); err != nil {
		return err
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
	for _, name := range slices.Sorted(maps.Keys(assets)) {
		if _, err := fmt.Fprintln(out, assets[name].File, assets[name].Integrity); err != nil {
			return err
		}
	}
	return nil
}
