// Package reliability draws how far a net's certainty can be trusted, the share of correct answers against their probability (a reliability diagram,
// Guo et al., 2017, figure 1), as elements of SVG, with the standard library only: the page does, too.
package reliability

import (
	"fmt"
	"strings"
)

// The size of the picture, in pixels.
const (
	Width, Height = 320, 300
)

// Part are the images whose answers have about the same probability.
type Part struct {
	Images, Right int
	Mean          float64 // probability of their answers
}

// Draw returns the diagram: a point for each part that has images, the larger the more it has, and a diagonal on which a net's points lie if its
// certainty can be trusted. The colours can be replaced by a style sheet's for the classes axis, diagonal and point.
func Draw(parts []Part) string {
	const left, right, top, bottom = 60.0, Width - 12.0, 12.0, Height - 44.0
	x := func(v float64) float64 { return left + v*(right-left) }
	y := func(v float64) float64 { return bottom - v*(bottom-top) }
	all := 0
	for _, p := range parts {
		all += p.Images
	}
	var b strings.Builder
	for _, v := range []float64{0, 0.5, 1} {
		fmt.Fprintf(&b, `<line class="axis" stroke="#ccc" x1="%g" x2="%g" y1="%g" y2="%[3]g"/>`, left, right, y(v))
		fmt.Fprintf(&b, `<line class="axis" stroke="#ccc" y1="%g" y2="%g" x1="%g" x2="%[3]g"/>`, top, bottom, x(v))
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="12" text-anchor="end">%.0f %%</text>`, left-6, y(v)+4, 100*v)
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="12" text-anchor="%s">%.0f %%</text>`, x(v), bottom+18, map[float64]string{0: "start", 0.5: "middle", 1: "end"}[v], 100*v)
	}
	fmt.Fprintf(&b, `<text x="%g" y="%d" font-size="12" text-anchor="middle">probability of the answer</text>`, (left+right)/2, Height-8)
	fmt.Fprintf(&b, `<text transform="translate(12 %g) rotate(-90)" font-size="12" text-anchor="middle">answers that are correct</text>`, (top+bottom)/2)
	fmt.Fprintf(&b, `<line class="diagonal" stroke="#777" stroke-dasharray="4 4" x1="%g" y1="%g" x2="%g" y2="%g"/>`, x(0), y(0), x(1), y(1))
	for _, p := range parts {
		if p.Images == 0 {
			continue
		}
		share := float64(p.Right) / float64(p.Images)
		fmt.Fprintf(&b, `<circle class="point" fill="#0072b2" fill-opacity="0.8" cx="%.1f" cy="%.1f" r="%.1f"/>`, x(p.Mean), y(share), 3+9*float64(p.Images)/float64(all))
	}
	return b.String()
}
