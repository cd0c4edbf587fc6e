package look

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"unpool/core/data"
)

// The derivatives of the loss are its differences, and where training ends they are zero.
func TestSoftmax(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const n, size, classes = 60, 5, 3
	var values []float32
	var labels []int
	for i := range n {
		labels = append(labels, i%classes)
		for j := range size {
			values = append(values, float32(random.NormFloat64()+float64(i%classes*j)/3))
		}
	}
	s, err := fit(values, size, labels, classes, func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	x := s.standard(values)
	least, gradient := s.loss(s.weights, x, labels)
	if magnitude(gradient) > flat {
		t.Errorf("in the end the gradient is %v", gradient)
	}
	w := slices.Clone(s.weights)
	for i := range w {
		w[i] += random.NormFloat64()
	}
	loss, gradient := s.loss(w, x, labels)
	if loss <= least {
		t.Errorf("elsewhere the loss is %g, in the end %g", loss, least)
	}
	for i := range w {
		const h = 1e-6
		at := w[i]
		w[i] = at + h
		more, _ := s.loss(w, x, labels)
		w[i] = at - h
		less, _ := s.loss(w, x, labels)
		w[i] = at
		if want := (more - less) / (2 * h); math.Abs(gradient[i]-want) > 1e-6 {
			t.Errorf("derivative %d is %g, by differences %g", i, gradient[i], want)
		}
	}
	// Two classes on a line, at -1 and 1: the weights are -w and w, where the ridge pulls as hard as the probability of the wrong class pushes.
	line, err := fit([]float32{-1, 1}, 1, []int{0, 1}, 2, func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if w := line.weights[1]; math.Abs(ridge*w-1/(1+math.Exp(2*w))) > 2*flat || math.Abs(line.weights[0]+w) > 1e-6 {
		t.Errorf("on a line the weights are %v", line.weights)
	}
}

// exclusive is a net whose first layer computes the sum of two pixels twice, once less 1, so that a ReLU makes "one or the other, not both" linear: the
// first less twice the second. Images have the class 1 where one of the pixels is white, and 0 where none or both are.
func exclusive(t *testing.T) (*Net, *data.Dataset) {
	t.Helper()
	first, d := small(t, "dense 2, relu", 40)
	c, set := weightsOf(t, first.Recipe)
	weights := make([]float32, 784*2)
	copy(weights, []float32{1, 1, 1, 1})
	set("/fc1/weights", weights...)
	set("/fc1/bias", 0, -1)
	n, err := first.With(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	clear(d.Test.Images)
	for i := range 40 {
		a, b := i%2, i/2%2
		d.Test.Images[i*784], d.Test.Images[i*784+1] = byte(255*a), byte(255*b)
		d.Test.Labels[i] = byte(a ^ b)
	}
	d.Train = d.Test
	return n, d
}

// A line cannot divide "one or the other, not both" in the image, nor after a linear layer, and can after the ReLU.
func TestProbes(t *testing.T) {
	n, d := exclusive(t)
	last := 0
	probes, err := n.Probes(t.Context(), d, data.All(d.Train), data.All(d.Test), func(done, total int) {
		if done < last || total != 80 {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if !n.FitsProbes(probes) || n.FitsProbes(probes[1:]) || last != 80 {
		t.Errorf("%+v; %d images are done", probes, last)
	}
	for i, want := range []struct {
		layer       string
		size        int
		least, most float64
	}{{"image", 784, 0, 0.75}, {"fc1", 2, 0, 0.75}, {"relu1", 2, 1, 1}} {
		if p := probes[i]; p.Layer != want.layer || p.Size != want.size || p.Test < want.least || p.Test > want.most || p.Train != p.Test {
			t.Errorf("%+v, want %+v", p, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := n.Probes(ctx, d, data.All(d.Train), data.All(d.Test), func(done, total int) {
		if done == total {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
