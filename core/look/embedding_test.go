package look

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"unpool/core/data"
)

// Features are a layer's outputs, and means over squares of them where they would be too many.
func TestFeatures(t *testing.T) {
	for name, b := range backends(t) {
		t.Run(name, func(t *testing.T) {
			n, d := smallOn(t, b, "conv 3x3x4, relu, pool 2, dense 9", 20)
			indices := []int32{3, 4, 19, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}
			all, err := n.Features(t.Context(), d.Test, indices, []string{Image, "relu1", "pool1", "fc1"}, 200, nil)
			if err != nil {
				t.Fatal(err)
			}
			layers, _, err := n.Maps(n.pick(d.Test, indices))
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []struct{ pool, size int }{{2, 196}, {4, 196}, {2, 196}, {1, 9}} {
				f := all[i]
				if f.Pool != want.pool || f.Size != want.size || len(f.Values) != want.size*len(indices) {
					t.Errorf("%s: %d numbers, means over %d: %d in all, want %+v", f.Layer, f.Size, f.Pool, len(f.Values), want)
					continue
				}
				at := slices.IndexFunc(layers, func(l Activations) bool { return l.Layer == f.Layer })
				if at < 0 {
					continue
				}
				l := layers[at]
				if want.pool == 1 {
					l.Dims = []int{1, 1, 9}
				}
				side, maps := l.Dims[1], l.Dims[2]
				for j, got := range f.Values {
					image, place, m := j/f.Size, j%f.Size/maps, j%maps
					left, mean := side/f.Pool, 0.0
					for y := range f.Pool {
						for x := range f.Pool {
							row, column := place/left*f.Pool+y, place%left*f.Pool+x
							mean += float64(l.Values[((image*side+row)*side+column)*maps+m]) / float64(f.Pool*f.Pool)
						}
					}
					if math.Abs(float64(got)-mean) > 1e-4*(1+math.Abs(mean)) {
						t.Fatalf("%s: number %d is %g, want %g", f.Layer, j, got, mean)
					}
				}
			}
		})
	}
	n, d := small(t, "conv 3x3x2, relu", 3)
	if _, err := n.Features(t.Context(), d.Test, []int32{0}, []string{"relu7"}, 10, nil); !errors.Is(err, ErrNoLayer) {
		t.Error(err)
	}
}

func TestPooled(t *testing.T) {
	for _, c := range []struct {
		dims             []int
		most, pool, size int
	}{
		{[]int{28, 28, 1}, 784, 1, 784},
		{[]int{28, 28, 8}, 1000, 4, 392},
		{[]int{13, 13, 64}, 1000, 13, 64}, // 13 is a prime
		{[]int{28, 20, 50}, 1, 4, 1750},   // nothing else divides both
		{[]int{28, 128}, 1024, 4, 896},    // steps of a sequence
		{[]int{3000}, 1024, 1, 3000},
	} {
		if pool, size := pooled(c.dims, c.most); pool != c.pool || size != c.size {
			t.Errorf("%v, at most %d: means over %d leave %d, want %d and %d", c.dims, c.most, pool, size, c.pool, c.size)
		}
	}
}

func TestLastFeatures(t *testing.T) {
	for text, want := range map[string]string{
		"conv 3x3x2, relu, dense 5, relu, dropout 0.5": "relu2",
		"rnn 3":  "rnn",
		"logits": "image",
	} {
		if n, _ := small(t, text, 1); n.LastFeatures() != want {
			t.Errorf("%q: %s, want %s", text, n.LastFeatures(), want)
		}
	}
}

