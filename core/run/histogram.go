package run

import "math"

// Histogram counts activations by value. The bins are of one width, a power of two, and begin at whole multiples of it, so that any two
// histograms can be brought to the same bins exactly. Exact zeros, which are most outputs of most ReLUs, are counted separately.
type Histogram struct {
	Zeros  int64   `json:"zeros"`
	Width  float64 `json:"width"` // of a bin; 0 where there is none
	First  int     `json:"first"` // bin i is from (First+i)*Width up to but not including (First+i+1)*Width
	Counts []int64 `json:"counts"`
}

// From is the value at which bin i begins, and the one before it ends.
func (h Histogram) From(i int) float64 { return float64(h.First+i) * h.Width }

// Total is how many activations were counted, zeros and all.
func (h Histogram) Total() int64 {
	n := h.Zeros
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Widened is the same histogram with bins of another width, which is the old one's or a larger power of two.
func (h Histogram) Widened(width float64) Histogram {
	if len(h.Counts) == 0 || width <= h.Width {
		return h
	}
	bin := func(i int) int { return int(math.Floor(h.From(i) / width)) }
	w := Histogram{Zeros: h.Zeros, Width: width, First: bin(0)}
	w.Counts = make([]int64, bin(len(h.Counts)-1)-w.First+1)
	for i, c := range h.Counts {
		w.Counts[bin(i)-w.First] += c
	}
	return w
}
