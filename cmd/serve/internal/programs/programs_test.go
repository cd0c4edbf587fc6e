package programs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unpool/core/pack"
)

func TestProgramsAreSmall(t *testing.T) {
	root, err := Root(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Programs {
		program, err := Compile(t.Context(), root, p)
		if err != nil {
			t.Fatal(err)
		}
		packed, err := pack.Gzip(program)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes, %d after gzip -9 (limit %d)", p.File, len(program), len(packed), p.Limit)
		if len(packed) > p.Limit {
			t.Errorf("%s has %d bytes after gzip -9, %d more than the limit of %d; raising it needs a line in RATIONALE.md",
				p.File, len(packed), len(packed)-p.Limit, p.Limit)
		}
	}
}

// tree makes a module with two tiny programs and returns its root.
func tree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	const program = "package main\n\nimport \"unpool/part\"\n\nfunc main() { println(part.Word) }\n"
	for name, text := range map[string]string{
		"go.mod":              "module unpool\n\ngo 1.26\n",
		"cmd/app/main.go":     program,
		"cmd/trainer/main.go": "package main\n\nfunc main() {}\n",
		"part/part.go":        "package part\n\nconst Word = \"one\"\n",
		"public/css/base.css": "body{}",
		"wasm/host/helper.js": "",
		"models/nn/conv.go":   "package nn\n",
	} {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestBuildOnlyWhatChanged(t *testing.T) {
	root := tree(t)
	public := filepath.Join(root, "public")
	for _, step := range []struct {
		name   string
		change func() error
		builds []string
	}{
		{"first", func() error { return nil }, []string{"app.wasm", "trainer.wasm"}},
		{"nothing changed", func() error { return nil }, nil},
		{"a source of one changed", func() error {
			return os.WriteFile(filepath.Join(root, "part", "part.go"), []byte("package part\n\nconst Word = \"two\"\n"), 0o644)
		}, []string{"app.wasm"}},
		{"a program is gone", func() error { return os.Remove(filepath.Join(public, "trainer.wasm")) }, []string{"trainer.wasm"}},
		{"a compressed copy is gone", func() error { return os.Remove(filepath.Join(public, "app.wasm.gz")) }, []string{"app.wasm"}},
		{"not a source", func() error { return os.WriteFile(filepath.Join(root, "notes.txt"), nil, 0o644) }, nil},
	} {
		if err := step.change(); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		if err := Build(t.Context(), root, public, &log); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for _, p := range Programs {
			want := false
			for _, b := range step.builds {
				want = want || b == p.File
			}
			if got := strings.Contains(log.String(), "built "+p.File); got != want {
				t.Errorf("%s: built %s is %v, want %v", step.name, p.File, got, want)
			}
		}
	}
	for _, name := range []string{"helper.js", "learn/nn/conv.go.txt"} {
		if _, err := os.Stat(filepath.Join(public, filepath.FromSlash(name))); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(public, "wasm_exec.js")); err != nil {
		t.Error(err)
	}
}

func TestBuildSaysWhatIsWrong(t *testing.T) {
	root := tree(t)
	if err := os.WriteFile(filepath.Join(root, "part", "part.go"), []byte("package part\n\nconst Word = 1 +\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := Build(t.Context(), root, filepath.Join(root, "public"), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "part.go") {
		t.Errorf("a source that does not compile gives the error %v, want one that names it", err)
	}
}

func TestRoot(t *testing.T) {
	root := tree(t)
	if got, err := Root(filepath.Join(root, "cmd", "app")); err != nil || got != root {
		t.Errorf("Root inside the tree is %q, %v; want %q", got, err, root)
	}
	if _, err := Root(t.TempDir()); !errors.Is(err, ErrNoSource) {
		t.Errorf("Root outside gives %v, want ErrNoSource", err)
	}
}

func TestPutData(t *testing.T) {
	from, public := t.TempDir(), t.TempDir()
	for _, body := range []string{"data", "data", "dada"} { // other images in as many bytes
		if err := os.WriteFile(filepath.Join(from, "a.gz"), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := PutData(from, public, "set", []string{"a.gz"}, []string{"b.gz"}); err != nil {
			t.Fatal(err)
		}
		if put, err := os.ReadFile(filepath.Join(public, "data", "set", "b.gz")); string(put) != body {
			t.Errorf("the file has %q, %v, want %q", put, err, body)
		}
	}
	if err := PutData(from, public, "set", []string{"c.gz"}, []string{"c.gz"}); err == nil {
		t.Error("a missing file is no error")
	}
}
