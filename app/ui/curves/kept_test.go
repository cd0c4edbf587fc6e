package curves

import (
	"reflect"
	"strings"
	"testing"

	"unpool/core/run"
	"unpool/models"
)

func evaluation(step int, accuracy float64) run.Evaluation {
	m := run.Measure{Accuracy: accuracy, Loss: 1 - accuracy, N: 1000}
	return run.Evaluation{Metric: run.Metric{Step: step, Train: m, Test: m}}
}

// What is kept of a run is what would be rebuilt from it, whatever happens to the run.
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
		same("continued")
	}
	v.Metrics[4] = evaluation(4, 0.9)
	same("the last is measured again")
	v.Metrics = v.Metrics[:2]
	same("resumed before the end")
	v = &run.View{Metrics: []run.Evaluation{evaluation(0, 0.2), evaluation(1, 0.3), evaluation(2, 0.4)}}
	same("another run")
}

// An accuracy is never shown without the number of its images.
func TestImages(t *testing.T) {
	one := evaluation(0, 0.2) // of 1,000 images each
	final := evaluation(100, 0.9)
	final.Test.N, final.Train.N = 10_000, 5_000
	for _, c := range []struct {
		metrics        []run.Evaluation
		accuracy, test string
	}{
		{nil, "accuracy", ""},
		{[]run.Evaluation{one}, "accuracy, of 1 000 images each", ", of 1 000 test images"},
		{[]run.Evaluation{final}, "accuracy, of 5 000 training and 10 000 test images", ", of 10 000 test images"},
		{[]run.Evaluation{one, final}, "accuracy, of 1 000 to 5 000 training and 1 000 to 10 000 test images", ", of 1 000 to 10 000 test images"},
	} {
		v := &run.View{Metrics: c.metrics}
		if got := strings.ReplaceAll(Accuracy(models.Entry{}, v, 100).Y, "\u202f", " "); got != c.accuracy {
			t.Errorf("the values are %q, want %q", got, c.accuracy)
		}
		if got := strings.ReplaceAll(Images(v), "\u202f", " "); got != c.test {
			t.Errorf("the test images are %q, want %q", got, c.test)
		}
	}
}

// Nothing is recomputed while the page is redrawn.
func TestKeptIsKept(t *testing.T) {
	var k Kept
	v := &run.View{Metrics: []run.Evaluation{evaluation(0, 0.2)}}
	a, b := k.Loss(models.Entry{Title: "a net"}, v, 9), k.Loss(models.Entry{Title: "a net"}, v, 9)
	if &a.Series[0].Points[0] != &b.Series[0].Points[0] {
		t.Error("the points are rebuilt")
	}
}
