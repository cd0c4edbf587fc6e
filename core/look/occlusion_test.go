package look

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"unpool/core/data"
)

// A cover's centres lie in the middle of the stretches that the image is divided into, and what reaches over the edge is cut off.
func TestCover(t *testing.T) {
	for _, c := range []struct {
		cover       Cover
		row, column int
		want        [4]int
	}{
		{Cover{Size: 1, Stride: 1}, 3, 5, [4]int{3, 5, 1, 1}},
		{Cover{Size: 3, Stride: 1}, 0, 9, [4]int{0, 8, 2, 2}},
		{Cover{Size: 4, Stride: 2}, 1, 2, [4]int{1, 3, 4, 4}},
		{Cover{Size: 5, Stride: 3}, 3, 0, [4]int{8, 0, 2, 4}},
		{Cover{Size: 3, Stride: 2, Rows: true}, 2, 0, [4]int{3, 0, 3, 10}},
	} {
		if got := c.cover.Hides(c.row, c.column, 10, 10); got != c.want {
			t.Errorf("%+v at row %d, column %d hides %v, want %v", c.cover, c.row, c.column, got, c.want)
		}
	}
}

// Of a linear net the answer is known: what a map's sum loses is what the covered pixels have added, and the logits likewise.
func TestOcclusion(t *testing.T) {
	for name, b := range backends(t) {
		t.Run(name, func(t *testing.T) {
			first, d := smallOn(t, b, "conv 1x1x2 nobias", 1)
			c, set := weightsOf(t, first.Recipe)
			set("/conv1/weights", 1, 3)
			set("/logits/weights", 0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0) // the first class counts both maps
			set("/logits/bias", 0)
			n, err := first.With(c)
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close()
			image := d.Test.Images
			bright := func(skip [4]int, instead byte) (sum float64) {
				for i, v := range image {
					if y, x := i/28-skip[0], i%28-skip[1]; y >= 0 && y < skip[2] && x >= 0 && x < skip[3] {
						v = instead
					}
					sum += float64(v) / 255
				}
				return sum
			}
			near := func(what string, got float32, want float64) {
				t.Helper()
				if math.Abs(float64(got)-want) > 1e-4*math.Abs(want) {
					t.Errorf("%s is %g, want %g", what, got, want)
				}
			}
			chance := func(sum float64) float64 { return math.Exp(0.04*sum) / (math.Exp(0.04*sum) + 9) }
			for _, cover := range []Cover{{Size: 7, Stride: 3, Colour: []byte{90}}, {Size: 3, Stride: 1, Rows: true, Colour: []byte{0}}} {
				o, err := n.Occlusion(t.Context(), image, cover, "conv1", nil)
				if err != nil {
					t.Fatal(err)
				}
				if rows, columns := 10, 10; !cover.Rows && (o.Rows != rows || o.Columns != columns) || cover.Rows && (o.Rows != 28 || o.Columns != 1) || len(o.Sums) != o.Rows*o.Columns {
					t.Fatalf("%d rows and %d columns, %d places", o.Rows, o.Columns, len(o.Sums))
				}
				near("the sum of the whole", o.WholeSums[0], bright([4]int{}, 0))
				near("the chance of the whole", o.WholeProbabilities[0], chance(bright([4]int{}, 0)))
				for i := range o.Sums {
					sum := bright(cover.Hides(i/o.Columns, i%o.Columns, 28, 28), cover.Colour[0])
					near("a sum", o.Sums[i][0], sum)
					near("three times a sum", o.Sums[i][1], 3*sum)
					near("a chance", o.Probabilities[i][0], chance(sum))
				}
				if o.Strongest() != 1 {
					t.Errorf("map %d is the strongest", o.Strongest())
				}
			}
		})
	}
}

// What cannot be covered is refused, and what is cancelled ends.
func TestOcclusionRefused(t *testing.T) {
	n, d := small(t, "conv 3x3x2, relu", 1)
	good := Cover{Size: 3, Stride: 2, Colour: []byte{0}}
	for what, c := range map[string]struct {
		image []byte
		cover Cover
		layer string
	}{
		"no such layer":   {d.Test.Images, good, "relu7"},
		"half an image":   {d.Test.Images[:100], good, "relu1"},
		"no size":         {d.Test.Images, Cover{Stride: 1, Colour: []byte{0}}, "relu1"},
		"no stride":       {d.Test.Images, Cover{Size: 1, Colour: []byte{0}}, "relu1"},
		"too large":       {d.Test.Images, Cover{Size: 29, Stride: 1, Colour: []byte{0}}, "relu1"},
		"a coloured gray": {d.Test.Images, Cover{Size: 1, Stride: 1, Colour: []byte{0, 0, 0}}, "relu1"},
	} {
		if _, err := n.Occlusion(t.Context(), c.image, c.cover, c.layer, nil); err == nil {
			t.Errorf("%s is not refused", what)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := n.Occlusion(ctx, d.Test.Images, good, "relu1", func(done, total int) {
		if done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestMean(t *testing.T) {
	if got := Mean(data.Split{Images: []byte{1, 20, 4, 40, 5, 61, 7, 80}, Labels: make([]byte, 2)}, 2); !slices.Equal(got, []byte{4, 50}) {
		t.Error(got)
	}
}

// Unless another layer is chosen, the last ReLU with maps is looked at, or what comes nearest to one.
func TestLastMaps(t *testing.T) {
	for text, want := range map[string]string{
		"conv 3x3x2, relu, pool 2, conv 3x3x3, relu, pool 2, dense 5, relu": "relu2",
		"conv 3x3x2, tanh, pool 2, dense 5, relu":                           "pool1",
		"dense 5, relu": "relu1",
		"rnn 3":         "rnn",
		"logits":        "logits",
	} {
		if n, _ := small(t, text, 1); n.LastMaps() != want {
			t.Errorf("%q: %s, want %s", text, n.LastMaps(), want)
		}
	}
}
