// Package results compares finished runs of the catalog's nets, our results, with the baselines (models.Baseline).
// The command that makes the runs writes them, and the page shows them.
//
// It imports the standard library, core/run, core/recipe, models and models/net only. It knows nothing of files or
// of how nets are trained.
package results

import (
	"fmt"
	"math"
	"slices"

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
	// Steps are those of which weights lie beside the events, in the folder of File's name without its extension.
	Steps []int `json:"steps,omitempty"`

	// Statistics are of the convolutional layers at the end; nil for other nets.
	Statistics *run.Statistics `json:"statistics,omitempty"`
}

// Row is one line of the table: a net of the catalog, and its finished runs in order of their seeds.
type Row struct {
	Name string `json:"name"`
	Runs []Run  `json:"runs"`
}

// Of returns the outcome of a finished run of a net.
func Of(e models.Entry, v *run.View) (Run, error) {
	if v.Phase != run.Done || len(v.Metrics) == 0 {
		return Run{}, fmt.Errorf("results: the run of %s is not finished: %s after %d steps", e.Name, v.Phase, v.Step)
	}
	s := v.Summary()
	r := Run{Seed: s.Recipe.Seed, Tier: s.Where.Tier, Seconds: s.Seconds, SHA256: s.SHA256, Train: s.Latest.Train.Accuracy,
		Statistics: v.Statistics}
	then := math.MaxInt
	if e.Baseline != nil && e.Baseline.AtStep > 0 {
		then = e.Baseline.AtStep
	}
	for i, m := range v.Metrics {
		p := Point{m.Step, m.Test.Accuracy}
		if i == 0 || p.Accuracy > r.Best.Accuracy {
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
		r.Last = p
	}
	for _, s := range v.Snapshots {
		r.Steps = append(r.Steps, s.Step)
	}
	return r, nil
}

// Compact is what is worth keeping of a finished run's log: all of the curves, the first layer's weights at the beginning and at the
// end, those of the snapshots that are kept with it, and before its end what was measured of the net afterwards, if anything was. It
// is renumbered.
func Compact(log []run.Record, snapshots []run.Snapshot, statistics *run.Statistics) (kept []run.Record) {
	log = run.Holding(log)
	last := -1
	for i, r := range log {
		if _, ok := r.Event.(*run.Weights); ok {
			last = i
		}
	}
	keep := func(r run.Record) {
		r.Seq = uint64(len(kept)) + 1
		kept = append(kept, r)
	}
	first := true
	for i, r := range log {
		switch e := r.Event.(type) {
		case *run.Start:
			begun := *e
			begun.After, begun.Step = 0, 0 // it reads like that of an uninterrupted run
			r.Event = &begun
		case *run.Weights:
			if !first && i != last {
				continue
			}
			first = false
		case *run.Snapshot:
			if !slices.Contains(snapshots, *e) {
				continue
			}
		case *run.End:
			if statistics != nil {
				keep(run.Record{Time: r.Time, Event: statistics})
			}
		}
		keep(r)
	}
	return kept
}

// Published bounds what is published of a run's weights.
const (
	Published      = 8         // snapshots
	PublishedBytes = 700 << 10 // of them together
)

// Snapshots are those of a run that are published: the last, and the first and others between where there is room.
func Snapshots(all []run.Snapshot) []run.Snapshot {
	all = slices.Clone(all)
	for {
		i := run.Spare(all, Published, PublishedBytes)
		if i == 0 {
			break
		}
		all = slices.Delete(all, i, i+1)
	}
	if len(all) == 2 && all[0].Bytes+all[1].Bytes > PublishedBytes {
		all = all[1:]
	}
	return all
}

// Figure is what is compared with the baseline: the accuracy at the baseline's step, or where it names none, the best of
// all evaluations. Of a net without a baseline it is the last: test images may not choose the step.
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

// Reproduced reports whether the runs reach the baseline, or stay at most a point below it.
func (r Row) Reproduced(e models.Entry) bool {
	mean, _ := r.Figure(e)
	return mean >= Baseline(e)-tolerance
}
