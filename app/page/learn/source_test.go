package learn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The source that a chapter shows is a whole function of models/nn, with its comment.
func TestDeclaration(t *testing.T) {
	for file, c := range map[string]struct{ name, begins string }{
		"conv.go": {"conv", "// conv convolves"}, "pool.go": {"pool", "// pool takes"}, "relu.go": {"ReLU", "// ReLU "}, "norm.go": {"batchNorm", "// batchNorm "},
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "models", "nn", file))
		if err != nil {
			t.Fatal(err)
		}
		if got := declaration(string(text), c.name); !strings.HasPrefix(got, c.begins) || !strings.HasSuffix(got, "\n}") || strings.Count(got, "func ") < 1 {
			t.Errorf("%s of %s is\n%s", c.name, file, got)
		}
	}
	if got := declaration("package a\n", "b"); got != "" {
		t.Errorf("a function that there is not is %q", got)
	}
}

func TestColoured(t *testing.T) {
	const want = "<span class=\"comment\">// a &lt; b\n</span>func f() { return &#34;x&#34; } <span class=\"comment\">// why</span>"
	if got := coloured("// a < b\nfunc f() { return \"x\" } // why"); got != want {
		t.Errorf("%q", got)
	}
}
