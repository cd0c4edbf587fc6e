package run

import (
	"cmp"
	"math"
	"slices"
)

// Mean is a view of the mean curves of runs, which are of one recipe but for their seeds: at the steps at which every run was
// measured, with every loss and accuracy the mean over the runs. All else is the first run's.
func Mean(runs []*View) *View { return over(runs, mean) }

// Deviation is Mean with standard deviations, of a sample, in place of means: 0 for a single run.
func Deviation(runs []*View) *View { return over(runs, deviation) }

// over is a view of a statistic over runs.
func over(runs []*View, of func([]float64) float64) *View {
	v := *runs[0]
	v.Metrics, v.judges = nil, [2]judge{}
	for _, m := range runs[0].Metrics {
		var same []Evaluation
		for _, r := range runs {
			at, found := slices.BinarySearchFunc(r.Metrics, m.Step, func(other Evaluation, step int) int { return cmp.Compare(other.Step, step) })
			if found {
				same = append(same, r.Metrics[at])
			}
		}
		if len(same) == len(runs) {
			v.metric(Evaluation{together(same, of), m.Time})
		}
	}
	return &v
}

// together is a statistic over evaluations at one step. Validation is part of it where all have it.
func together(all []Evaluation, of func([]float64) float64) Metric {
	stat := func(get func(Metric) float64) float64 {
		xs := make([]float64, len(all))
		for i, m := range all {
			xs[i] = get(m.Metric)
		}
		return of(xs)
	}
	measure := func(get func(Metric) Measure) Measure {
		return Measure{
			Loss:     stat(func(m Metric) float64 { return get(m).Loss }),
			Accuracy: stat(func(m Metric) float64 { return get(m).Accuracy }),
			N:        get(all[0].Metric).N,
		}
	}
	m := Metric{
		Step: all[0].Step, Final: all[0].Final, Seconds: stat(func(m Metric) float64 { return m.Seconds }),
		Train: measure(func(m Metric) Measure { return m.Train }),
		Test:  measure(func(m Metric) Measure { return m.Test }),
	}
	for _, one := range all {
		if one.Validation == nil {
			return m
		}
	}
	v := measure(func(m Metric) Measure { return *m.Validation })
	m.Validation = &v
	return m
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x / float64(len(xs))
	}
	return sum
}

func deviation(xs []float64) float64 {
	if len(xs) < 2 {
		return 0
	}
	middle, sum := mean(xs), 0.0
	for _, x := range xs {
		sum += (x - middle) * (x - middle)
	}
	return math.Sqrt(sum / float64(len(xs)-1))
}
