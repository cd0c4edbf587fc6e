package curves

import (
	"slices"

	"unpool/core/run"
)

// maxGroups bounds what is drawn: a chart has a few hundred pixels.
const maxGroups = 256

// thin leaves out of many evaluations those that a chart has no room for, so that drawing one does not take longer and longer.
// Of each group of neighbours those stay at which a curve is lowest and highest, and the last one of all. A group's size is a
// power of two, so that what has been drawn stays as it is while a run goes on.
func thin(metrics []run.Evaluation, of func(run.Measure) float64) []run.Evaluation {
	size := 1
	for len(metrics)/size > maxGroups {
		size *= 2
	}
	if size < 8 { // as many would stay as there are
		return metrics
	}
	var kept []run.Evaluation
	for group := range slices.Chunk(metrics, size) {
		var stay []int
		for _, curve := range []func(run.Evaluation) float64{
			func(m run.Evaluation) float64 { return of(m.Train) },
			func(m run.Evaluation) float64 { return of(m.Test) },
			func(m run.Evaluation) float64 {
				if m.Validation == nil {
					return 0
				}
				return of(*m.Validation)
			},
		} {
			low, high := 0, 0
			for i, m := range group {
				if y := curve(m); y < curve(group[low]) {
					low = i
				} else if y > curve(group[high]) {
					high = i
				}
			}
			stay = append(stay, low, high)
		}
		slices.Sort(stay)
		for _, i := range slices.Compact(stay) {
			kept = append(kept, group[i])
		}
	}
	if last := metrics[len(metrics)-1]; kept[len(kept)-1].Step != last.Step {
		kept = append(kept, last)
	}
	return kept
}
