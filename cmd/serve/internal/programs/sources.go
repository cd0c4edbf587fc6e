package programs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// sources is what decides a program's bytes in one package, as the go command lists it.
type sources struct {
	ImportPath                  string
	Dir                         string
	Standard                    bool
	GoFiles, SFiles, EmbedFiles []string
	Module                      *struct {
		Main          bool
		Path, Version string
	}
}

// how a program is made from its sources: a change to these files changes every program.
//
//go:embed compile.go segments.go standins.go standins
var how embed.FS

// fingerprint returns a hash of everything that a program is made from: the module's own files by content, other
// modules by version, the standard library by the toolchain's version. Times do not count, since a checkout sets them.
func fingerprint(ctx context.Context, root string, p Program) (string, error) {
	out, err := goCommand(ctx, root, "list", "-deps",
		"-json=ImportPath,Dir,Standard,GoFiles,SFiles,EmbedFiles,Module", p.Package)
	if err != nil {
		return "", fmt.Errorf("cannot list the sources of %s: %w", p.File, err)
	}
	version, err := goCommand(ctx, root, "env", "GOVERSION", "GOFLAGS", "GOWASM", "GOEXPERIMENT")
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write(version)
	fmt.Fprintln(h, p.Small)
	if err := addFiles(h, how); err != nil {
		return "", err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var s sources
		if err := d.Decode(&s); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return "", fmt.Errorf("cannot read the sources of %s: %w", p.File, err)
		}
		if err := s.add(h); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// addFiles writes the names and contents of files into the hash.
func addFiles(h hash.Hash, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		fmt.Fprintf(h, "%s %d\n", name, len(body))
		h.Write(body)
		return err
	})
}

// add writes one package into the hash.
func (s sources) add(h hash.Hash) error {
	fmt.Fprintln(h, s.ImportPath)
	if s.Standard {
		return nil
	}
	if s.Module != nil && !s.Module.Main {
		fmt.Fprintln(h, s.Module.Path, s.Module.Version)
		return nil
	}
	for _, name := range slices.Concat(s.GoFiles, s.SFiles, s.EmbedFiles) {
		body, err := os.ReadFile(filepath.Join(s.Dir, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d\n", name, len(body))
		h.Write(body)
	}
	return nil
}