// planar is a net whose two features are two pixels, and images of four classes that differ in these: the first varies twice as much as the second.
func planar(t *testing.T) (*Net, *data.Dataset) {
	t.Helper()
	first, d := small(t, "dense 2", 80)
	c, set := weightsOf(t, first.Recipe)
	weights := make([]float32, 784*2)
	weights[0], weights[784*2-1] = 1, 1
	set("/fc1/weights", weights...)
	set("/fc1/bias", 0)
	n, err := first.With(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	for i := range 80 {
		class := i % 4
		d.Test.Labels[i] = byte(class)
		d.Test.Images[i*784] = byte(class/2*200 + i/4)
		d.Test.Images[i*784+783] = byte(class%2*100 + 19 - i/4)
	}
	return n, d
}

// Of features in the plane the principal components are the features about their mean, and all neighbours of an image have its class.
func TestEmbedding(t *testing.T) {
	n, d := planar(t)
	indices := Drawn(d.Test, 1000)
	e, err := n.Embed(t.Context(), d.Test, indices, n.LastFeatures(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if e.Size != 2 || e.Pool != 1 || math.Abs(e.Shares[0]+e.Shares[1]-1) > 1e-6 || e.Shares[0] < 0.75 {
		t.Errorf("%d features, means over %d; the components explain %v", e.Size, e.Pool, e.Shares)
	}
	all, err := n.Classify(t.Context(), d.Test, indices, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range all {
		if e.Answers[i] != c.Answer || e.Classes[i] != c.Class || math.Abs(float64(e.Probabilities[i]-c.Probability)) > 1e-6 {
			t.Errorf("image %d: the net answers %d with %g, want %+v", i, e.Answers[i], e.Probabilities[i], c)
		}
		if e.Near[i] != 1 {
			t.Errorf("image %d: %g of its neighbours are of its class", i, e.Near[i])
		}
		for j := range i { // distances stay
			pixel := func(image, p int) float64 { return float64(d.Test.Images[image*784+p]) / 255 }
			want := math.Hypot(pixel(i, 0)-pixel(j, 0), pixel(i, 783)-pixel(j, 783))
			got := math.Hypot(float64(e.Components[2*i]-e.Components[2*j]), float64(e.Components[2*i+1]-e.Components[2*j+1]))
			if math.Abs(got-want) > 1e-4 {
				t.Fatalf("images %d and %d are %g apart, want %g", i, j, got, want)
			}
		}
	}
	if n.FitsEmbedding(e, e.Layer, d.Test, indices) {
		t.Error("what is not done fits")
	}
	if err := e.Begin(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for !e.Done() {
		e.Step()
	}
	if !n.FitsEmbedding(e, e.Layer, d.Test, indices) || n.FitsEmbedding(e, "logits", d.Test, indices) || n.FitsEmbedding(e, e.Layer, d.Test, indices[1:]) {
		t.Error("what fits and what does not is mistaken")
	}
	groups := e.Groups(10)
	for class, g := range groups {
		want := 0
		if class < 4 {
			want = 20
		}
		if g.Images != want || class < 4 && math.Abs(g.Near-1) > 1e-9 {
			t.Errorf("class %d: %+v", class, g)
		}
	}
	for i, class := range e.Classes { // each image is nearest to its own group
		far := func(class int) float64 {
			return math.Hypot(float64(e.Map[2*i])-groups[class].Map[0], float64(e.Map[2*i+1])-groups[class].Map[1])
		}
		for other := range 4 {
			if far(other) < far(class) {
				t.Errorf("image %d of class %d is nearer to the class %d", i, class, other)
			}
		}
	}
}

// What is cancelled ends, and a net that has diverged is refused.
func TestEmbeddingEnds(t *testing.T) {
	n, d := planar(t)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := n.Embed(ctx, d.Test, Drawn(d.Test, 20), "fc1", func(done, total int) {
		if done == total {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	c, set := weightsOf(t, n.Recipe)
	set("/fc1/weights", float32(math.Inf(1)))
	bad, err := n.With(c)
	if err != nil {
		t.Fatal(err)
	}
	defer bad.Close()
	if _, err := bad.Embed(t.Context(), d.Test, Drawn(d.Test, 20), "fc1", nil); err == nil || !strings.Contains(err.Error(), "diverged") {
		t.Errorf("infinite weights: %v", err)
	}
}

// Each class has its share, whatever the order of the images.
func TestDrawn(t *testing.T) {
	s := data.Split{Labels: []byte{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}}
	got := Drawn(s, 4)
	sum := 0
	for _, i := range got {
		sum += int(s.Labels[i])
	}
	if len(got) != 4 || sum != 2 || !slices.IsSorted(got) || !slices.Equal(got, Drawn(s, 4)) {
		t.Error(got)
	}
	if got := Drawn(s, 99); len(got) != 10 {
		t.Error(got)
	}
}
