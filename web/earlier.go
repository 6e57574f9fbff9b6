package web

// Earlier builds: a pinned script tag on an agency page names one build, and must find it after the server was upgraded.

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Bounds of a folder of earlier builds. A build is about ten files and 200 KB.
const (
	MaxEarlierFiles = 512
	MaxEarlierBytes = 32 << 20
)

// hashDigits is how much of the SHA-256 of its contents, in lower-case hex, is part of a built file's name (build.mjs).
const hashDigits = 16

// Earlier is the scripts and styles of earlier builds, in memory. The zero value is none. Immutable, safe for concurrent
// use.
type Earlier struct {
	files map[string][]byte // by name
}

// ReadEarlier reads a folder that holds built files under their own names and nothing else. A file that is not named like
// one, or whose contents are not those that its name was made from, is an error that names it: what an agency page has
// pinned must be what was built, or not be there at all. So is a mirror whose core is not there, as an error that names
// both: its page would load the one and find nothing to show with.
func ReadEarlier(folder fs.FS) (Earlier, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return Earlier{}, fmt.Errorf("a folder that can be read expected: %w", err)
	}
	if len(entries) > MaxEarlierFiles {
		return Earlier{}, fmt.Errorf("at most %d files expected, %d are there", MaxEarlierFiles, len(entries))
	}
	files, left := make(map[string][]byte, len(entries)), int64(MaxEarlierBytes)
	for _, entry := range entries {
		body, err := readEarlier(folder, entry, left)
		if err != nil {
			return Earlier{}, err
		}
		files[entry.Name()] = body
		left -= int64(len(body))
	}
	for _, entry := range entries {
		if core, ok := missingCore(files, entry.Name()); !ok {
			return Earlier{}, fmt.Errorf("%s: %s expected beside it, which it loads", entry.Name(), core)
		}
	}
	return Earlier{files: files}, nil
}

// readEarlier reads one file of at most that many bytes.
func readEarlier(folder fs.FS, entry fs.DirEntry, left int64) ([]byte, error) {
	name := entry.Name()
	hash, ok := hashIn(name)
	if !ok || !entry.Type().IsRegular() {
		return nil, fmt.Errorf("%s: files of earlier builds expected and nothing else, named like mirror.0123456789abcdef.js", name)
	}
	info, err := entry.Info()
	if err != nil {
		return nil, err
	}
	if info.Size() > left {
		return nil, fmt.Errorf("%s: at most %d bytes expected in all files together", name, int64(MaxEarlierBytes))
	}
	body, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	if got := hex.EncodeToString(sum[:])[:hashDigits]; got != hash {
		return nil, fmt.Errorf("%s: contents whose SHA-256 begins with %s expected, theirs begins with %s", name, hash, got)
	}
	return body, nil
}

// hashIn is the hash in a built file's name: NAME.HASH.js or NAME.HASH.css, NAME of a-z and dashes.
func hashIn(file string) (string, bool) {
	parts := strings.Split(file, ".")
	if len(parts) != 3 || (parts[2] != "js" && parts[2] != "css") || len(parts[1]) != hashDigits {
		return "", false
	}
	isName := parts[0] != "" && strings.Trim(parts[0], "abcdefghijklmnopqrstuvwxyz-") == ""
	isHash := strings.Trim(parts[1], "0123456789abcdef") == ""
	return parts[1], isName && isHash
}

// missingCore looks for the cores that a mirror names in its contents. False: the one it gives is not among the files. One
// that names none needs none, like all other files.
func missingCore(files map[string][]byte, mirror string) (string, bool) {
	if !isMirror(mirror) {
		return "", true
	}
	for _, core := range regexp.MustCompile(`mirror-core\.[0-9a-f]{16}\.js`).FindAll(files[mirror], -1) {
		if _, ok := files[string(core)]; !ok {
			return string(core), false
		}
	}
	return "", true
}

// isMirror tells the script that agency pages name, which is served at the root too.
func isMirror(file string) bool {
	return strings.HasPrefix(file, "mirror.") && strings.HasSuffix(file, ".js")
}
