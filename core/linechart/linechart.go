// Package linechart draws shares of 1 over named places in order, such as a net's layers, as lines, as elements of SVG, with the standard library only: the
// page does, too.
package linechart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// The size of the picture, in pixels.
const (
	Width, Height = 400, 280
)

// Series is a line.
type Series struct {
	Name   string
	Values []float64 // of the places, each from 0 to 1
	Spread []float64 // by how much each goes up and down; nil for nothing
}

// colors and dashes are those of the lines in turn. A style sheet's colours can replace the ones here for the classes line0 to line2.
var (
	colors = [...]string{"#0072b2", "#d55e00", "#009e73"}
	dashes = [...]string{"", "5 4", "2 3"}
)

// Draw returns lines with a mark at each place and their names above the picture, and axes. y says what the values are. There are at most two lines.
func Draw(places []string, y string, lines ...Series) string {
	const left, right, top, bottom = 70.0, Width - 8.0, 34.0, Height - 66.0
	at := func(i int) float64 { return left + 12 + float64(i)*(right-left-24)/float64(max(1, len(places)-1)) }
	every := (len(places)*16 + int(right-left) - 1) / int(right-left) // there is room for a name at every so many places
	var names strings.Builder
	for i, name := range places {
		if i%every == 0 {
			fmt.Fprintf(&names, `<text transform="translate(%.1f %g) rotate(-50)" font-size="13" text-anchor="end">%s</text>`, at(i)+4, bottom+14, html.EscapeString(name))
		}
	}
	return frame{left, right, top, bottom}.draw(y, names.String(), at, lines)
}

// Log draws up to three lines over numbers in ascending order, on a logarithmic axis. x says what the numbers are.
func Log(numbers []int, x, y string, lines ...Series) string {
	const left, right, top, bottom = 70.0, Width - 8.0, 56.0, Height - 46.0
	low, high := math.Log(float64(numbers[0])), math.Log(float64(numbers[len(numbers)-1]))
	at := func(i int) float64 {
		if high == low {
			return (left + right) / 2
		}
		return left + 14 + (math.Log(float64(numbers[i]))-low)/(high-low)*(right-left-34)
	}
	var names strings.Builder
	free := math.Inf(1) // to the left of which there is room
	for i := len(numbers) - 1; i >= 0; i-- {
		name := strconv.Itoa(numbers[i])
		if half := 4 * float64(len(name)); at(i)+half < free {
			free = at(i) - half - 4
			fmt.Fprintf(&names, `<text x="%.1f" y="%g" font-size="13" text-anchor="middle">%s</text>`, at(i), bottom+18, name)
		}
	}
	fmt.Fprintf(&names, `<text x="%g" y="%g" font-size="13" text-anchor="middle">%s</text>`, (left+right)/2, bottom+38, html.EscapeString(x))
	return frame{left, right, top, bottom}.draw(y, names.String(), at, lines)
}

// frame is where the lines are.
type frame struct{ left, right, top, bottom float64 }

// draw draws lines whose places are at some distances from the left; names are those of the places.
func (f frame) draw(y, names string, at func(int) float64, lines []Series) string {
	up := func(v float64) float64 { return f.bottom - v*(f.bottom-f.top) }
	var b strings.Builder
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		fmt.Fprintf(&b, `<line class="axis" stroke="#ccc" x1="%g" x2="%g" y1="%g" y2="%[3]g"/>`, f.left, f.right, up(v))
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="13" text-anchor="end">%.0f %%</text>`, f.left-6, up(v)+4, 100*v)
	}
	fmt.Fprintf(&b, `<text transform="translate(12 %g) rotate(-90)" font-size="13" text-anchor="middle">%s</text>`, (f.top+f.bottom)/2, html.EscapeString(y))
	b.WriteString(names)
	for i, line := range lines {
		color := colors[i%len(colors)]
		x, row := f.left+float64(i%2)*150, float64(i/2)*20
		fmt.Fprintf(&b, `<g class="line%d" fill="none" stroke="%s" stroke-width="2"><path stroke-dasharray="%s" d="M%g %gh28`, i%len(colors), color, dashes[i%len(dashes)], x, row+14)
		for j, v := range line.Values {
			to := "L"
			if j == 0 {
				to = "M"
			}
			fmt.Fprintf(&b, "%s%.1f %.1f", to, at(j), up(v))
		}
		b.WriteString(`"/>`)
		for j, d := range line.Spread {
			fmt.Fprintf(&b, `<path stroke-width="1" d="M%.1f %.1fh6m-3 0V%.1fm-3 0h6"/>`, at(j)-3, up(min(line.Values[j]+d, 1)), up(max(line.Values[j]-d, 0)))
		}
		b.WriteString("</g>")
		for j, v := range line.Values {
			fmt.Fprintf(&b, `<circle class="dot%d" fill="%s" cx="%.1f" cy="%.1f" r="3"/>`, i%len(colors), color, at(j), up(v))
		}
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="13">%s</text>`, x+34, row+18, html.EscapeString(line.Name))
	}
	return b.String()
}
