// Package dotplot draws shares of 1 for named rows, such as a net's layers, as dots with how far they spread (Cleveland's dot plot), as elements of
// SVG, with the standard library only: the page does, too.
package dotplot

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// Width is that of a plot, in pixels.
const Width = 400

// Series is a dot in each row.
type Series struct {
	Name   string
	Values []float64 // of the rows, each from 0 to 1
	Spread []float64 // how far a line reaches from the dot in both directions; nil for no line
}

// colors and shapes are those of the series in turn. A style sheet's colours can replace the ones here for the classes dot0 to dot2, and line0 to line2.
var (
	colors = [...]string{"#0072b2", "#d55e00", "#009e73"}
	shapes = [...]string{"m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z", "m0-4.5l4.5 4.5l-4.5 4.5l-4.5-4.5z", "m-3.5-3.5h7v7h-7z"}
)

// The plot, in pixels.
const (
	left, right = 76.0, Width - 16.0
	line        = 20 // of the legend
	row         = 26
	apart       = 7 // series of a row
)

// steps are distances between two numbers of the axis.
var steps = []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.25}

// Draw returns a plot of at most three series with its legend above it, and how high both are, in pixels. x says what the values are.
func Draw(rows []string, x string, series ...Series) (elements string, height int) {
	most := 0.0
	for _, s := range series {
		for i, v := range s.Values {
			if s.Spread != nil {
				v += s.Spread[i]
			}
			most = max(most, v)
		}
	}
	step := steps[len(steps)-1]
	if i := slices.IndexFunc(steps, func(s float64) bool { return 5*s >= most }); i >= 0 {
		step = steps[i]
	}
	ticks := 1
	for float64(ticks)*step < most-1e-9 {
		ticks++
	}
	across := func(v float64) float64 { return left + min(1, max(0, v/(float64(ticks)*step)))*(right-left) }
	var b strings.Builder
	mark := func(s int, x, y float64) {
		fmt.Fprintf(&b, `<path class="dot%d" fill="%s" d="M%.1f %g%s"/>`, s, colors[s], x, y, shapes[s])
	}
	for s := range series {
		mark(s, left+8, float64(10+line*s))
		fmt.Fprintf(&b, `<text x="%g" y="%d" font-size="13">%s</text>`, left+20, 15+line*s, html.EscapeString(series[s].Name))
	}
	top := float64(line*len(series) + 10)
	bottom := top + float64(row*len(rows))
	for t := range ticks + 1 {
		at := across(float64(t) * step)
		fmt.Fprintf(&b, `<line class="axis" stroke="#ccc" x1="%.1f" x2="%[1]g" y1="%g" y2="%g"/>`, at, top, bottom)
		fmt.Fprintf(&b, `<text x="%.1f" y="%g" font-size="13" text-anchor="middle">%.0f %%</text>`, at, bottom+16, 100*float64(t)*step)
	}
	fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="13" text-anchor="middle">%s</text>`, (left+right)/2, bottom+36, html.EscapeString(x))
	for i, name := range rows {
		middle := top + row*(float64(i)+0.5)
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="13" text-anchor="end">%s</text>`, left-8, middle+4, html.EscapeString(name))
		for s, of := range series {
			y := middle + apart*(float64(s)-float64(len(series)-1)/2)
			if of.Spread != nil {
				fmt.Fprintf(&b, `<line class="line%d" stroke="%s" stroke-width="2" x1="%.1f" x2="%.1f" y1="%g" y2="%[5]g"/>`, s, colors[s], across(of.Values[i]-of.Spread[i]), across(of.Values[i]+of.Spread[i]), y)
			}
			mark(s, across(of.Values[i]), y)
		}
	}
	return b.String(), int(bottom) + 44
}
