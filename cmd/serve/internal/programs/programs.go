// Package programs makes the folder of static files that the page needs: it builds the two browser programs with the Go
// toolchain when their sources have changed, and puts the scripts that run them, and the data, beside them.
//
// It knows the source tree and the go command. It does not know who serves the folder, nor what the programs do.
package programs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"unpool/core/atomicfile"
	"unpool/core/pack"
)

// Program is one browser program.
type Program struct {
	File    string // in the folder of static files
	Package string // its main package
	Title   string // for people
	Limit   int    // maximum bytes after gzip -9; raising it needs a line in RATIONALE.md

	Small    []string // packages, as patterns, that are compiled without inlining: smaller, and slower
	StandIns bool     // what is in the folder standins takes the place of the standard library's
}

// Programs are the two browser programs.
var Programs = []Program{
	{"app.wasm", "unpool/cmd/app", "the page", 3_020_000, []string{
		"unpool/...", "github.com/maxence-charriere/...",
		"archive/...", "bufio", "compress/...", "encoding/...", "fmt", "io", "math/big", "mime/...", "net/url", "os", "reflect", "regexp/...", "strconv", "time",
		"bytes", "context", "crypto/...", "errors", "hash/...", "html", "internal/strconv", "path/...", "slices", "sort", "strings", "sync", "syscall/...", "unicode/...",
		"github.com/google/...", "internal/bisect", "internal/fmtsort", "internal/godebug", "internal/poll", "internal/reflectlite", "internal/syscall/...", "io/...", "iter", "log", "maps", "math", "math/rand/...",
	}, true},
	{"trainer.wasm", "unpool/cmd/trainer", "the trainer", 3_530_000, []string{
		"unpool/core/checkpoint", "unpool/core/embed", "unpool/core/lesson", "unpool/core/protocol", "unpool/core/recipe", "unpool/core/run", "unpool/core/store/...", "unpool/core/worker", "unpool/models/...",
	}, false},
}

// ErrNoSource says that no source tree was found.
var ErrNoSource = errors.New("not inside Unpool's source tree")

// Root returns the root of the source tree that dir is in, or ErrNoSource.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(text, []byte("module unpool\n")) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ErrNoSource
		}
		dir = parent
	}
}

// Build brings the programs in the folder public up to date with the source tree at root, each with a compressed
// copy beside it (".gz"). log gets a line for each program that has to be built.
func Build(ctx context.Context, root, public string, log io.Writer) error {
	for _, p := range Programs {
		want, err := fingerprint(ctx, root, p)
		if err != nil {
			return err
		}
		target := filepath.Join(public, p.File)
		stamp := target + ".sources"
		if have, err := os.ReadFile(stamp); err == nil && string(have) == want && exist(target, target+".gz") {
			continue
		}
		start := time.Now()
		fmt.Fprintf(log, "building %s (%s); a first build takes a minute or so\n", p.Title, p.File)
		program, err := Compile(ctx, root, p)
		if err != nil {
			return err
		}
		packed, err := pack.Gzip(program)
		if err != nil {
			return err
		}
		// The stamp goes last: an interrupted build is done again.
		for _, f := range []struct {
			name string
			body []byte
		}{{target + ".gz", packed}, {target, program}, {stamp, []byte(want)}} {
			if err := write(f.name, f.body); err != nil {
				return err
			}
		}
		fmt.Fprintf(log, "built %s in %.1f s: %.2f MB, %.2f MB compressed\n",
			p.File, time.Since(start).Seconds(), megabytes(program), megabytes(packed))
	}
	if err := putScripts(ctx, root, public); err != nil {
		return err
	}
	return putSources(root, public)
}

// putSources copies the Go files of models/nn, which the page Learn shows beside its figures, under names that the go command does not mistake for
// a package.
func putSources(root, public string) error {
	files, err := filepath.Glob(filepath.Join(root, "models", "nn", "*.go"))
	if err != nil {
		return err
	}
	for _, from := range files {
		if strings.HasSuffix(from, "_test.go") {
			continue
		}
		if err := putFile(from, filepath.Join(public, "learn", "nn", filepath.Base(from)+".txt")); err != nil {
			return err
		}
	}
	return nil
}

// putFile copies a file, unless it is there already.
func putFile(from, to string) error {
	body, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("a file of the site is missing: %w", err)
	}
	if have, err := os.ReadFile(to); err == nil && bytes.Equal(have, body) {
		return nil
	}
	return write(to, body)
}

// putScripts copies the scripts that are not in public: the one that starts Go programs, which must be the building toolchain's own,
// and that of the engine's helper threads, which is with the engine.
func putScripts(ctx context.Context, root, public string) error {
	goroot, err := goCommand(ctx, root, "env", "GOROOT")
	if err != nil {
		return err
	}
	toolchain := filepath.Join(string(bytes.TrimSpace(goroot)), "lib", "wasm")
	for _, from := range []string{filepath.Join(toolchain, "wasm_exec.js"), filepath.Join(root, "wasm", "host", "helper.js")} {
		if err := putFile(from, filepath.Join(public, filepath.Base(from))); err != nil {
			return err
		}
	}
	return nil
}

// PutData copies files from a folder into public/data/set, each under the name at its place in names, unless they are there with that
// content already.
func PutData(from, public, set string, files, names []string) error {
	to := filepath.Join(public, "data", set)
	for i, name := range names {
		if err := putFile(filepath.Join(from, files[i]), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

// write replaces a file as a whole, so that no reader sees half of it.
func write(name string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return atomicfile.WriteBytes(name, body)
}

func exist(names ...string) bool {
	for _, name := range names {
		if _, err := os.Stat(name); err != nil {
			return false
		}
	}
	return true
}

func megabytes(b []byte) float64 { return float64(len(b)) / 1e6 }
