package cost_test

import (
	"math"
	"testing"

	"unpool/models"
	"unpool/models/cost"
)

// times are milliseconds a step in Chromium, the shortest of 25, with the speed that was measured beside them; and after
// them those of README.md, medians of quiet minutes.
var times = []struct {
	net            string
	batch, threads int
	gflops, ms     float64
}{
	{"mnist-rnn-128", 16, 1, 52.2, 2.885},
	{"mnist-rnn-64", 16, 1, 51.9, 1.615},
	{"mnist-rnn-32", 16, 1, 51.5, 1.000},
	{"mnist-lstm-128", 16, 1, 51.9, 11.805},
	{"mnist-lstm-64", 16, 1, 52.2, 3.885},
	{"mnist-lstm-32", 16, 1, 51.5, 2.350},
	{"mnist-gru-128", 16, 1, 51.6, 8.495},
	{"mnist-gru-64", 16, 1, 51.9, 2.330},
	{"mnist-gru-32", 16, 1, 51.9, 2.045},
	{"mnist-lstm-2x64", 16, 1, 51.9, 6.275},
	{"mnist-cnn", 16, 1, 51.9, 59.845},
	{"cifar-bn", 16, 1, 51.9, 19.160},
	{"mnist-vgg", 16, 1, 52.2, 55.340},
	{"cifar10-vgg", 16, 1, 51.9, 72.540},
	{"cifar10-resnet", 16, 1, 51.9, 116.655},
	{"cifar10-rgb-resnet", 16, 1, 52.2, 334.265},
	{"mnist-rnn-128", 64, 1, 51.2, 8.700},
	{"mnist-rnn-64", 64, 1, 52.2, 2.815},
	{"mnist-rnn-32", 64, 1, 51.9, 2.160},
	{"mnist-lstm-128", 64, 1, 52.3, 35.710},
	{"mnist-lstm-64", 64, 1, 51.6, 13.585},
	{"mnist-lstm-32", 64, 1, 51.9, 6.560},
	{"mnist-gru-128", 64, 1, 52.2, 22.570},
	{"mnist-gru-64", 64, 1, 51.9, 7.865},
	{"mnist-gru-32", 64, 1, 52.2, 3.745},
	{"mnist-lstm-2x64", 64, 1, 51.9, 24.415},
	{"mnist-cnn", 128, 1, 59.4, 215.6}, {"mnist-cnn", 128, 2, 118.8, 113.8},
	{"cifar-bn", 128, 1, 59.4, 106.8}, {"cifar-bn", 128, 2, 118.8, 61.7},
	{"mnist-rnn-128", 128, 1, 59.4, 10.4}, {"mnist-rnn-128", 128, 2, 118.8, 7.2},
	{"mnist-lstm-128", 128, 1, 59.4, 45.7}, {"mnist-lstm-128", 128, 2, 118.8, 30.7},
	{"mnist-gru-128", 128, 1, 59.4, 33.4}, {"mnist-gru-128", 128, 2, 118.8, 23.1},
}

// The estimate is within a third of what was measured, on a machine that did other work too, and for five in six within a quarter.
func TestStep(t *testing.T) {
	far := 0
	for _, c := range times {
		e, err := models.Find(c.net)
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.Recipe.Plan()
		if err != nil {
			t.Fatal(err)
		}
		got := cost.Step(p, c.batch, false, cost.Speed{Flops: c.gflops * 1e9, Threads: c.threads})
		off := got/c.ms - 1
		t.Logf("%-18s batch %3d, %d threads: %6.1f ms, measured %6.1f, %+3.0f %%", c.net, c.batch, c.threads, got, c.ms, 100*off)
		if math.Abs(off) > 0.25 {
			far++
		}
		if math.Abs(off) > 1./3 {
			t.Errorf("%s, batch %d, %d threads: %.1f ms expected, %.1f measured", c.net, c.batch, c.threads, got, c.ms)
		}
	}
	if far > len(times)/6 {
		t.Errorf("%d of %d estimates are more than a quarter off", far, len(times))
	}
}
