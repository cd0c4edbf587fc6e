// Package rowchart draws numbers over the rows of an image as lines, with a legend, as elements of SVG, with the standard library only: the page
// does, too.
package rowchart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// Width is that of a chart, in pixels.
const Width = 400

// Chart is numbers over rows.
type Chart struct {
	Lines     []Line
	X         string  // what the rows are called: "row"
	Low, High float64 // the ends of the Y axis; not used where that is logarithmic
	Log       bool
	Backward  bool // the rows run from the last to the first, as something reads that begins at the end
	At, Mark  int  // rows with a line down the chart: where the reader is, and where something happens; -1 for none
}

// Line is a number of each row, as many as the chart has or fewer that are as much higher; on a logarithmic axis none is negative.
type Line struct {
	Name   string
	Values []float32
}

// inks are the colours of the lines with their classes, for a style sheet (Okabe and Ito, 2008); the dashes tell lines of the same
// colour apart, and neighbours too.
var (
	inks   = [][2]string{{"blue", "#0072b2"}, {"vermilion", "#d55e00"}, {"green", "#009e73"}, {"purple", "#cc79a7"}, {"orange", "#e69f00"}, {"sky", "#56b4e9"}, {"black", "#000"}}
	dashes = []string{"", "6 3", "2 3", "9 3 2 3"}
)

// The plot, in pixels, and a line of the legend below it.
const (
	left, right, top, bottom = 52.0, Width - 10.0, 10.0, 190.0
	legend                   = 20
)

// Draw returns the chart, and how high it is, in pixels. The classes of its elements are axis, at, mark and line, the last with that of its colour.
func (c Chart) Draw() (elements string, height int) {
	var b strings.Builder
	low, high, ticks := c.ticks()
	y := func(v float64) float64 {
		return bottom - (min(max(c.scaled(v), low), high)-low)/(high-low)*(bottom-top)
	}
	for _, v := range ticks {
		fmt.Fprintf(&b, `<line class="axis" stroke="#ddd" x1="%g" x2="%g" y1="%.1f" y2="%[3]g"/><text x="%g" y="%.1f" font-size="12" text-anchor="end">%s</text>`, left, right, y(v), left-6, y(v)+4, c.label(v))
	}
	rows := 0
	for _, l := range c.Lines {
		rows = max(rows, len(l.Values))
	}
	x := func(row, rows int) float64 {
		if c.Backward {
			row = rows - 1 - row
		}
		return left + (float64(row)+0.5)/float64(rows)*(right-left)
	}
	for quarter := range 5 {
		if row := max(0, rows*quarter/4-1); rows > 0 && (quarter == 0 || row > 0) {
			fmt.Fprintf(&b, `<text x="%.1f" y="%g" font-size="12" text-anchor="middle">%d</text>`, x(row, rows), bottom+16, row+1)
		}
	}
	fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="12" text-anchor="middle">%s</text>`, (left+right)/2, bottom+32, html.EscapeString(c.X))
	for _, line := range []struct {
		class, dash string
		row         int
	}{{"mark", "2 3", c.Mark}, {"at", "", c.At}} {
		if line.row >= 0 && line.row < rows {
			fmt.Fprintf(&b, `<line class="%s" stroke="#777" stroke-dasharray="%s" x1="%.1f" x2="%[3]g" y1="%g" y2="%g"/>`, line.class, line.dash, x(line.row, rows), top, bottom)
		}
	}
	height = int(bottom) + 40
	for i, l := range c.Lines {
		ink, dash := inks[i%len(inks)], dashes[(i+i/len(inks))%len(dashes)]
		look := fmt.Sprintf(`class="line %s" fill="none" stroke="%s" stroke-width="2" stroke-linejoin="round" stroke-dasharray="%s"`, ink[0], ink[1], dash)
		fmt.Fprintf(&b, `<polyline %s points="`, look)
		for row, v := range l.Values {
			fmt.Fprintf(&b, "%.1f,%.1f ", x(row, len(l.Values)), y(float64(v)))
		}
		const columns = 2
		at, line := left+float64(i%columns)*(right-left)/columns, height+i/columns*legend
		fmt.Fprintf(&b, `"/><path %s d="M%g %d h24"/><text x="%g" y="%d" font-size="13">%s</text>`, look, at, line+6, at+30, line+10, html.EscapeString(l.Name))
	}
	return b.String(), height + (len(c.Lines)+1)/2*legend
}

