package look

import (
	"bufio"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
	"unpool/models/net"
	"unpool/models/nn"
)

// began is the net of a recipe with the weights that its training begins with; they are read, but nothing is computed.
func began(t *testing.T, r recipe.Recipe) *Net {
	t.Helper()
	plan, err := r.Plan()
	if err != nil {
		t.Fatal(err)
	}
	n := &Net{Recipe: r, Plan: plan, program: &program{store: model.NewStore(), nets: 1}}
	t.Cleanup(n.Close)
	if err := nn.Init(n.store, r); err != nil {
		t.Fatal(err)
	}
	return n
}

func withNet(text string) recipe.Recipe {
	r := recipe.Default()
	r.Net = text
	return r
}

// set changes each weight of a layer, of which it is told the map, row and column.
func (n *Net) set(t *testing.T, layer string, to func(m, y, x int, was float32) float32) {
	t.Helper()
	v := n.store.RootScope().At("%s", layer).GetVariable("weights")
	values, err := n.variable(layer, "weights")
	if err != nil {
		t.Fatal(err)
	}
	d := v.Shape().Dimensions // [height, width, channels, maps]
	for i, was := range values {
		place := i / d[3] / d[2]
		values[i] = to(i%d[3], place/d[1], place%d[1], was)
	}
	if err := v.SetValue(tensors.FromFlatDataAndDimensions(values, d...)); err != nil {
		t.Fatal(err)
	}
}

// smooth is a bell over a window of 7x7, and checkered the same with each second place negative: only low and only high frequencies.
func smooth(y, x int) float32 {
	return float32(0.5 * math.Exp(-float64((y-3)*(y-3)+(x-3)*(x-3))/6))
}

func checkered(y, x int) float32 { return smooth(y, x) * float32(1-2*((y+x)%2)) }

