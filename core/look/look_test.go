package look

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/data"
	"unpool/core/recipe"
)

// small is a net of random weights, on n random images.
func small(t *testing.T, text string, n int) (*Net, *data.Dataset) {
	t.Helper()
	return smallOn(t, backends(t)["fast"], text, n)
}

func smallOn(t *testing.T, b compute.Backend, text string, n int) (*Net, *data.Dataset) {
	t.Helper()
	r := recipe.Recipe{
		Version: recipe.Version, Net: text, Dataset: recipe.MNIST, Optimizer: recipe.Adam, LearningRate: 0.001,
		Batch: 1, Steps: 1, EvalEvery: 1, Eval: recipe.EvalSample, Seed: 1,
	}
	d := black(n)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range d.Test.Images {
		d.Test.Images[i] = byte(random.IntN(256))
	}
	net, err := Untrained(b, r, d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(net.Close)
	return net, d
}

// The strongest are those that one finds by looking at everything.
func TestStrongest(t *testing.T) {
	for _, c := range []struct{ net, layer string }{
		{"conv 3x3x5, relu, pool 2, conv 3x3x6 stride 2, relu", "relu2"},
		{"conv 5x5x3 stride 4", "conv1"},
		{"dense 7, tanh", "tanh1"},
		{"rnn 5 sequence, rnn 3", "rnn"},
	} {
		t.Run(c.layer, func(t *testing.T) {
			n, d := small(t, c.net, 300)
			indices := []int32{}
			for i := range 290 {
				indices = append(indices, int32((7*i)%300)) // in an order of their own, and not all
			}
			d.Test.Images = append(d.Test.Images[:784*20], append(slices.Clone(d.Test.Images[:784]), d.Test.Images[784*21:]...)...) // 20 is 0 again
			calls := 0
			got, err := n.Strongest(t.Context(), c.layer, d.Test, indices, 9, func(done, total int) {
				if calls++; total != 290 || done > total {
					t.Errorf("%d of %d", done, total)
				}
			})
			if err != nil || calls != 20 { // before each of 19 batches, and at the end
				t.Fatalf("%v, progress %d times", err, calls)
			}
			layers, _, err := n.Maps(n.pick(d.Test, indices))
			if err != nil {
				t.Fatal(err)
			}
			l := layers[slices.IndexFunc(layers, func(l Activations) bool { return l.Layer == c.layer })]
			maps := l.Dims[len(l.Dims)-1]
			size := len(l.Values) / len(indices)
			columns := 1
			if len(l.Dims) == 3 {
				columns = l.Dims[1]
			}
			for m := range maps {
				var all []Strong
				for i, image := range indices {
					one := Strong{Image: image, Unit: Unit{Layer: c.layer, Map: m}, Value: l.Values[i*size+m]}
					for j := m; j < size; j += maps {
						if v := l.Values[i*size+j]; v > one.Value {
							one.Value, one.Unit.Row, one.Unit.Column = v, j/maps/columns, j/maps%columns
						}
					}
					all = append(all, one)
				}
				slices.SortStableFunc(all, func(a, b Strong) int { return cmp.Compare(b.Value, a.Value) })
				if !slices.Equal(got[m], all[:9]) {
					t.Errorf("map %d:\n%v, want\n%v", m, got[m], all[:9])
				}
			}
		})
	}
}

func TestStops(t *testing.T) {
	n, d := small(t, "conv 3x3x2, relu", 10)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := n.Strongest(ctx, "relu1", d.Test, data.All(d.Test), 9, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWrong(t *testing.T) {
	n, d := small(t, "conv 3x3x2, tanh, dense 3", 1)
	image := d.Test.Images
	unit := Unit{Layer: "conv1", Row: 27, Column: 27, Map: 1}
	for name, c := range map[string]struct {
		do   func() error
		says string
	}{
		"half an image": {func() error { _, _, err := n.Maps(image[:400]); return err }, "400 bytes are not images of 28x28"},
		"no image":      {func() error { _, err := n.Project(Saliency, nil, nil); return err }, "0 bytes"},
		"one unit for two images": {func() error {
			_, err := n.Project(Saliency, append(slices.Clone(image), image...), []Unit{unit})
			return err
		},
			"2 images and 1 units"},
		"no such layer":  {func() error { _, err := n.Project(Saliency, image, []Unit{{Layer: "conv2"}}); return err }, `"conv2"; it has conv1, tanh1, fc1, logits`},
		"no such row":    {func() error { _, err := n.Project(Saliency, image, []Unit{{Layer: "conv1", Row: 28}}); return err }, "28x28x2, and has no row 28"},
		"no such map":    {func() error { _, err := n.Patch(Unit{Layer: "fc1", Map: -1}); return err }, "no row 0, column 0, map -1"},
		"no such method": {func() error { _, err := n.Project("dream", image, []Unit{unit}); return err }, `no method is called "dream"`},
		"no ReLU":        {func() error { _, err := n.Project(Deconv, image, []Unit{unit}); return err }, "the net has no ReLU"},
		"no such image":  {func() error { _, err := n.Strongest(t.Context(), "conv1", d.Test, []int32{1}, 9, nil); return err }, "no image 1 among 1"},
		"other images": {func() error {
			other := black(1)
			other.Channels = 3
			_, err := Untrained(backends(t)["fast"], n.Recipe, other)
			return err
		}, "28x28 with 3"},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
	if _, err := n.Project(Saliency, image, []Unit{unit}); err != nil {
		t.Error(err)
	}
}
