//go:build !js

package wasm_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var gomlx = flag.Bool("gomlx", false, "run GoMLX's own tests of graphs and layers, which takes minutes")

// gomlxPackages are those whose tests are run, as patterns in GoMLX's module.
var gomlxPackages = []string{"./core/graph/...", "./ml/layers/...", "./ml/nn/...", "./ml/train/..."}

// registration makes the backend one that GoMLX's tests know by name.
const registration = `package unpool

import (
	"github.com/gomlx/compute"

	"unpool/wasm"
	"unpool/wasm/host"
)

func init() {
	compute.Register(wasm.Name, func(string) (compute.Backend, error) {
		engine, err := host.New(host.Options{Tier: wasm.Tier(true)})
		if err != nil {
			return nil, err
		}
		return wasm.New(engine), nil
	})
}
`

// GoMLX's tests of graphs and layers pass on this backend, but for those that testdata/gomlx.txt lists, with the reason. They
// pass in a copy of its module, in which the backend is registered and nothing is downloaded, each in a process of its own:
// what one leaves behind must not make another fail.
func TestGoMLX(t *testing.T) {
	if !*gomlx {
		t.Skip("make gomlx-tests")
	}
	dir := copyGoMLX(t)
	list := command(t, dir, "go", append([]string{"list", "-f", `{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}`}, gomlxPackages...)...)
	mayFail := expectedFailures(t)
	for line := range strings.Lines(list) {
		path, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
		name := strings.TrimPrefix(path, "github.com/gomlx/gomlx/")
		program := filepath.Join(t.TempDir(), "tests")
		command(t, dir, "go", "test", "-vet=off", "-c", "-o", program, path)
		for test := range strings.Lines(command(t, folder, program, "-test.list=^Test")) {
			test = strings.TrimSpace(test)
			full := name + " " + test
			expected := mayFail[full]
			delete(mayFail, full)
			t.Run(name+"/"+test, func(t *testing.T) {
				out, err := gomlxTests(folder, program, "-test.run=^"+test+"$")
				switch {
				case err != nil && !expected:
					t.Errorf("%v\n%s", err, tail(out, 4000))
				case err == nil && expected:
					t.Log("passes, though testdata/gomlx.txt lets it fail")
				}
			})
		}
	}
	for test := range mayFail {
		t.Errorf("testdata/gomlx.txt: there is no test %s", test)
	}
}

// copyGoMLX copies GoMLX's module to where it can be changed, and returns its folder.
func copyGoMLX(t *testing.T) string {
	t.Helper()
	ours, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	from := strings.TrimSpace(command(t, ours, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/gomlx/gomlx"))
	root := t.TempDir()
	dir := filepath.Join(root, "gomlx")
	write := func(file, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".go") && bytes.Contains(text, []byte("xla.AutoInstall()")) {
			text = append(bytes.ReplaceAll(text, []byte("xla.AutoInstall()"), []byte("error(nil)")), "\nvar _ = xla.AutoInstall\n"...)
		}
		rest, err := filepath.Rel(from, path)
		write(filepath.Join(dir, rest), string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(dir, "backends", "unpool", "unpool.go"), registration)
	for folder, name := range map[string]string{"backends/default": "_default", "support/testutil": "testutil"} {
		write(filepath.Join(dir, filepath.FromSlash(folder), "unpool.go"), fmt.Sprintf("package %s\n\nimport _ \"github.com/gomlx/gomlx/backends/unpool\"\n", name))
	}
	version := strings.TrimPrefix(strings.TrimSpace(command(t, ours, "go", "list", "-m", "-f", "{{.GoVersion}}")), "go")
	write(filepath.Join(root, "go.work"), fmt.Sprintf("go %s\n\nuse (\n\t./gomlx\n\t%q\n)\n", version, ours))
	return dir
}

// expectedFailures reads which tests may fail: lines of a package and a test, behind lines that start with # and say why.
func expectedFailures(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("testdata/gomlx.txt")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	why := false
	for line := range strings.Lines(string(text)) {
		switch line = strings.TrimSpace(line); {
		case line == "":
			why = false
		case strings.HasPrefix(line, "#"):
			why = true
		case !why:
			t.Errorf("testdata/gomlx.txt does not say why %s may fail", line)
		default:
			tests[line] = true
		}
	}
	return tests
}

// gomlxTests returns what a program prints.
func gomlxTests(dir, program string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, program, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOMLX_BACKEND=wasm", "PWD="+dir)
	return c.CombinedOutput()
}

// command is run for a program that must not fail, and returns its standard output.
func command(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	c := exec.Command(program, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOMLX_BACKEND=wasm", "PWD="+dir)
	var problems bytes.Buffer
	c.Stderr = &problems
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", c, err, tail(problems.Bytes(), 4000))
	}
	return string(out)
}

// tail is the end of a text.
func tail(text []byte, n int) []byte { return text[max(0, len(text)-n):] }
