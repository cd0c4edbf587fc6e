package curves

import (
	"math"
	"reflect"
	"testing"

	"unpool/app/ui/chart"
	"unpool/core/run"
)

func TestMean(t *testing.T) {
	runs := []*run.View{
		{Metrics: []run.Evaluation{evaluation(0, 0.1), evaluation(50, 0.8), evaluation(75, 0.5), evaluation(100, 0.9)}},
		{Metrics: []run.Evaluation{evaluation(0, 0.1), evaluation(50, 0.6), evaluation(100, 0.9)}},
	}
	got := Mean(runs, TestAccuracy)
	for i := range got { // but for rounding
		got[i].Y, got[i].Spread = math.Round(1e9*got[i].Y)/1e9, math.Round(1e9*got[i].Spread)/1e9
	}
	point := func(step, y, spread float64) chart.Point {
		return chart.Point{Place: chart.Place{Step: step}, Y: y, Spread: spread}
	}
	want := []chart.Point{point(0, 0.1, 0), point(50, 0.7, 0.141421356), point(100, 0.9, 0)}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the mean is %+v, want %+v", got, want)
	}
	if one := Mean(runs[:1], TestLoss); len(one) != 4 || one[1].Spread != 0 {
		t.Errorf("of one run the mean is %+v", one)
	}
}
