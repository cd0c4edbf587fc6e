//go:build cgo && linux

package backends

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/bench"
	"unpool/cmd/serve/internal/dataset"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/train"
	"unpool/internal/long"
	"unpool/internal/plugintest"
	"unpool/models"
	"unpool/models/nn/nntest"
)

func TestMain(m *testing.M) {
	if Probing() {
		return
	}
	os.Exit(m.Run())
}

// The nets have the right gradients and learn on XLA, too: a recurrent one and a convolutional one, or with -tags long every
// one.
func TestXLANets(t *testing.T) {
	b, err := Open(Options{Backend: XLACPU, Plugin: plugintest.CPU(t, HasXLA)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	if !b.Accelerator || b.Where.Backend != XLACPU || !strings.Contains(b.Where.Tier, "PJRT 0.") {
		t.Errorf("%+v", b.Where)
	}
	nets := []string{"mnist-rnn-128", "mnist-cnn"}
	if long.Tests {
		nets = nntest.Nets()
	}
	nntest.Run(t, b.Backend, nets...)
}

// The first ten steps of the nets on XLA and on our own backend: one net of each kind, or with -tags long all, and one net for
// each kind of layer. With -v it prints the table.
func TestXLAParity(t *testing.T) {
	b, err := Open(Options{Backend: XLACPU, Plugin: plugintest.CPU(t, HasXLA)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	set, err := dataset.Sources{}.Open(t.Context(), recipe.MNIST, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	subjects := bench.OfKinds()
	if long.Tests {
		subjects = nil
		for _, e := range models.Catalog {
			subjects = append(subjects, bench.Subject{Name: e.Name, Recipe: e.Recipe})
		}
		for _, l := range nntest.LayerNets {
			r := recipe.Default()
			r.Net = l.Net
			subjects = append(subjects, bench.Subject{Name: l.Kind, Recipe: r})
		}
	}
	var table strings.Builder
	print := bench.Print[bench.Comparison](&table, bench.ComparisonHeader, false)
	o := train.Options{Backend: b.Backend, Where: b.Where, Accelerator: b.Accelerator, Data: set}
	err = bench.Compare(t.Context(), o, subjects, 10, func(c bench.Comparison) error {
		if !c.Agrees() {
			t.Errorf("%s: the losses are apart by %.1e, allowed is %.0e", c.Recipe, c.Apart, c.Allowed)
		}
		return print(c)
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("\n%s", table.String())
}

// Each refusal is one error that says what is wrong, and the process continues.
func TestXLARefuses(t *testing.T) {
	plugin := plugintest.CPU(t, HasXLA)
	dir := t.TempDir()
	link := func(name string) string { // a copy, since links are resolved
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(plugin, path); err != nil { // another file system: then as a copy
			body, err := os.ReadFile(plugin)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	cut := filepath.Join(dir, "cpu_cut.so")
	whole, err := os.Open(plugin)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	head := make([]byte, 1<<20)
	if _, err := whole.Read(head); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, head, 0o644); err != nil {
		t.Fatal(err)
	}
	// Zeros in the middle: the file's header is still valid.
	within := filepath.Join(dir, "cpu_within.so")
	body, err := os.ReadFile(plugin)
	if err != nil {
		t.Fatal(err)
	}
	clear(body[len(body)/10 : len(body)/4])
	if err := os.WriteFile(within, body, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		o     Options
		flags string
		says  string
	}{
		"a path of another kind":   {Options{Backend: XLACUDA, Plugin: plugin}, "", "is for -backend xla:cpu by its path"},
		"a path that lies":         {Options{Backend: XLACUDA, Plugin: link("cuda/plugin.so")}, "", "is for cpu, whatever its path says"},
		"a path of both kinds":     {Options{Backend: XLACPU, Plugin: link("cuda/cpu.so")}, "", `either "cuda" or "cpu"`},
		"a comma":                  {Options{Backend: XLACPU, Plugin: link("cpu,1.so")}, "", "comma"},
		"a file damaged within":    {Options{Backend: XLACPU, Plugin: within}, "", "the file is damaged"},
		"a file that is cut short": {Options{Backend: XLACPU, Plugin: cut}, "", "damaged"},
		"an unknown flag":          {Options{Backend: XLACPU, Plugin: plugin}, "--xla_no_such_flag=1", "Unknown flag in XLA_FLAGS: --xla_no_such_flag=1"},
		"a flag's wrong value":     {Options{Backend: XLACPU, Plugin: plugin}, "--xla_gpu_autotune_level=high", "a flag's value is not of its type"},
		"rounding on a processor":  {Options{Backend: XLA, Plugin: plugin, TF32: true}, "", "-tf32"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XLA_FLAGS", c.flags)
			b, err := Open(c.o)
			if err == nil {
				b.Finalize()
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v does not say %q in one line", err, c.says)
			}
		})
	}
	t.Setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=false")
	b, err := Open(Options{Backend: XLA, Plugin: plugin})
	if err != nil {
		t.Fatalf("a known flag: %v", err)
	}
	b.Finalize()
}
