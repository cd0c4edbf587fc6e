package run

import (
	"fmt"
	"testing"
)

func TestWidened(t *testing.T) {
	h := Histogram{Zeros: 5, Width: 0.25, First: -3, Counts: []int64{1, 2, 3, 4, 5, 6}} // from -0.75 to 0.75
	for _, c := range []struct {
		width float64
		want  Histogram
	}{
		{0.125, h}, // finer than they are, bins cannot become
		{0.25, h},
		{0.5, Histogram{5, 0.5, -2, []int64{1, 5, 9, 6}}},
		{1, Histogram{5, 1, -1, []int64{6, 15}}},
		{8, Histogram{5, 8, -1, []int64{6, 15}}}, // zero stays an edge
	} {
		if got := h.Widened(c.width); fmt.Sprint(got) != fmt.Sprint(c.want) || got.Total() != 26 {
			t.Errorf("%g wide: %v, want %v", c.width, got, c.want)
		}
	}
	if none := (Histogram{Zeros: 2}).Widened(1); none.Total() != 2 || len(none.Counts) != 0 {
		t.Errorf("of zeros alone: %v", none)
	}
}

func TestActivationsCSV(t *testing.T) {
	a := Activations{Step: 3, Images: 2, Layers: []LayerActivations{{
		Layer: "relu1", Spread: Spread{Mean: 0.25, Deviation: 0.5, Max: 1.5, Zeros: 0.75},
		Maps:      []Spread{{Mean: 0.5, Deviation: 1e-7, Max: 1.5, Zeros: 0.5}, {Zeros: 1}},
		Histogram: Histogram{Zeros: 6, Width: 0.5, First: 1, Counts: []int64{1, 1}},
	}}}
	for name, c := range map[string]struct{ got, want string }{
		"layers":     {a.LayersCSV(), "layer,mean,deviation,min,max,zeros,dead,maps\nrelu1,0.25,0.5,0,1.5,0.75,1,2\n"},
		"maps":       {a.MapsCSV(), "layer,map_index,mean,deviation,min,max,zeros,dead\nrelu1,0,0.5,1e-07,0,1.5,0.5,false\nrelu1,1,0,0,0,0,1,true\n"},
		"histograms": {a.HistogramsCSV(), "layer,from,to,count\nrelu1,0,0,6\nrelu1,0.5,1,1\nrelu1,1,1.5,1\n"},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n%swant\n%s", name, c.got, c.want)
		}
	}
	if a.Layer("relu1") != &a.Layers[0] || a.Layer("relu2") != nil {
		t.Error("layers are not found by their names")
	}
}
