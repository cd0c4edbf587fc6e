package chart

import (
	"math"
	"sort"
)

// curves are those of a plot. The crosshair goes along them from station to station: the places at which any of them has a
// value. They are found by searching each curve, so that a step is fast with many points.
type curves []curve

// span is where the first curve begins and the last ends; 0 when there is nothing.
func (cs curves) span() (first, last float64) {
	first, last = math.Inf(1), math.Inf(-1)
	for _, c := range cs {
		if n := len(c.raw); n > 0 {
			first, last = min(first, c.raw[0].x), max(last, c.raw[n-1].x)
		}
	}
	if first > last {
		return 0, 0
	}
	return first, last
}

// end is where the curves end; false when they do not end together, or there are none.
func (cs curves) end() (x float64, together bool) {
	ends := map[float64]bool{}
	for _, c := range cs {
		if n := len(c.raw); n > 0 {
			x = c.raw[n-1].x
			ends[x] = true
		}
	}
	return x, len(ends) == 1
}

// on are the first and the last station on view; false when there is none.
func (cs curves) on(view Scale) (ends Range, ok bool) {
	ends = Range{math.Inf(1), math.Inf(-1)}
	for _, c := range cs {
		if after, before := c.after(view.Min), c.before(view.Max); after <= before {
			ends = Range{min(ends.From, after), max(ends.To, before)}
		}
	}
	return ends, ends.From <= ends.To
}

// nearest returns the station on view nearest to a pixel; false when there is none.
func (cs curves) nearest(view Scale, px float64) (float64, bool) {
	ends, ok := cs.on(view)
	if !ok {
		return 0, false
	}
	x := max(ends.From, min(view.Value(px), ends.To))
	best, distance := ends.From, math.Inf(1)
	for _, c := range cs {
		for _, near := range []float64{c.before(x), c.after(x)} {
			if d := math.Abs(view.Pixel(near) - px); near >= ends.From && near <= ends.To && d < distance {
				best, distance = near, d
			}
		}
	}
	return best, true
}

// step returns the station so many after x, or before it; at most the last on view, or the first.
func (cs curves) step(view Scale, x float64, by int) float64 {
	ends, ok := cs.on(view)
	if !ok {
		return x
	}
	for ; by > 0; by-- {
		next := math.Inf(1)
		for _, c := range cs {
			next = min(next, c.after(math.Nextafter(x, math.Inf(1))))
		}
		x = next
	}
	for ; by < 0; by++ {
		next := math.Inf(-1)
		for _, c := range cs {
			next = max(next, c.before(math.Nextafter(x, math.Inf(-1))))
		}
		x = next
	}
	return max(ends.From, min(x, ends.To))
}

// after is the first place of the curve at x or after it; infinite where there is none.
func (c curve) after(x float64) float64 {
	if i := sort.Search(len(c.raw), func(i int) bool { return c.raw[i].x >= x }); i < len(c.raw) {
		return c.raw[i].x
	}
	return math.Inf(1)
}

// before is the last place of the curve at x or before it; infinite where there is none.
func (c curve) before(x float64) float64 {
	if i := sort.Search(len(c.raw), func(i int) bool { return c.raw[i].x > x }); i > 0 {
		return c.raw[i-1].x
	}
	return math.Inf(-1)
}

// at returns which value of the curve is nearest to x; false where the curve has not begun or is over.
func (c curve) at(x float64) (i int, ok bool) {
	n := len(c.raw)
	if n == 0 || x < c.raw[0].x || x > c.raw[n-1].x {
		return 0, false
	}
	i = sort.Search(n, func(i int) bool { return c.raw[i].x >= x })
	if i > 0 && x-c.raw[i-1].x <= c.raw[i].x-x {
		i--
	}
	return i, true
}
