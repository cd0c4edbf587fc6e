package look

import (
	"math"

	"unpool/core/run"
)

// bins is how many bins a histogram has at most. Once values reach over more than a few bins it has more than half as many.
const bins = 64

// finest is a histogram's first width, as a part of the first value: about 2^finest of it.
const finest = -12

// histogram counts values whose range is not known beforehand, in one pass: its bins begin fine and become twice as wide, in pairs, each
// time that a value would need too many. So every value is counted, and no count is an estimate.
//
// It is filled from values that are read back from the backend: to count one bin after the other there takes several times as long.
type histogram struct {
	zeros  int64
	width  float64
	first  float64 // the first bin's number: it begins at first*width
	counts [bins]int64
}

// add counts finite values.
func (h *histogram) add(values []float32) {
	for _, v := range values {
		if v == 0 {
			h.zeros++
			continue
		}
		at := math.Floor(float64(v)/h.width) - h.first
		if !(at >= 0 && at < bins) { // or there is no width yet
			h.take(float64(v))
			at = math.Floor(float64(v)/h.width) - h.first
		}
		h.counts[int(at)]++
	}
}

// take makes room for a value.
func (h *histogram) take(v float64) {
	before := h.result()
	low, high := v, v
	if last := len(before.Counts) - 1; last >= 0 {
		low, high = min(v, before.From(0)), max(v, before.From(last))
	} else {
		_, exponent := math.Frexp(v)
		h.width = math.Ldexp(1, exponent+finest)
	}
	for math.Floor(high/h.width)-math.Floor(low/h.width) >= bins {
		h.width *= 2
	}
	h.first, h.counts = math.Floor(low/h.width), [bins]int64{}
	wider := before.Widened(h.width)
	for i, c := range wider.Counts {
		h.counts[wider.First-int(h.first)+i] = c
	}
}

// result is the histogram without empty bins at its ends.
func (h *histogram) result() run.Histogram {
	r := run.Histogram{Zeros: h.zeros, Width: h.width}
	from, to := 0, bins
	for from < to && h.counts[from] == 0 {
		from++
	}
	for to > from && h.counts[to-1] == 0 {
		to--
	}
	if from < to {
		r.First, r.Counts = int(h.first)+from, append(r.Counts, h.counts[from:to]...)
	}
	return r
}
