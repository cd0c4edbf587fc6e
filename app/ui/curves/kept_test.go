package curves

import (
	"reflect"
	"testing"

	"unpool/core/run"
	"unpool/models"
)

func evaluation(step int, accuracy float64) run.Evaluation {
	m := run.Measure{Accuracy: accuracy, Loss: 1 - accuracy, N: 1000}
	return run.Evaluation{Metric: run.Metric{Step: step, Train: m, Test: m}}
}

// What is kept of a run is what would be made of it anew, whatever happens to the run.
func TestKept(t *testing.T) {
	var k Kept
	net := models.Entry{Title: "a net"}
	v := &run.View{}
	same := func(when string) {
		t.Helper()
		if got, want := k.Accuracy(net, v, 100), Accuracy(net, v, 100); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", when, got.Series, want.Series)
		}
		if got, want := k.Loss(net, v, 100), Loss(net, v, 100); !reflect.DeepEqual(got, want) {
			t.Errorf("%s, the loss: %+v, want %+v", when, got.Series, want.Series)
		}
	}
	same("before the first")
	for step := range 5 {
		v.Metrics = append(v.Metrics, evaluation(step, 0.1*float64(step)))
		same("going on")
	}
	v.Metrics[4] = evaluation(4, 0.9)
	same("the last is measured again")
	v.Metrics = v.Metrics[:2]
	same("resumed before the end")
	v = &run.View{Metrics: []run.Evaluation{evaluation(0, 0.2), evaluation(1, 0.3), evaluation(2, 0.4)}}
	same("another run")
	if title := k.Accuracy(net, v, 100).Y; title != "accuracy, of 1\u202f000 test images" {
		t.Errorf("the values are %q", title)
	}
}

// Nothing is worked out again while the page is redrawn.
func TestKeptIsKept(t *testing.T) {
	var k Kept
	v := &run.View{Metrics: []run.Evaluation{evaluation(0, 0.2)}}
	a, b := k.Loss(models.Entry{Title: "a net"}, v, 9), k.Loss(models.Entry{Title: "a net"}, v, 9)
	if &a.Series[0].Points[0] != &b.Series[0].Points[0] {
		t.Error("the points are made anew")
	}
}
