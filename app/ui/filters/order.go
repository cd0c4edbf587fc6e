package filters

import (
	"cmp"
	"math"
	"slices"

	"unpool/core/run"
)

// arrange computes what is shown and in which order, if that has changed.
func arrange(f *Filters) {
	if !f.Sortable || !f.sorted || f.Weights == nil {
		f.shown, f.order, f.of = f.Weights, f.Order, nil
		return
	}
	if f.of != f.Weights {
		f.of, f.order = f.Weights, ByNorm(f.Weights)
		f.shown = Arranged(f.Weights, f.order)
	}
}

// ByNorm are the numbers of a layer's filters, those with the largest norms first.
func ByNorm(w *run.Weights) []int {
	norms, order := make([]int, w.Count), make([]int, w.Count)
	size := w.Height * w.Width * w.Channels
	for i := range norms {
		order[i] = i
		for _, v := range w.Pixels[i*size : (i+1)*size] {
			norms[i] += int(v) * int(v)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(norms[b], norms[a]) })
	return order
}

// Arranged are weights with their filters in another order: at each place the one of that number.
func Arranged(w *run.Weights, order []int) *run.Weights {
	to := *w
	size := w.Height * w.Width * w.Channels
	to.Pixels = slices.Clone(w.Pixels)
	for place, i := range order {
		copy(to.Pixels[place*size:], w.Pixels[i*size:(i+1)*size])
	}
	return &to
}

// OnScale are weights as they are drawn where the colours go up to scale, which is at least their own.
func OnScale(w *run.Weights, scale float64) *run.Weights {
	if w.Scale == scale {
		return w
	}
	to := *w
	to.Scale, to.Pixels = scale, slices.Clone(w.Pixels)
	for i, v := range to.Pixels {
		to.Pixels[i] = int8(math.Round(float64(v) * w.Scale / scale))
	}
	return &to
}
