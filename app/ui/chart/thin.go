package chart

import (
	"math"
	"strconv"
)

// thin leaves of points the lowest and highest of each column of pixels, and the first and last of all: the drawing stays the same,
// and its cost is bounded by the width. They are appended to out.
func thin(out, points []xy, x Scale) []xy {
	pixel := x.pixels()
	for i := 0; i < len(points); {
		end := x.Value(math.Floor(pixel(points[i].x)) + 1) // of the column
		low, high := i, i
		j := i + 1
		for ; j < len(points) && points[j].x < end; j++ {
			if y := points[j].y; y < points[low].y {
				low = j
			} else if y > points[high].y {
				high = j
			}
		}
		if j-i <= 4 {
			out = append(out, points[i:j]...)
		} else {
			if i == 0 && low != 0 && high != 0 {
				out = append(out, points[0])
			}
			out = append(out, points[min(low, high)], points[max(low, high)])
			if j == len(points) && max(low, high) < j-1 {
				out = append(out, points[j-1])
			}
		}
		i = j
	}
	return out
}

// cut cuts a line off at the left and at the right.
func cut(points []xy, left, right float64) []xy {
	if n := len(points); n > 1 && points[0].x < left {
		points[0] = xy{left, between(points[0], points[1], left)}
	}
	if n := len(points); n > 1 && points[n-1].x > right {
		points[n-1] = xy{right, between(points[n-2], points[n-1], right)}
	}
	if len(points) == 1 && (points[0].x < left || points[0].x > right) {
		return nil
	}
	return points
}

// between is the y at x on the line from a to b.
func between(a, b xy, x float64) float64 {
	if b.x == a.x {
		return b.y
	}
	return a.y + (x-a.x)/(b.x-a.x)*(b.y-a.y)
}

// pen writes an SVG path.
type pen []byte

func (p *pen) to(verb byte, at xy) {
	*p = appendPixel(append(*p, verb), at.x)
	*p = appendPixel(append(*p, ' '), at.y)
}

// path returns the SVG path through points, cut off above top and below bottom.
func path(points []xy, top, bottom float64) string {
	var p pen
	p.path(points, top, bottom)
	return string(p)
}

func (p *pen) path(points []xy, top, bottom float64) {
	if len(points) == 1 && points[0].y >= top && points[0].y <= bottom {
		p.to('M', points[0])
	}
	var end xy
	drawing := false // the path has come to the end of the line before
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		from, to, ok := within(a, b, top, bottom)
		if !ok {
			drawing = false
			continue
		}
		if !drawing || from != end {
			p.to('M', from)
		}
		p.to('L', to)
		end, drawing = to, to == b
	}
}

// within is the part of the line from a to b between two rows; false when there is none.
func within(a, b xy, top, bottom float64) (from, to xy, ok bool) {
	if a.y < top && b.y < top || a.y > bottom && b.y > bottom {
		return a, b, false
	}
	row := func(p xy) xy {
		y := max(top, min(p.y, bottom))
		if y == p.y {
			return p
		}
		return xy{a.x + (y-a.y)/(b.y-a.y)*(b.x-a.x), y}
	}
	return row(a), row(b), true
}

// area returns the SVG path around what is between two lines, both cut off above top and below bottom.
func area(upper, lower []xy, top, bottom float64) string {
	if len(upper) < 2 || len(lower) < 2 {
		return ""
	}
	var p pen
	inside := func(at xy) xy { return xy{at.x, max(top, min(at.y, bottom))} }
	p.to('M', inside(upper[0]))
	for _, at := range upper[1:] {
		p.to('L', inside(at))
	}
	for i := len(lower) - 1; i >= 0; i-- {
		p.to('L', inside(lower[i]))
	}
	return string(append(p, 'Z'))
}

// appendPixel writes a coordinate to a tenth of a pixel.
func appendPixel(to []byte, x float64) []byte {
	if x < 0 {
		if x = -x; x >= 0.05 {
			to = append(to, '-')
		}
	}
	tenths := int64(10*x + 0.5)
	to = strconv.AppendInt(to, tenths/10, 10)
	if rest := tenths % 10; rest != 0 {
		to = append(to, '.', byte('0'+rest))
	}
	return to
}

func pixel(x float64) string { return string(appendPixel(nil, x)) }
