// Package curves says what the charts of a run show: its evaluations, and beside them the course report's. It knows runs
// and charts (app/ui/chart), and no page.
package curves

import (
	"math"
	"strings"

	"unpool/app/ui/chart"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/models"
)

// place is where an evaluation lies on the axes.
func place(m run.Evaluation) chart.Place {
	return chart.Place{Step: float64(m.Step), Seconds: m.Seconds, Time: m.Time}
}

// breaks are where a run was resumed with another backend or machine.
func breaks(v *run.View) (list []chart.Break) {
	for _, m := range v.Moves {
		b := chart.Break{Place: chart.Place{Step: float64(m.Step), Seconds: math.NaN()}, Name: "resumed with " + m.To.String()}
		for _, e := range v.Metrics {
			if e.Step <= m.Step {
				b.Place = chart.Place{Step: b.Step, Seconds: e.Seconds, Time: e.Time} // the latest that is known
			}
		}
		list = append(list, b)
	}
	return list
}

// Accuracy is the accuracy chart of a net's run, with the net's baseline. last is the last step that the X axis can show.
func Accuracy(e models.Entry, v *run.View, last float64) chart.Spec {
	return new(Kept).Accuracy(e, v, last)
}

// Loss is the loss chart of a run.
func Loss(e models.Entry, v *run.View, last float64) chart.Spec { return new(Kept).Loss(e, v, last) }

// Images says of how many test images the accuracies of runs are, for an axis: ", of 10 000 test images". Where some are of a
// sample it says both; "" before the first.
func Images(views ...*run.View) string { return counted(views, testImages, " test images") }

// bothImages is Images for curves on training images, too.
func bothImages(v *run.View) string {
	views := []*run.View{v}
	train, test := counted(views, trainImages, ""), counted(views, testImages, "")
	if train == test {
		return counted(views, testImages, " images each")
	}
	return train + " training and" + strings.TrimPrefix(test, ", of") + " test images"
}

func trainImages(m run.Evaluation) int { return m.Train.N }
func testImages(m run.Evaluation) int  { return m.Test.N }

// counted is ", of" how many images evaluations are, and what kind of images; "" when there are no evaluations.
func counted(views []*run.View, images func(run.Evaluation) int, kind string) string {
	fewest, most := math.MaxInt, 0
	for _, v := range views {
		for _, m := range v.Metrics {
			fewest, most = min(fewest, images(m)), max(most, images(m))
		}
	}
	switch {
	case most == 0:
		return ""
	case fewest == most:
		return ", of " + number.Int(most) + kind
	}
	return ", of " + number.Int(fewest) + " to " + number.Int(most) + kind
}
