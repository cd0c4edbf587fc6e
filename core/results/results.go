// Package results compares finished runs of the catalog's nets, our results, with the baselines (models.Baseline).
// The command that makes the runs writes them, and the page shows them.
//
// It imports the standard library, core/run, core/recipe, models and models/net only. It knows nothing of files or
// of how nets are trained.
package results

import (
	"errors"
	"fmt"
	"math"

	"unpool/core/run"
	"unpool/models"
)

// Mark is the accuracy at which the nets on MNIST are compared: the baseline of the plain RNN.
const Mark = 0.9727

// near is the accuracy at which nets of fewer units are compared with larger ones.
const near = 0.97

// tolerance is how far a run may stay below the baseline and still reproduce it.
const tolerance = 0.01

// Point is an accuracy on all test images after so many steps, from 0 to 1.
type Point struct {
	Step     int     `json:"step"`
	Accuracy float64 `json:"accuracy"`
}

// Run is one finished run of a net.
type Run struct {
	Seed    uint64  `json:"seed"`
	Then    Point   `json:"then"` // at the step of the baseline, or the last
	Best    Point   `json:"best"` // the first of the best
	Last    Point   `json:"last"`
	Train   float64 `json:"train"`   // accuracy on a sample of the training images, at the end
	Mark    int     `json:"mark"`    // the first evaluation that passes Mark; 0 if none does
	Near    int     `json:"near"`    // likewise for 97 %
	Seconds float64 `json:"seconds"` // on the machine that it ran on
	Tier    string  `json:"tier"`    // which instructions and how many threads
	SHA256  string  `json:"sha256"`  // of the final weights
	File    string  `json:"file"`    // its events

	// Statistics are of the convolutional layers at the end; nil for other nets.
	Statistics *run.Statistics `json:"statistics,omitempty"`
}

// Row is one line of the table: a net of the catalog, and its finished runs in order of their seeds.
type Row struct {
	Name string `json:"name"`
	Runs []Run  `json:"runs"`
}

// Summary reads a run from its events.
func Summary(e models.Entry, events []run.Event) (Run, error) {
	var r Run
	then := math.MaxInt
	if e.Baseline != nil && e.Baseline.AtStep > 0 {
		then = e.Baseline.AtStep
	}
	measured, ended := false, false
	for _, ev := range events {
		switch ev := ev.(type) {
		case *run.Start:
			r.Seed, r.Tier = ev.Recipe.Seed, ev.Tier
		case *run.Metric:
			p := Point{ev.Step, ev.Test.Accuracy}
			if !measured || p.Accuracy > r.Best.Accuracy {
				r.Best = p
			}
			if p.Step <= then {
				r.Then = p
			}
			if r.Mark == 0 && p.Accuracy > Mark {
				r.Mark = p.Step
			}
			if r.Near == 0 && p.Accuracy >= near {
				r.Near = p.Step
			}
			r.Last, r.Train, measured = p, ev.Train.Accuracy, true
		case *run.Statistics:
			r.Statistics = ev
		case *run.End:
			if ev.Status != run.Done {
				return Run{}, fmt.Errorf("results: the run of %s is not finished: %s after %d steps", e.Name, ev.Status, ev.Steps)
			}
			r.Seconds, r.SHA256, ended = ev.Seconds, ev.WeightsSHA256, true
		}
	}
	if !measured || !ended {
		return Run{}, errors.New("results: the run of " + e.Name + " is not finished")
	}
	return r, nil
}

// Compact are the events that are worth keeping of a finished run: all of the curves, the first layer's weights at the
// beginning and at the end, and what was measured of the net afterwards.
func Compact(events []run.Event) (kept []run.Event) {
	last := -1
	for i, e := range events {
		if _, ok := e.(*run.Weights); ok {
			last = i
		}
	}
	first := true
	for i, e := range events {
		switch e.(type) {
		case *run.State, *run.Progress:
		case *run.Weights:
			if first || i == last {
				kept = append(kept, e)
			}
			first = false
		default:
			kept = append(kept, e)
		}
	}
	return kept
}

// Figure is what is compared with the baseline: the accuracy at the baseline's step, or where it names none, the best of
// all evaluations. Of a net without a baseline it is the last: no test image may choose when to look.
func (r Run) Figure(e models.Entry) float64 {
	switch {
	case e.Baseline == nil:
		return r.Last.Accuracy
	case e.Baseline.AtStep > 0:
		return r.Then.Accuracy
	}
	return r.Best.Accuracy
}

// Figure is the mean of the runs' figures, and their standard deviation, which is 0 for one run.
func (r Row) Figure(e models.Entry) (mean, deviation float64) {
	for _, run := range r.Runs {
		mean += run.Figure(e) / float64(len(r.Runs))
	}
	if len(r.Runs) < 2 {
		return mean, 0
	}
	for _, run := range r.Runs {
		d := run.Figure(e) - mean
		deviation += d * d / float64(len(r.Runs)-1)
	}
	return mean, math.Sqrt(deviation)
}

// Baseline is the figure to compare with: where the course report most likely swapped training and test, the one that it
// calls training accuracy.
func Baseline(e models.Entry) float64 {
	if e.Baseline.Swapped {
		return e.Baseline.TrainAccuracy
	}
	return e.Baseline.TestAccuracy
}

// Reproduced reports whether the runs come up to the baseline, or stay at most a point below it.
func (r Row) Reproduced(e models.Entry) bool {
	mean, _ := r.Figure(e)
	return mean >= Baseline(e)-tolerance
}
