package programs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
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
	if p.NoHTTP {
		h.Write(noHTTP)
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
