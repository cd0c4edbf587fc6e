//go:build cgo && linux

package backends

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/internal/long"
	"unpool/internal/plugintest"
	"unpool/models/nn/nntest"
)

func TestMain(m *testing.M) {
	if Probing() {
		return
	}
	os.Exit(m.Run())
}

// The nets have the right gradients and learn on XLA, too: one that is recurrent and one with all else that there is, or
// with -tags long every one.
func TestXLANets(t *testing.T) {
	b, err := Open(Options{Backend: XLACPU, Plugin: plugintest.CPU(t, HasXLA)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	if !b.Accelerator || b.Where.Backend != XLACPU || !strings.Contains(b.Where.Tier, "PJRT 0.") {
		t.Errorf("%+v", b.Where)
	}
	nets := []string{"mnist-rnn-128", "cifar-bn"}
	if long.Tests {
		nets = nntest.Nets()
	}
	nntest.Run(t, b.Backend, nets...)
}

// Each refusal is one error that says what is wrong, and the process lives on.
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
	for name, c := range map[string]struct {
		o     Options
		flags string
		says  string
	}{
		"a path of another kind":   {Options{Backend: XLACUDA, Plugin: plugin}, "", "is for -backend xla:cpu by its path"},
		"a path that lies":         {Options{Backend: XLACUDA, Plugin: link("cuda/plugin.so")}, "", "is for cpu, whatever its path says"},
		"a path of both kinds":     {Options{Backend: XLACPU, Plugin: link("cuda/cpu.so")}, "", `either "cuda" or "cpu"`},
		"a comma":                  {Options{Backend: XLACPU, Plugin: link("cpu,1.so")}, "", "comma"},
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
