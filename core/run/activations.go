package run

import (
	"encoding/csv"
	"strconv"
	"strings"
)

// Activations are statistics of the outputs of a net's layers on test images, by layer and by map. They are for looking inside and not in any
// log, for which they are too large: Statistics is the event.
type Activations struct {
	Step   int                `json:"step"`
	Images int                `json:"images"`
	Layers []LayerActivations `json:"layers"`
}

// LayerActivations are one layer's: over all images, places and maps, and by map. In a recurrent layer each step is a place and each
// unit a map; after a dense layer each feature is a map of one place.
type LayerActivations struct {
	Layer string `json:"layer"`
	Spread
	Maps      []Spread  `json:"maps"`
	Histogram Histogram `json:"histogram"`
}

// Spread says how values are spread.
type Spread struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"` // standard, of all values and not of a sample
	Min       float64 `json:"min"`
	Max       float64 `json:"max"`
	Zeros     float64 `json:"zeros"` // share of values that are exactly 0, from 0 to 1
}

// Dead says that all values are 0: such a map, zero for every image and at every place, contributes nothing to the net's answer.
func (s Spread) Dead() bool { return s.Min == 0 && s.Max == 0 }

// Dead is how many of the layer's maps are.
func (l *LayerActivations) Dead() (n int) {
	for _, m := range l.Maps {
		if m.Dead() {
			n++
		}
	}
	return n
}

// Layer returns the layer of a name, nil if there is none.
func (a *Activations) Layer(name string) *LayerActivations {
	for i := range a.Layers {
		if a.Layers[i].Layer == name {
			return &a.Layers[i]
		}
	}
	return nil
}

// exact writes all digits of a number.
func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func (s Spread) cells() []string {
	return []string{exact(s.Mean), exact(s.Deviation), exact(s.Min), exact(s.Max), exact(s.Zeros)}
}

// LayersCSV has a row for each layer, for programs, with a header line: shares from 0 to 1, all digits.
func (a *Activations) LayersCSV() string {
	rows := [][]string{{"layer", "mean", "deviation", "min", "max", "zeros", "dead", "maps"}}
	for _, l := range a.Layers {
		rows = append(rows, append(append([]string{l.Layer}, l.cells()...), strconv.Itoa(l.Dead()), strconv.Itoa(len(l.Maps))))
	}
	return asCSV(rows)
}

// MapsCSV has a row for each map, likewise. Maps are counted from 0, as in arrays.
func (a *Activations) MapsCSV() string {
	rows := [][]string{{"layer", "map_index", "mean", "deviation", "min", "max", "zeros", "dead"}}
	for _, l := range a.Layers {
		for i, m := range l.Maps {
			rows = append(rows, append(append([]string{l.Layer, strconv.Itoa(i)}, m.cells()...), strconv.FormatBool(m.Dead())))
		}
	}
	return asCSV(rows)
}

// HistogramsCSV has a row for each bin, likewise: where it begins and ends, and how many activations it has. Exact zeros are in a row of their
// own, from 0 to 0.
func (a *Activations) HistogramsCSV() string {
	rows := [][]string{{"layer", "from", "to", "count"}}
	for _, l := range a.Layers {
		h := l.Histogram
		rows = append(rows, []string{l.Layer, "0", "0", strconv.FormatInt(h.Zeros, 10)})
		for i, c := range h.Counts {
			rows = append(rows, []string{l.Layer, exact(h.From(i)), exact(h.From(i + 1)), strconv.FormatInt(c, 10)})
		}
	}
	return asCSV(rows)
}

func asCSV(rows [][]string) string {
	var b strings.Builder
	csv.NewWriter(&b).WriteAll(rows) // a strings.Builder never fails
	return b.String()
}
