package bench

import (
	"math"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/wasm"
	"unpool/wasm/host"
)

func options(t *testing.T) train.Options {
	t.Helper()
	engine, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	t.Cleanup(b.Finalize)
	return train.Options{Backend: b, Where: run.Where{Backend: "wasm", Tier: "SIMD"}, Accelerator: true}
}

// The host's part of a step and the device's make the whole.
func TestDevice(t *testing.T) {
	m := Models()[2]
	m.Recipe.Net, m.Recipe.Batch = "rnn 8", 4
	r, err := device(t.Context(), m, options(t), 3)
	if err != nil {
		t.Fatal(err)
	}
	if r.Model != "M3" || r.Where.Backend != "wasm" || r.MsPerStep <= 0 || r.HostMs <= 0 || r.Waits <= 0 || r.Waits >= 1 ||
		math.Abs(r.Images*r.MsPerStep/4000-1) > 1e-9 || r.CompileMs <= 0 || r.FirstMs <= 0 {
		t.Errorf("%+v", r)
	}
	if line := r.Line(); !strings.Contains(line, "mnist-rnn-128") || !strings.HasSuffix(line, "wasm: SIMD\n") {
		t.Errorf("%q", line)
	}
}

func TestCompare(t *testing.T) {
	var rows []Comparison
	var subjects []Subject
	for _, name := range []string{"mnist-rnn-32", "cifar-bn"} {
		e, err := models.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, Subject{name, e.Recipe})
	}
	err := Compare(t.Context(), options(t), subjects, 2, func(c Comparison) error {
		rows = append(rows, c)
		return nil
	})
	if err != nil || len(rows) != 2 {
		t.Fatalf("%+v, %v", rows, err)
	}
	for _, c := range rows {
		if !c.Agrees() || c.Steps != 2 || c.Loss <= 0 || c.Own <= 0 || !strings.Contains(c.Line(), "agrees") {
			t.Errorf("%+v", c)
		}
	}
}

// The step that is the furthest beyond what is allowed decides.
func TestComparison(t *testing.T) {
	rnn, cnn := recipe.Recipe{Net: "rnn 8"}, recipe.Recipe{Net: "conv 3x3x8"}
	nan := math.NaN()
	for name, c := range map[string]struct {
		r         recipe.Recipe
		got, want []float64
		tf32      bool
		agrees    bool
	}{
		"the same":                     {rnn, []float64{2, 1}, []float64{2, 1}, false, true},
		"a recurrent net, apart":       {rnn, []float64{2, 1.0001}, []float64{2, 1}, false, false},
		"a convolutional net, later":   {cnn, []float64{2, 1.01}, []float64{2, 1}, false, true},
		"a convolutional net at first": {cnn, []float64{2.001, 1}, []float64{2, 1}, false, false},
		"at first, with tf32":          {cnn, []float64{2.001, 1}, []float64{2, 1}, true, true},
		"far apart with tf32":          {rnn, []float64{3, 1}, []float64{2, 1}, true, false},
		"not a number at first":        {rnn, []float64{nan, 1}, []float64{2, 1}, false, false},
		"not a number later":           {cnn, []float64{2, nan}, []float64{2, 1}, false, false},
	} {
		var got Comparison
		got.compare(c.r, c.got, c.want, c.tf32)
		if got.Agrees() != c.agrees {
			t.Errorf("%s: %+v", name, got)
		}
		if verdict := map[bool]string{true: "agrees", false: "DIFFERS"}[c.agrees]; !strings.Contains(got.Line(), verdict) {
			t.Errorf("%s: %q", name, got.Line())
		}
	}
}
