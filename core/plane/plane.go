// Package plane draws points of the complex plane with the unit circle, such as the eigenvalues of a matrix, as elements of SVG, with the standard
// library only: the page does, too.
package plane

import (
	"fmt"
	"math"
	"strings"
)

// Side is that of the picture, in pixels.
const Side = 320

// Draw returns the axes, the unit circle and the points, each a real and an imaginary part, as SVG elements, Side wide and high. Their
// colours can be replaced by a style sheet's for the classes axis, unit-circle, eigenvalue and, of points beyond the circle, outside.
func Draw(points [][2]float32) string {
	const middle, margin = Side / 2.0, 16.0
	reach := 1.1
	for _, p := range points {
		reach = max(reach, 1.05*magnitude(p))
	}
	scale := (middle - margin) / reach
	var b strings.Builder
	fmt.Fprintf(&b, `<line class="axis" stroke="#ccc" x1="%g" x2="%g" y1="%g" y2="%[3]g"/>`, margin, Side-margin, middle)
	fmt.Fprintf(&b, `<line class="axis" stroke="#ccc" y1="%g" y2="%g" x1="%g" x2="%[3]g"/>`, margin, Side-margin, middle)
	fmt.Fprintf(&b, `<circle class="unit-circle" fill="none" stroke="#777" cx="%g" cy="%[1]g" r="%.1f"/>`, middle, scale)
	for _, p := range points {
		class, fill := "eigenvalue", "#0072b2"
		if Outside(p) {
			class, fill = "eigenvalue outside", "#d55e00"
		}
		fmt.Fprintf(&b, `<circle class="%s" fill="%s" cx="%.1f" cy="%.1f" r="3"/>`, class, fill, middle+scale*float64(p[0]), middle-scale*float64(p[1]))
	}
	return b.String()
}

// Outside reports whether a point lies beyond the unit circle.
func Outside(p [2]float32) bool { return magnitude(p) > 1 }

func magnitude(p [2]float32) float64 { return math.Hypot(float64(p[0]), float64(p[1])) }
