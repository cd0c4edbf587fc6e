package look

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/tensors"

	"unpool/core/data"
	"unpool/core/run"
)

// everyBackend is our own backend's two, and GoMLX's.
func everyBackend(t *testing.T) map[string]compute.Backend {
	t.Helper()
	all := backends(t)
	b, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	all["go"] = b
	return all
}

// put puts numbers into a variable of a net.
func (n *Net) put(t *testing.T, name string, values ...float32) {
	t.Helper()
	for v := range n.store.IterVariables() {
		if v.Path() != name {
			continue
		}
		all := make([]float32, v.Shape().Size())
		for i := range all {
			all[i] = values[i%len(values)]
		}
		n.initial[name] = tensors.FromFlatDataAndDimensions(all, v.Shape().Dimensions...)
		return
	}
	t.Fatalf("no variable %s", name)
}

// alike reports whether two are the same but for rounding.
func alike(a, b run.Spread) bool {
	near := func(a, b float64) bool { return math.Abs(a-b) <= 2e-6*max(1, math.Abs(b)) }
	return near(a.Mean, b.Mean) && near(a.Deviation, b.Deviation) && near(a.Min, b.Min) && near(a.Max, b.Max) && a.Zeros == b.Zeros
}

// Worked out by hand: of three images, one black, one white and one half of each.
func TestActivationsByHand(t *testing.T) {
	for name, b := range everyBackend(t) {
		t.Run(name, func(t *testing.T) {
			n, d := smallOn(t, b, "conv 1x1x3, relu, dense 2, relu", 3)
			for i := range d.Test.Images {
				d.Test.Images[i] = 0
				if i/784 == 1 || i/784 == 2 && i%2 == 0 {
					d.Test.Images[i] = 255
				}
			}
			n.put(t, "/conv1/weights", 2, -1, 0)
			n.put(t, "/conv1/bias", -1, 0, 3)                             // 0 or 1 for black and white; always 0; always 3
			n.put(t, "/fc1/weights", 0, 0, 0, 0, 1.0/(3*784), -1/(3*784)) // the mean of the map that is always 3
			n.put(t, "/fc1/bias", 0, 0)
			got, err := n.Activations(t.Context(), d, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Images != 3 || len(got.Layers) != 2 {
				t.Fatalf("%+v", got)
			}
			relu1, relu2 := got.Layers[0], got.Layers[1]
			for i, want := range []run.Spread{
				{Mean: 0.5, Deviation: 0.5, Min: 0, Max: 1, Zeros: 0.5}, {Zeros: 1}, {Mean: 3, Min: 3, Max: 3},
			} {
				if !alike(relu1.Maps[i], want) {
					t.Errorf("map %d of relu1: %+v, want %+v", i, relu1.Maps[i], want)
				}
			}
			if mean := 3.5 / 3; !alike(relu1.Spread, run.Spread{Mean: mean, Deviation: math.Sqrt(9.5/3 - mean*mean), Max: 3, Zeros: 0.5}) {
				t.Errorf("relu1: %+v", relu1.Spread)
			}
			if relu1.Dead() != 1 || !relu1.Maps[1].Dead() || relu2.Dead() != 1 || !relu2.Maps[1].Dead() {
				t.Errorf("%d maps of relu1 and %d of relu2 are dead", relu1.Dead(), relu2.Dead())
			}
			if m := relu2.Maps[0]; math.Abs(m.Mean-1) > 1e-4 || m.Deviation > 1e-6 || m.Zeros != 0 {
				t.Errorf("map 0 of relu2: %+v", m)
			}
			counted := map[float64]int64{}
			for i, c := range relu1.Histogram.Counts {
				if c > 0 {
					counted[relu1.Histogram.From(i)] = c
				}
			}
			if want := map[float64]int64{1: 3 * 392, 3: 3 * 784}; fmt.Sprint(counted) != fmt.Sprint(want) || relu1.Histogram.Zeros != 3*784*3/2 {
				t.Errorf("counted %v and %d zeros, want %v", counted, relu1.Histogram.Zeros, want)
			}
		})
	}
}

// A cell's states after all steps are measured, also where the net goes on with the last alone.
func TestActivationsOfCell(t *testing.T) {
	n, d := small(t, "rnn 2", 2)
	n.put(t, "/rnn/weights", 0)
	n.put(t, "/rnn/recurrent", 0.5, 0, 0, 0)
	n.put(t, "/rnn/bias", 1, 0)
	got, err := n.Activations(t.Context(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	h, sum, squares := 0.0, 0.0, 0.0
	for range 28 {
		h = math.Tanh(1 + 0.5*h)
		sum, squares = sum+h, squares+h*h
	}
	l := got.Layers[0]
	mean := sum / 28
	deviation := math.Sqrt(squares/28 - mean*mean)
	if m := l.Maps[0]; math.Abs(m.Mean-mean) > 1e-5 || math.Abs(m.Deviation-deviation) > 1e-5 || math.Abs(m.Min-math.Tanh(1)) > 1e-5 || math.Abs(m.Max-h) > 1e-5 {
		t.Errorf("%+v, want mean %g, deviation %g, from %g to %g", m, mean, deviation, math.Tanh(1), h)
	}
	if l.Layer != "rnn" || len(got.Layers) != 1 || l.Dead() != 1 || l.Histogram.Zeros != 2*28 || l.Histogram.Total() != 2*2*28 {
		t.Errorf("%+v", got)
	}
}

// What is measured is what one finds by looking at everything: in sets of one image, of a few, and of more than go through at a time.
func TestActivationsOfEverything(t *testing.T) {
	for name, b := range everyBackend(t) {
		for _, c := range []struct {
			net    string
			layers []string
		}{
			{"conv 3x3x3, relu, pool 2, conv 3x3x5 stride 2, tanh, dense 7, sigmoid", []string{"relu1", "tanh2", "sigmoid3"}},
			{"conv 3x3x2 stride 4, leaky, residual(conv 3x3x2, gelu), relu", []string{"leaky1", "gelu2", "relu2"}},
			{"rnn 5 sequence columns, gru 3 sequence both, mean", []string{"rnn", "gru2"}},
		} {
			for _, images := range []int{1, 7, 251} {
				t.Run(fmt.Sprint(name, "/", c.net, "/", images), func(t *testing.T) {
					n, d := smallOn(t, b, c.net, images)
					var told []int
					got, err := n.Activations(t.Context(), d, func(done, total int) {
						if told = append(told, done); total != images {
							t.Errorf("%d of %d images", done, total)
						}
					})
					if err != nil {
						t.Fatal(err)
					}
					if !slices.IsSorted(told) || len(slices.Compact(slices.Clone(told))) != len(told) || told[0] != 0 || told[len(told)-1] != images {
						t.Errorf("it said %v of %d images", told, images)
					}
					layers, _, err := n.Maps(d.Test.Images)
					if err != nil {
						t.Fatal(err)
					}
					var names []string
					for _, l := range got.Layers {
						names = append(names, l.Layer)
						i := slices.IndexFunc(layers, func(a Activations) bool { return a.Layer == l.Layer })
						compareAll(t, l, layers[i])
					}
					if got.Images != images || !slices.Equal(names, c.layers) {
						t.Errorf("%d images, layers %q, want %q", got.Images, names, c.layers)
					}
				})
			}
		}
	}
}

// compareAll compares a layer's measures with those of plain loops over its values.
func compareAll(t *testing.T, got run.LayerActivations, a Activations) {
	t.Helper()
	maps := a.Dims[len(a.Dims)-1]
	by := make([][]float32, maps)
	for i, v := range a.Values {
		by[i%maps] = append(by[i%maps], v)
	}
	if want := spreadOf(a.Values); !alike(got.Spread, want) {
		t.Errorf("%s: %+v, want %+v", a.Layer, got.Spread, want)
	}
	if len(got.Maps) != maps {
		t.Fatalf("%s: %d maps, want %d", a.Layer, len(got.Maps), maps)
	}
	for m, values := range by {
		if want := spreadOf(values); !alike(got.Maps[m], want) {
			t.Errorf("map %d of %s: %+v, want %+v", m, a.Layer, got.Maps[m], want)
		}
	}
	if h := got.Histogram; h.Total() != int64(len(a.Values)) || h.From(0) > float64(slices.Min(a.Values)) || h.From(len(h.Counts)) <= float64(slices.Max(a.Values)) {
		t.Errorf("%s: the histogram has %d of %d values, from %g to %g", a.Layer, h.Total(), len(a.Values), h.From(0), h.From(len(h.Counts)))
	}
}

// spreadOf measures values in two passes.
func spreadOf(values []float32) run.Spread {
	s := run.Spread{Min: float64(slices.Min(values)), Max: float64(slices.Max(values))}
	n := float64(len(values))
	for _, v := range values {
		s.Mean += float64(v) / n
		if v == 0 {
			s.Zeros++
		}
	}
	s.Zeros /= n
	for _, v := range values {
		s.Deviation += (float64(v) - s.Mean) * (float64(v) - s.Mean) / n
	}
	s.Deviation = math.Sqrt(s.Deviation)
	return s
}

// A deviation that is small beside the mean is not lost.
func TestActivationsFarFromZero(t *testing.T) {
	for name, b := range everyBackend(t) {
		t.Run(name, func(t *testing.T) {
			n, d := smallOn(t, b, "conv 1x1x1, relu", 300)
			n.put(t, "/conv1/weights", 0.05)
			n.put(t, "/conv1/bias", 1000)
			got, err := n.Activations(t.Context(), d, nil)
			if err != nil {
				t.Fatal(err)
			}
			layers, _, err := n.Maps(d.Test.Images)
			if err != nil {
				t.Fatal(err)
			}
			want := spreadOf(layers[1].Values)
			if l := got.Layers[0]; math.Abs(l.Mean-want.Mean) > 1e-7*want.Mean || math.Abs(l.Deviation-want.Deviation) > 1e-4*want.Deviation {
				t.Errorf("%+v, want %+v", l.Spread, want)
			}
		})
	}
}

func TestActivationsRefused(t *testing.T) {
	n, d := small(t, "conv 3x3x2, relu", 300)
	ctx, stop := context.WithCancel(t.Context())
	_, err := n.Activations(ctx, d, func(done, _ int) {
		if done > 0 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("when given up it says %v", err)
	}
	n.put(t, "/conv1/bias", float32(math.Inf(1)))
	if _, err := n.Activations(t.Context(), d, nil); err == nil || !strings.Contains(err.Error(), "relu1 outputs infinity or NaN") {
		t.Errorf("of a net that has diverged it says %v", err)
	}
	if _, err := n.Activations(t.Context(), &data.Dataset{}, nil); err == nil || !strings.Contains(err.Error(), "no test images") {
		t.Errorf("without images it says %v", err)
	}
	none, d := small(t, "conv 3x3x2, pool 2", 1)
	if _, err := none.Activations(t.Context(), d, nil); !errors.Is(err, ErrNoActivations) {
		t.Errorf("of a net without activation functions it says %v", err)
	}
}
