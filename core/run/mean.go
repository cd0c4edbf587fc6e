package run

// Mean is a view of the mean curves of runs, which are of one recipe but for their seeds: at the steps at which every run was
// measured, with every loss and accuracy the mean over the runs. All else is the first run's.
func Mean(runs []*View) *View {
	mean := *runs[0]
	mean.Metrics = nil
	for _, m := range runs[0].Metrics {
		var same []Evaluation
		for _, r := range runs {
			for _, other := range r.Metrics {
				if other.Step == m.Step {
					same = append(same, other)
				}
			}
		}
		if len(same) == len(runs) {
			mean.Metrics = append(mean.Metrics, Evaluation{average(same), m.Time})
		}
	}
	return &mean
}

func average(all []Evaluation) Metric {
	m := Metric{Step: all[0].Step, Final: all[0].Final}
	share := 1 / float64(len(all))
	add := func(to *Measure, of Measure) {
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
				m.Validation = &Measure{}
			}
			add(m.Validation, *one.Validation)
		}
	}
	return m
}
