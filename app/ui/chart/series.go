package chart

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// Point is one value of a series. NaN and infinite values are left out of the drawing.
type Point struct{ X, Y float64 }

// Series is one curve. Points are in order of X.
type Series struct {
	Name   string
	Look   Look
	Points []Point
}

// Look is a colour and a dash and a marker that go together, so that colour is never the only cue.
type Look string

// The looks, after Okabe and Ito's palette; the colours themselves are in the style sheet.
const (
	Dashed  Look = "train"      // blue, dashed, square
	Solid   Look = "test"       // vermilion, solid, circle
	Dotted  Look = "validation" // green, dotted, triangle
	Chained Look = "other"      // purple, dash and dot, diamond
)

// steps returns every X of the series, once, in order: the stations of the crosshair.
func steps(series []Series) []float64 {
	var xs []float64
	for _, s := range series {
		for _, p := range s.Points {
			xs = append(xs, p.X)
		}
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}

// at returns the Y of s at exactly x.
func (s Series) at(x float64) (float64, bool) {
	i := sort.Search(len(s.Points), func(i int) bool { return s.Points[i].X >= x })
	if i < len(s.Points) && s.Points[i].X == x {
		return s.Points[i].Y, true
	}
	return 0, false
}

// smooth returns an exponential moving average, weight 0.8 on what came before, without the bias towards 0 that a
// plain one starts with.
func smooth(points []Point) []Point {
	const keep = 0.8
	out := make([]Point, 0, len(points))
	sum, weight := 0.0, 0.0
	for _, p := range points {
		if !finite(p.Y) {
			continue
		}
		sum = keep*sum + (1-keep)*p.Y
		weight = keep*weight + (1 - keep)
		out = append(out, Point{p.X, sum / weight})
	}
	return out
}

// decimate thins points, already in pixels, to the first, lowest, highest and last of each pixel column: the
// drawing stays the same and its cost is bounded by the width.
func decimate(points []Point) []Point {
	if len(points) < 4 {
		return points
	}
	var out []Point
	for i := 0; i < len(points); {
		column := math.Floor(points[i].X)
		j, low, high := i, i, i
		for ; j < len(points) && math.Floor(points[j].X) == column; j++ {
			if points[j].Y < points[low].Y {
				low = j
			}
			if points[j].Y > points[high].Y {
				high = j
			}
		}
		keep := []int{i, low, high, j - 1}
		slices.Sort(keep)
		for _, k := range slices.Compact(keep) {
			out = append(out, points[k])
		}
		i = j
	}
	return out
}

// path returns the SVG path through the points, cut off where it falls below the pixel row bottom.
func path(points []Point, bottom float64) string {
	var b strings.Builder
	write := func(verb byte, p Point) {
		b.WriteByte(verb)
		b.WriteString(pixel(p.X))
		b.WriteByte(' ')
		b.WriteString(pixel(p.Y))
	}
	for i, p := range points {
		inside := p.Y <= bottom
		switch {
		case i == 0 || (points[i-1].Y <= bottom) == inside:
			if inside && i == 0 {
				write('M', p)
			} else if inside {
				write('L', p)
			}
		default: // the line crosses the row
			q := points[i-1]
			cross := Point{q.X + (bottom-q.Y)/(p.Y-q.Y)*(p.X-q.X), bottom}
			if inside {
				write('M', cross)
				write('L', p)
			} else {
				write('L', cross)
			}
		}
	}
	return b.String()
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
