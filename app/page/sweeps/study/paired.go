package study

import (
	"math"

	"unpool/core/api"
)

// Paired compares two points seed by seed: what differs between their runs of one seed is the setting, not the luck of the draw.
type Paired struct {
	Seeds     []uint64  // that both were measured with
	At        []int     // training steps at which they were compared; 0 for the best evaluation of runs that have ended
	A, B      []float64 // accuracies of validation images
	Mean      float64   // of A − B
	Deviation float64   // standard, of A − B, for a sample; 0 for fewer than two
}

// Compare compares points a and b: at the highest rung that both runs of a seed reached, or by their best evaluations where both have ended.
func (t *Study) Compare(a, b int) (p Paired) {
	for _, x := range t.All[a].Runs {
		for _, y := range t.All[b].Runs {
			if x.Seed != y.Seed {
				continue
			}
			if at, of, other, ok := together(&x, &y, t.Rungs); ok {
				p.Seeds, p.At = append(p.Seeds, x.Seed), append(p.At, at)
				p.A, p.B = append(p.A, of), append(p.B, other)
			}
		}
	}
	n := float64(len(p.A))
	for i := range p.A {
		p.Mean += (p.A[i] - p.B[i]) / n
	}
	if n > 1 {
		for i := range p.A {
			d := p.A[i] - p.B[i] - p.Mean
			p.Deviation += d * d / (n - 1)
		}
		p.Deviation = math.Sqrt(p.Deviation)
	}
	return p
}

// together is where two runs can be compared, and what they had there.
func together(x, y *api.SweepRun, rungs []int) (at int, a, b float64, ok bool) {
	end := 0
	if len(rungs) > 0 {
		end = rungs[len(rungs)-1]
	}
	if x.Best != nil && y.Best != nil && x.Step >= end && y.Step >= end {
		return 0, x.Best.Accuracy, y.Best.Accuracy, true
	}
	for _, r := range x.Rungs {
		for _, s := range y.Rungs {
			if r.Step == s.Step && r.Step > at {
				at, a, b, ok = r.Step, r.Accuracy, s.Accuracy, true
			}
		}
	}
	return at, a, b, ok
}