// Each finding is found in a net that is built to have it, and in no other.
func TestFindings(t *testing.T) {
	type weight = func(m, y, x int, was float32) float32
	for name, c := range map[string]struct {
		net     string
		weights weight
		found   string
		filters []int
	}{
		"random": {"conv 7x7x8, relu", func(_, _, _ int, was float32) float32 { return was }, "", nil},
		"two dead": {"conv 5x5x8, relu", func(m, _, _ int, was float32) float32 {
			switch m {
			case 2:
				return 0
			case 5:
				return was / 150
			case 6:
				return was / 50 // weak, but not dead
			}
			return was
		}, "dead", []int{2, 5}},
		"all dead": {"conv 5x5x4, relu", func(_, _, _ int, _ float32) float32 { return 0 }, "dead", []int{0, 1, 2, 3}},
		"a strong one": {"conv 5x5x8, relu", func(m, _, _ int, was float32) float32 {
			if m == 1 {
				return 8 * was
			}
			return was
		}, "dominating", []int{1}},
		"low and high": {"conv 7x7x8, relu", func(m, y, x int, _ float32) float32 {
			if m%2 == 0 {
				return smooth(y, x)
			}
			return checkered(y, x)
		}, "middle", []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"low only":  {"conv 7x7x8, relu", func(_, y, x int, _ float32) float32 { return smooth(y, x) }, "", nil},
		"high only": {"conv 7x7x8, relu", func(_, y, x int, _ float32) float32 { return checkered(y, x) }, "", nil},
		"high with a stride": {
			"conv 7x7x8 stride 4, relu", func(_, y, x int, _ float32) float32 { return checkered(y, x) }, "aliasing", []int{0, 1, 2, 3, 4, 5, 6, 7},
		},
		"low with a stride":           {"conv 7x7x8 stride 4, relu", func(_, y, x int, _ float32) float32 { return smooth(y, x) }, "", nil},
		"high, and pooled":            {"conv 7x7x8, relu, pool 4", func(_, y, x int, _ float32) float32 { return checkered(y, x) }, "", nil},
		"one weight a filter, random": {"conv 1x1x32, relu", func(_, _, _ int, was float32) float32 { return was }, "", nil},
		"in a group, after a norm":    {"batchnorm, residual(conv 3x3x1), conv 3x3x4", func(_, _, _ int, _ float32) float32 { return 0 }, "dead", []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			n := began(t, withNet(c.net))
			n.set(t, "conv1", c.weights)
			d, err := n.Diagnose()
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Findings) != len(Checks) {
				t.Fatalf("%d findings", len(d.Findings))
			}
			for _, f := range d.Findings {
				if f.Found != (f.Name == c.found) {
					t.Errorf("%s: found is %v: %s", f.Name, f.Found, f.Says)
				}
				if beyond := f.Value > f.Threshold != f.Below; f.Applies && f.Found != beyond {
					t.Errorf("%s: found is %v with %g, the threshold is %g", f.Name, f.Found, f.Value, f.Threshold)
				}
				if f.Found && !slices.Equal(f.Filters, c.filters) {
					t.Errorf("%s: filters %v, want %v", f.Name, f.Filters, c.filters)
				}
				if !f.Found && len(f.Filters) > 0 || f.Says == "" || math.IsNaN(f.Value) || math.IsInf(f.Value, 0) || f.Applies != (f.Each != nil) {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// The figures are those that one finds by hand.
func TestFigures(t *testing.T) {
	finding := func(n *Net, name string) Finding {
		t.Helper()
		d, err := n.Diagnose()
		if err != nil {
			t.Fatal(err)
		}
		return d.Findings[slices.IndexFunc(d.Findings, func(f Finding) bool { return f.Name == name })]
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-6*math.Abs(want) {
			t.Errorf("%s is %g, want %g", what, got, want)
		}
	}
	// Filters of 1, 1, 2, 2, 3, -12 everywhere: their median is 2.
	n := began(t, withNet("conv 3x3x6, relu"))
	sizes := []float32{1, 1, 2, 2, 3, -12}
	n.set(t, "conv1", func(m, _, _ int, _ float32) float32 { return sizes[m] })
	f := finding(n, "dominating")
	near("the strongest", f.Value, 6)
	near("the weakest", f.Each[0], 0.5)
	d, err := n.Diagnose()
	if err != nil {
		t.Fatal(err)
	}
	near("an RMS", d.RMS[5], 12)
	if !slices.Equal(d.Order, []int{5, 4, 2, 3, 0, 1}) {
		t.Errorf("the order is %v", d.Order)
	}
	// He's distribution, cut off at two deviations, is 0.8796 of one: all filters at a tenth of that.
	n = began(t, withNet("conv 31x31x64, relu"))
	n.set(t, "conv1", func(_, _, _ int, _ float32) float32 { return float32(0.08796 * math.Sqrt(2.0/961)) })
	if f = finding(n, "dead"); math.Abs(f.Value-0.1) > 0.001 || f.Found {
		t.Errorf("filters at a tenth of their first RMS have %g of it, found %v", f.Value, f.Found)
	}
	// A weight in one place passes all frequencies alike, one of six filters of zeros nothing.
	n = began(t, withNet("conv 3x3x6 stride 2, relu"))
	n.set(t, "conv1", func(m, y, x int, _ float32) float32 { return float32(min(m, 1) * max(0, 1-y-x)) })
	near("the middle", finding(n, "middle").Value, 1)
	f = finding(n, "aliasing")
	near("what stride 2 loses", f.Value, 1-17.0*17/(32*32))
	if f.Each[0] != 0 || slices.Contains(f.Filters, 0) {
		t.Errorf("a filter of zeros has %g, and among %v", f.Each[0], f.Filters)
	}
	d, err = n.Diagnose()
	if err != nil {
		t.Fatal(err)
	}
	near("the least of the spectrum", slices.Min(d.Spectrum), 1)
	near("the most of the spectrum", slices.Max(d.Spectrum), 1)
}

// A finding's fix is a valid recipe that differs where it says.
func TestFixes(t *testing.T) {
	for _, c := range []struct {
		name, net string
		want      string // the net after it
		rate      float64
	}{
		{"dead", "conv 5x5x8, relu", "conv 5x5x8, relu", 0.0002},
		{"middle", "conv 11x11x8 stride 4, relu", "conv 7x7x8 stride 4, relu", 0.001},
		{"middle", "batchnorm, residual(conv 7x5x1, relu), conv 9x9x4", "batchnorm, residual(conv 5x3x1, relu), conv 9x9x4", 0.001},
		{"middle", "conv 3x3x8, relu", "", 0}, // nothing is smaller
		{"aliasing", "conv 11x11x8 stride 4, relu", "conv 11x11x8 stride 2, relu", 0.001},
		{"aliasing", "conv 3x3x8 stride 3, relu", "conv 3x3x8 stride 2, relu", 0.001},
	} {
		i := slices.IndexFunc(Checks, func(x Check) bool { return x.Name == c.name })
		f := Finding{Check: Checks[i], Found: true, typical: 0.1}
		r := withNet(c.net)
		fixed, says, ok := f.Fix(r)
		if ok != (c.want != "") {
			t.Errorf("%s of %s: ok is %v", c.name, c.net, ok)
			continue
		}
		if !ok {
			continue
		}
		if fixed.Net != c.want || fixed.LearningRate != c.rate || says == "" || fixed.Validate() != nil {
			t.Errorf("%s of %s: %q, %q, %g", c.name, c.net, says, fixed.Net, fixed.LearningRate)
		}
		if differ := recipe.Differences(r, fixed); len(differ) != 1 {
			t.Errorf("%s of %s changes %v", c.name, c.net, differ)
		}
		f.Found = false
		if _, _, ok := f.Fix(r); ok {
			t.Errorf("%s is fixed without being found", c.name)
		}
	}
}

// Dominating filters are held below twice the median by the recipe's limit.
func TestRenormalize(t *testing.T) {
	f := Finding{Check: Checks[slices.IndexFunc(Checks, func(x Check) bool { return x.Name == "dominating" })], Found: true, typical: 0.0512}
	fixed, says, ok := f.Fix(withNet("conv 5x5x8, relu"))
	if !ok || fixed.FilterRMS != 0.1 || says == "" {
		t.Errorf("%v, the radius is %v, %q", ok, fixed.FilterRMS, says)
	}
}

// Nothing is found in the nets of the catalog before training, and in the published ones before and after.
func TestNothingIsWrong(t *testing.T) {
	nothing := func(name string, d *Diagnosis) {
		t.Helper()
		for _, f := range d.Findings {
			if f.Found {
				t.Errorf("%s: %s", name, f.Says)
			}
		}
	}
	for _, e := range models.Catalog {
		n := began(t, e.Recipe)
		d, err := n.Diagnose()
		if e.Recipe.Recurrent() {
			if !errors.Is(err, ErrNoFilters) {
				t.Errorf("%s: %v", e.Name, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		nothing(e.Name, d)
	}
	logs, err := filepath.Glob(filepath.Join("..", "..", "public", "results", "*.jsonl"))
	if err != nil || len(logs) == 0 {
		t.Fatal(logs, err)
	}
	diagnosed := 0
	for _, name := range logs {
		log, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		first := 0.0
		lines := bufio.NewScanner(log)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var w struct {
				Type string `json:"type"`
				run.Weights
			}
			if err := json.Unmarshal(lines.Bytes(), &w); err != nil || w.Type != "weights" || w.Height == 1 {
				continue
			}
			filters := make([]float32, len(w.Pixels))
			for i, p := range w.Pixels {
				filters[i] = float32(float64(p) * w.Scale / 127)
			}
			if w.Step == 0 {
				first = rms(filters)
			}
			nothing(name, diagnose(w.Layer, net.Conv{Height: w.Height, Width: w.Width, Maps: w.Count, Stride: 1}, w.Channels, filters, first))
			diagnosed++
		}
		if lines.Err() != nil {
			t.Fatal(lines.Err())
		}
	}
	if diagnosed < 10 {
		t.Errorf("%d were diagnosed", diagnosed)
	}
}

// A published snapshot is diagnosed as it is read.
func TestPublishedSnapshot(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "public", "results", "cifar-bn-seed1", "weights-0005500.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kept, err := checkpoint.ReadSnapshot(f)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Open(backends(t)["fast"], kept.Checkpoint(), black(1))
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	d, err := n.Diagnose()
	if err != nil || d.Layer != "conv1" || d.Count != 32 || d.Height != 5 || d.Channels != 1 || d.Stride != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	for _, f := range d.Findings {
		if f.Found || f.Value == 0 != !f.Applies {
			t.Errorf("%+v", f)
		}
	}
}

// Weights that are no numbers are said to be that.
func TestDiagnoseNaN(t *testing.T) {
	n := began(t, withNet("conv 3x3x4, relu"))
	n.set(t, "conv1", func(m, _, _ int, was float32) float32 {
		if m == 3 {
			return float32(math.NaN())
		}
		return was
	})
	if _, err := n.Diagnose(); !errors.Is(err, ErrNotFinite) {
		t.Errorf("%v", err)
	}
}

// Random filters of many sizes have nothing but what a stride does to them.
func TestRandomFilters(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for _, c := range []net.Conv{
		{Height: 3, Width: 3, Maps: 8}, {Height: 3, Width: 3, Maps: 64}, {Height: 5, Width: 5, Maps: 16}, {Height: 7, Width: 3, Maps: 16}, {Height: 11, Width: 11, Maps: 32},
	} {
		c.Stride = 1
		for range 20 {
			filters := make([]float32, c.Maps*c.Height*c.Width*3)
			for i := range filters {
				filters[i] = float32(random.NormFloat64())
			}
			for _, f := range diagnose("conv1", c, 3, filters, rms(filters)).Findings {
				if f.Found {
					t.Errorf("%v: %s", c, f.Says)
				}
			}
		}
	}
}