// decades is the most that a logarithmic axis covers: what is smaller lies at its end.
const decades = 8

// scaled is where a number lies on the Y axis.
func (c Chart) scaled(v float64) float64 {
	if c.Log {
		return math.Log10(max(v, math.SmallestNonzeroFloat64))
	}
	return v
}

// ticks are the ends of the axis, scaled, and the numbers on it that have a label.
func (c Chart) ticks() (low, high float64, ticks []float64) {
	if !c.Log {
		return c.Low, c.High, []float64{c.Low, (c.Low + c.High) / 2, c.High}
	}
	low, high = math.Inf(1), math.Inf(-1)
	for _, l := range c.Lines {
		for _, v := range l.Values {
			if v > 0 {
				low, high = min(low, c.scaled(float64(v))), max(high, c.scaled(float64(v)))
			}
		}
	}
	if low > high { // nothing is above zero
		low, high = 0, 0
	}
	high = math.Ceil(high - 1e-6) // f32 numbers are a little off
	low = max(high-decades, min(math.Floor(low+1e-6), high-1))
	step := math.Ceil((high - low) / 4)
	for e := high; e >= low; e -= step {
		ticks = append(ticks, math.Pow(10, e))
	}
	return low, high, ticks
}

// label writes a number of the Y axis.
func (c Chart) label(v float64) string {
	text := strconv.FormatFloat(v, 'g', 3, 64)
	if c.Log {
		text = strconv.FormatFloat(v, 'f', -1, 64)
		if e := math.Round(math.Log10(v)); math.Abs(e) > 3 {
			return "10" + superscript(int(e))
		}
	}
	return strings.Replace(text, "-", "\u2212", 1)
}

// superscript writes an exponent.
func superscript(e int) string {
	return strings.Map(func(r rune) rune {
		if r == '-' {
			return '⁻'
		}
		return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0']
	}, strconv.Itoa(e))
}

// Units are two charts of what a recurrent unit does, of numbers by the names that core/look gives them: its gates, which are 0 to 1, and its state
// with what makes it. A plain unit has no gates.
func Units(lines []Line) (gates, states Chart) {
	gates, states = Chart{High: 1, At: -1, Mark: -1}, Chart{High: 1, At: -1, Mark: -1}
	for _, l := range lines {
		if !Gate(l.Name) {
			states.Lines = append(states.Lines, l)
			for _, v := range l.Values {
				states.High = max(states.High, math.Ceil(math.Abs(float64(v)))) // of a memory
			}
			continue
		}
		l.Name = Name(l.Name)
		gates.Lines = append(gates.Lines, l)
	}
	states.Low = -states.High
	return gates, states
}

// Gate reports whether the number of a unit that has a name is one of its gates.
func Gate(name string) bool { return name != "state" && name != "memory" && name != "candidate" }

// Name is what people call that number.
func Name(name string) string {
	if Gate(name) {
		return name + " gate"
	}
	return name
}

// probable is the probability that a class must reach at some row to be drawn.
const probable = 0.2

// Answers is a chart of the probabilities [rows][classes] of those classes that are ever probable.
func Answers(classes []string, answers [][]float32) Chart {
	c := Chart{High: 1, At: -1, Mark: -1}
	for class, name := range classes {
		line, most := Line{Name: name}, float32(0)
		for _, p := range answers {
			line.Values = append(line.Values, p[class])
			most = max(most, p[class])
		}
		if most >= probable {
			c.Lines = append(c.Lines, line)
		}
	}
	return c
}
