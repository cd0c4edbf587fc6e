// Package linechart draws shares of 1 over named places in order, such as a net's layers, as lines, as elements of SVG, with the standard library only: the
// page does, too.
package linechart

import (
	"fmt"
	"html"
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
}

// colors and dashes are those of the lines in turn. A style sheet's colours can replace the ones here for the classes line0 and line1.
var (
	colors = [...]string{"#0072b2", "#d55e00"}
	dashes = [...]string{"", "5 4"}
)

// Draw returns lines with a mark at each place and their names above the picture, and axes. y says what the values are. There are at most two lines.
func Draw(places []string, y string, lines ...Series) string {
	const left, right, top, bottom = 70.0, Width - 8.0, 34.0, Height - 66.0
	at := func(i int) float64 { return left + 12 + float64(i)*(right-left-24)/float64(max(1, len(places)-1)) }
	up := func(v float64) float64 { return bottom - v*(bottom-top) }
	var b strings.Builder
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		fmt.Fprintf(&b, `<line class="axis" stroke="#ccc" x1="%g" x2="%g" y1="%g" y2="%[3]g"/>`, left, right, up(v))
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="13" text-anchor="end">%.0f %%</text>`, left-6, up(v)+4, 100*v)
	}
	fmt.Fprintf(&b, `<text transform="translate(12 %g) rotate(-90)" font-size="13" text-anchor="middle">%s</text>`, (top+bottom)/2, html.EscapeString(y))
	every := (len(places)*16 + int(right-left) - 1) / int(right-left) // there is room for a name at every so many places
	for i, name := range places {
		if i%every == 0 {
			fmt.Fprintf(&b, `<text transform="translate(%.1f %g) rotate(-50)" font-size="13" text-anchor="end">%s</text>`, at(i)+4, bottom+14, html.EscapeString(name))
		}
	}
	for i, line := range lines {
		color := colors[i%len(colors)]
		x := left + float64(i)*130
		fmt.Fprintf(&b, `<g class="line%d" fill="none" stroke="%s" stroke-width="2"><path stroke-dasharray="%s" d="M%g 14h28`, i%len(colors), color, dashes[i%len(dashes)], x)
		for j, v := range line.Values {
			to := "L"
			if j == 0 {
				to = "M"
			}
			fmt.Fprintf(&b, "%s%.1f %.1f", to, at(j), up(v))
		}
		b.WriteString(`"/></g>`)
		for j, v := range line.Values {
			fmt.Fprintf(&b, `<circle class="dot%d" fill="%s" cx="%.1f" cy="%.1f" r="3"/>`, i%len(colors), color, at(j), up(v))
		}
		fmt.Fprintf(&b, `<text x="%g" y="18" font-size="13">%s</text>`, x+34, html.EscapeString(line.Name))
	}
	return b.String()
}
