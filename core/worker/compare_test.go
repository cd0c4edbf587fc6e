package worker

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// trained is a trial that has trained nets, with the IDs of their runs.
func trained(t *testing.T, all ...protocol.Train) (x *trial, ids []string) {
	t.Helper()
	runs := &store.Memory{}
	x = newTrialIn(t, runs)
	onOurs(x)
	for _, one := range all {
		x.runEnd(x.ask(protocol.AskTrain, one))
		list, err := runs.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(list, func(s run.Summary) bool { return !slices.Contains(ids, s.ID) })
		ids = append(ids, list[at].ID)
	}
	return x, ids
}

// numbers are those that a picture stands for.
func numbers(w run.Weights) []float64 {
	all := make([]float64, len(w.Pixels))
	for i, p := range w.Pixels {
		all[i] = float64(p) * w.Scale / 127
	}
	return all
}

// alike reports whether two pictures show the same numbers, as far as their levels say.
func alike(a, b run.Weights) bool {
	x, y := numbers(a), numbers(b)
	for i := range x {
		if math.Abs(x[i]-y[i]) > (a.Scale+b.Scale)/254+1e-9 {
			return false
		}
	}
	return len(x) == len(y)
}

// The outputs of two steps, two images and two nets are side by side, on one scale where they are of one kind.
func TestCompare(t *testing.T) {
	other := convolutions()
	other.Recipe.Net = "conv 3x3x3, relu, conv 5x5x5 stride 2, relu" // the same up to relu1
	x, ids := trained(t, convolutions(), other)
	maps := func(id string, step, image int) protocol.Maps {
		return result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, id, step, protocol.TestImage{Image: image})))
	}
	compare := func(p protocol.Pair) protocol.Comparison {
		return result[protocol.Comparison](x, x.ask(protocol.AskLook, with(t, protocol.LookCompare, ids[0], 6, p)))
	}
	image := func(n int) protocol.TestImage { return protocol.TestImage{Image: n} }
	for name, c := range map[string]struct {
		pair protocol.Pair
		both []string
	}{
		"two images": {protocol.Pair{First: image(5), Second: image(8), Run: ids[0], Step: 6}, []string{"conv1", "relu1", "conv2", "relu2", "pool2", "logits"}},
		"two steps":  {protocol.Pair{First: image(5), Second: image(5), Run: ids[0], Step: 0}, []string{"conv1", "relu1", "conv2", "relu2", "pool2", "logits"}},
		"two nets":   {protocol.Pair{First: image(5), Second: image(5), Run: ids[1], Step: 3}, []string{"conv1", "relu1", "logits"}},
	} {
		got := compare(c.pair)
		first, second := maps(ids[0], 6, c.pair.First.Image), maps(c.pair.Run, c.pair.Step, c.pair.Second.Image)
		if !slices.Equal(got.First.Probabilities, first.Probabilities) || !slices.Equal(got.Second.Probabilities, second.Probabilities) {
			t.Errorf("%s: the answers are not those of each by itself", name)
		}
		if got.First.First.Scale != got.Second.First.Scale || !alike(got.First.First, first.First) || !alike(got.Second.First, second.First) {
			t.Errorf("%s: the first layer's weights are others", name)
		}
		var both []string
		for _, d := range got.Differences {
			both = append(both, d.Layer)
			find := func(m protocol.Maps) run.Weights {
				return m.Layers[slices.IndexFunc(m.Layers, func(w run.Weights) bool { return w.Layer == d.Layer })]
			}
			a, b := find(got.First), find(got.Second)
			if a.Scale != b.Scale {
				t.Errorf("%s: %s is on the scales %g and %g", name, d.Layer, a.Scale, b.Scale)
			}
			x, y, z := numbers(a), numbers(b), numbers(d)
			for i := range z {
				if math.Abs(y[i]-x[i]-z[i]) > (2*a.Scale+d.Scale)/254+1e-9 {
					t.Fatalf("%s: %s differs by %g, and has %g and %g", name, d.Layer, z[i], x[i], y[i])
				}
			}
		}
		if !slices.Equal(both, c.both) {
			t.Errorf("%s: what both have is %q", name, both)
		}
		for i, l := range got.First.Layers {
			if !alike(l, first.Layers[i]) {
				t.Errorf("%s: %s of the first is not what it is by itself", name, l.Layer)
			}
		}
		for i, l := range got.Second.Layers {
			if !alike(l, second.Layers[i]) {
				t.Errorf("%s: %s of the second is not what it is by itself", name, l.Layer)
			}
		}
	}
}

// One more step of the net that is asked about opens nothing but its weights, and leaves the one that it is compared with.
func TestTwoNetsStayOpen(t *testing.T) {
	other := convolutions()
	other.Recipe.Seed = 2
	x, ids := trained(t, convolutions(), other)
	opened, open := 0, x.open
	x.open = func(b compute.Backend) compute.Backend {
		opened++
		return open(b)
	}
	maps := func(id string, step int) {
		result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, id, step, protocol.TestImage{})))
	}
	compare := func(step int) {
		result[protocol.Comparison](x, x.ask(protocol.AskLook, with(t, protocol.LookCompare, ids[0], step, protocol.Pair{Run: ids[1], Step: 6})))
	}
	for _, c := range []struct {
		do   func()
		want int
	}{
		{func() { maps(ids[0], 0) }, 1}, {func() { maps(ids[0], 3) }, 1},
		{func() { compare(3) }, 2}, {func() { compare(6) }, 2},
		{func() { maps(ids[0], 0) }, 2}, {func() { compare(0) }, 2},
		{func() { maps(ids[1], 6) }, 2}, {func() { maps(ids[0], 0) }, 2},
	} {
		if c.do(); opened != c.want {
			t.Fatalf("%d nets were opened, want %d", opened, c.want)
		}
	}
}
