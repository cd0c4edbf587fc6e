package finished

import (
	"errors"
	"fmt"
	"strings"

	"unpool/core/run"
)

// Run is one finished run, read from its events.
type Run struct {
	View        run.View
	First, Last *run.Weights    // the first layer's, at the beginning and at the end; nil if there are none
	Statistics  *run.Statistics // of a convolutional net; nil for others
}

// ReadRun reads a run's events, one a line.
func ReadRun(log string) (*Run, error) {
	r := &Run{}
	for line := range strings.Lines(log) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		e, err := run.Unmarshal([]byte(line))
		if err != nil {
			return nil, err
		}
		r.View.Apply(e)
		switch e := e.(type) {
		case *run.Weights:
			if r.First == nil {
				r.First = e
			}
			r.Last = e
		case *run.Statistics:
			r.Statistics = e
		}
	}
	if r.View.Start == nil || len(r.View.Metrics) == 0 {
		return nil, errors.New("the events have no beginning or no evaluation")
	}
	return r, nil
}

// Mean is a view of the runs' mean curves: at the steps at which every run was measured, with every loss and accuracy
// the mean over the runs. The runs are of one net and differ by their seeds.
func Mean(runs []*Run) run.View {
	mean := runs[0].View
	mean.Metrics = nil
	for _, m := range runs[0].View.Metrics {
		same := []run.Metric{}
		for _, r := range runs {
			for _, other := range r.View.Metrics {
				if other.Step == m.Step {
					same = append(same, other)
				}
			}
		}
		if len(same) == len(runs) {
			mean.Metrics = append(mean.Metrics, average(same))
		}
	}
	return mean
}

func average(all []run.Metric) run.Metric {
	m := run.Metric{Step: all[0].Step, Final: all[0].Final}
	share := 1 / float64(len(all))
	add := func(to *run.Measure, of run.Measure) {
		to.Loss += share * of.Loss
		to.Accuracy += share * of.Accuracy
		to.N = of.N
	}
	for _, one := range all {
		m.Seconds += share * one.Seconds
		add(&m.Train, one.Train)
		add(&m.Test, one.Test)
		if one.Validation != nil {
			if m.Validation == nil {
				m.Validation = &run.Measure{}
			}
			add(m.Validation, *one.Validation)
		}
	}
	return m
}

// Label names a run among those of its net.
func Label(seed uint64) string { return fmt.Sprintf("seed %d", seed) }
