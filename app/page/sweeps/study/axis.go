package study

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"unpool/app/ui/chart"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/models/net"
)

// Axis is a field of the recipe that differs between points, or their result, as something to draw by.
type Axis struct {
	Name  string      // the field's, as in recipe.Fields; Accuracy
	Label string      // for people
	Names []string    // its values where they are not numbers, in order
	Scale chart.Scale // from 0 to 1, of its values where they are
	Below int         // points that lie below the scale, and are drawn at its lower end
	at    []float64   // each point's place, from 0 to 1; NaN for one without a value
	text  []string    // each point's value in words
}

// Accuracy is the name of the axis of the points' results.
const Accuracy = "accuracy"

// room is how much of an axis is left free at each end of its numbers.
const room = 0.04

// newAxis is the axis of a field with the points' values in words.
func newAxis(name string, values []string) *Axis {
	a := &Axis{Name: name, Label: label(name), text: values, at: make([]float64, len(values))}
	numbers := make([]float64, len(values))
	for i, v := range values {
		x, err := strconv.ParseFloat(v, 64)
		if v == "" {
			x = math.NaN()
		} else if err != nil {
			return a.named()
		}
		numbers[i] = x
	}
	lo, hi := ends(numbers)
	if !(lo <= hi) {
		return a.named()
	}
	a.scale(lo, hi, logarithmic(numbers))
	for i, x := range numbers {
		a.at[i] = a.Place(x)
	}
	return a
}

// named makes the values names, evenly spread.
func (a *Axis) named() *Axis {
	for _, v := range a.text {
		if !slices.Contains(a.Names, v) {
			a.Names = append(a.Names, v)
		}
	}
	for i, v := range a.text {
		a.at[i] = (float64(slices.Index(a.Names, v)) + 0.5) / float64(len(a.Names))
	}
	return a
}

func (a *Axis) scale(lo, hi float64, log bool) {
	if lo == hi { // one value is in the middle
		if log {
			lo, hi = lo/2, hi*2
		} else {
			lo, hi = lo-max(1, math.Abs(lo))/2, hi+max(1, math.Abs(hi))/2
		}
	}
	a.Scale = chart.Scale{Min: lo, Max: hi, From: room, To: 1 - room, Log: log}
}

// logFrom is how many times the smallest value the largest is where an axis is logarithmic: batches of 16 to 64 double.
const logFrom = 4

func logarithmic(values []float64) bool {
	lo, hi := ends(values)
	return lo > 0 && hi >= logFrom*lo
}

// ends are the smallest and the largest value, without NaN.
func ends(values []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range values {
		if !math.IsNaN(x) {
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	return lo, hi
}

// label is a field's name for people: "net.0.maps" are the maps of layer 1.
func label(name string) string {
	if f, ok := recipe.Lookup(name); ok {
		return f.Label
	}
	if parts := strings.Split(name, "."); len(parts) == 3 && parts[0] == "net" {
		if layer, err := strconv.Atoi(parts[1]); err == nil {
			return "Layer " + strconv.Itoa(layer+1) + ", " + parts[2]
		}
	}
	name = strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(name[:min(1, len(name))]) + name[min(1, len(name)):]
}

// newAccuracy is the axis of the points' results. Where few lie far below the rest, such as runs that diverged, the scale begins below the rest.
// Sorted are the values that there are, the lowest first.
func newAccuracy(values, sorted []float64) *Axis {
	a := &Axis{Name: Accuracy, Label: "Accuracy", at: make([]float64, len(values)), text: make([]string, len(values))}
	if len(sorted) == 0 {
		a.scale(0, 1, false)
	} else {
		lo, hi := sorted[0], sorted[len(sorted)-1]
		if quarter := sorted[len(sorted)/4]; hi-lo > farBelow*(hi-quarter) && hi > quarter {
			lo = quarter
		}
		a.scale(lo, hi, false)
		if len(sorted) > 1 && lo == hi {
			a.scale(max(0, lo-0.01), min(1, hi+0.01), false)
		}
		for a.Below < len(sorted) && sorted[a.Below] < lo {
			a.Below++
		}
	}
	for i, x := range values {
		a.at[i] = a.Place(x)
		if !math.IsNaN(x) {
			a.text[i] = number.Hundredths(x) + number.Thin + "%"
		}
	}
	return a
}

// farBelow is how many times as long as the range of the upper three quarters the whole range is where the scale leaves out the lower quarter.
const farBelow = 4

// Place is where a number lies, from 0 to 1; NaN for NaN.
func (a *Axis) Place(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	return max(room/2, min(a.Scale.Pixel(x), 1))
}

// At is where a point lies, from 0 to 1; NaN for one without a value.
func (a *Axis) At(point int) float64 { return a.at[point] }

// Text is a point's value in words.
func (a *Axis) Text(point int) string {
	if a.text[point] == "" {
		return "–"
	}
	return a.words(a.text[point])
}

// words is a value as people read it: a choice by its label, a net by how it differs from the first.
func (a *Axis) words(value string) string {
	if a.Name == "net" && value != a.Names[0] {
		if changed, err := net.Parse(value); err == nil {
			first, err := net.Parse(a.Names[0])
			if err == nil {
				return first.Changed(changed)
			}
		}
	}
	if f, ok := recipe.Lookup(a.Name); ok && f.Kind() == recipe.One {
		for _, c := range f.Choices {
			if c.Value == value || c.Value == "" && value == "none" {
				return c.Label
			}
		}
	}
	return value
}

// Tick is a place on an axis with its label.
type Tick struct {
	At    float64 // 0 to 1
	Label string
}

// Ticks are about n places to read an axis by; all names of one that has names.
func (a *Axis) Ticks(n int) (ticks []Tick) {
	for i, name := range a.Names {
		if name == "" {
			name = "–"
		}
		ticks = append(ticks, Tick{(float64(i) + 0.5) / float64(len(a.Names)), a.words(name)})
	}
	if a.Names != nil {
		return ticks
	}
	for _, x := range a.Scale.Ticks(n) {
		ticks = append(ticks, Tick{a.Scale.Pixel(x), a.Number(x)})
	}
	return ticks
}

// Number writes a number of the axis.
func (a *Axis) Number(x float64) string {
	if a.Name == Accuracy {
		return strconv.FormatFloat(math.Round(1e4*x)/1e2, 'f', -1, 64) + number.Thin + "%"
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// Words says what lies at a place.
func (a *Axis) Words(place float64) string {
	if a.Names == nil {
		return a.Number(a.Scale.Value(place))
	}
	ticks := a.Ticks(0)
	return ticks[max(0, min(int(place*float64(len(ticks))), len(ticks)-1))].Label
}

// Step is how far an arrow key moves along the axis: from name to name, or by a fiftieth.
func (a *Axis) Step() float64 {
	if a.Names != nil {
		return 1 / float64(len(a.Names))
	}
	return 0.02
}
