package curves

import (
	"math"

	"unpool/app/ui/chart"
	"unpool/core/run"
)

// Quantity is what a curve shows of each evaluation.
type Quantity func(run.Evaluation) float64

// TrainAccuracy is the accuracy on training images.
func TrainAccuracy(e run.Evaluation) float64 { return e.Train.Accuracy }

// TestAccuracy is the accuracy on test images.
func TestAccuracy(e run.Evaluation) float64 { return e.Test.Accuracy }

// TrainLoss is the loss on training images.
func TrainLoss(e run.Evaluation) float64 { return e.Train.Loss }

// TestLoss is the loss on test images.
func TestLoss(e run.Evaluation) float64 { return e.Test.Loss }

// Mean is the mean curve of runs which differ by their seeds, with the standard deviation as its spread: at the steps at which
// every run was measured. The runs have no time of day in common.
func Mean(runs []*run.View, q Quantity) (points []chart.Point) {
	type sum struct {
		n                   int
		y, squares, seconds float64
	}
	sums := map[int]*sum{}
	for _, v := range runs {
		for _, m := range v.Metrics {
			s := sums[m.Step]
			if s == nil {
				s = &sum{}
				sums[m.Step] = s
			}
			y := q(m)
			// Welford's method: the difference of large squares would lose the small deviation.
			s.n++
			before := y - s.y
			s.y += before / float64(s.n)
			s.squares += before * (y - s.y)
			s.seconds += m.Seconds
		}
	}
	for _, m := range runs[0].Metrics {
		s := sums[m.Step]
		if s.n < len(runs) {
			continue
		}
		at := chart.Place{Step: float64(m.Step), Seconds: s.seconds / float64(s.n)}
		points = append(points, chart.Point{Place: at, Y: s.y, Spread: math.Sqrt(s.squares / max(1, float64(s.n-1)))})
	}
	return points
}

// Seeds are the mean curves on training and on test images of runs which differ by their seeds.
func Seeds(runs []*run.View, train, test Quantity) []chart.Series {
	return []chart.Series{
		{Name: "train", Look: chart.Train, Points: Mean(runs, train)},
		{Name: "test", Look: chart.Test, Points: Mean(runs, test)},
	}
}
