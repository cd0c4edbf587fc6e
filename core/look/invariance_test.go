package look

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"unpool/core/data"
	"unpool/core/warp"
)

// The image has one bright pixel, so wherever that goes, what a convolution of 1 by 1 gives is the square root of 2 norms away. What a net makes of
// the mean over all places does not change; a dense layer changes as its weights for the places do.
func TestInvariance(t *testing.T) {
	const row, column = 12, 9
	root := float32(math.Sqrt2)
	place := func(down int) int { return (row+down)*28 + column }
	for name, c := range map[string]struct {
		net     string
		beside  float32 // the weight of the places above and below the pixel's, whose is 1
		last    float32 // by how much the last layer changes when the image is shifted by one pixel
		verdict Verdict
		says    string
	}{
		"the mean over all places":        {"conv 1x1x2 nobias, mean, dense 3", 0, 0, Less, "as Zeiler and Fergus found"},
		"a place that weighs less":        {"conv 1x1x1 nobias, dense 1", 0.5, 0.5, Less, "as Zeiler and Fergus found"},
		"a place that weighs more":        {"conv 1x1x1 nobias, dense 1", 10, 9, More, "Zeiler and Fergus found the opposite"},
		"a place that weighs that square": {"conv 1x1x1 nobias, dense 1", 1 + root, root, Alike, "about as large at the first layer as at the last"},
	} {
		for on, b := range backends(t) {
			t.Run(name+"/"+on, func(t *testing.T) {
				first, _ := smallOn(t, b, c.net, 1)
				weights, set := weightsOf(t, first.Recipe)
				if c.beside != 0 {
					dense := make([]float32, 784)
					dense[place(0)], dense[place(1)], dense[place(-1)] = 1, c.beside, c.beside
					set("/conv1/weights", 2)
					set("/fc1/weights", dense...)
					set("/fc1/bias", 0)
				}
				n, err := first.With(weights)
				if err != nil {
					t.Fatal(err)
				}
				defer n.Close()
				image := make([]byte, 2*784)
				image[place(0)], image[784+place(0)] = 200, 90
				i, err := n.Invariance(t.Context(), image, warp.Shift, nil)
				if err != nil {
					t.Fatal(err)
				}
				if i.First != "conv1" || i.Last != "fc1" || !slices.Equal(i.Amounts, warp.Shift.Amounts(28)) || len(i.Probabilities) != 2*15*10 {
					t.Fatalf("%+v", i)
				}
				conv, dense := slices.Index(i.Layers, "conv1"), slices.Index(i.Layers, "fc1")
				near := func(what string, got, want float32) {
					t.Helper()
					if math.Abs(float64(got-want)) > 1e-4 {
						t.Errorf("%s is %g, want %g", what, got, want)
					}
				}
				for image := range 2 {
					for at, amount := range i.Amounts {
						want := root
						if amount == 0 {
							want = 0
						}
						near("the distance at the first layer", i.Of(conv, image)[at], want)
						if math.Abs(amount) == 1 {
							near("the distance at the last layer", i.Of(dense, image)[at], c.last)
						}
					}
				}
				near("the first layer's small change", float32(i.Small("conv1")), root)
				near("the last layer's small change", float32(i.Small("fc1")), c.last)
				if got := i.Verdict(); got != c.verdict || !strings.Contains(i.Says(), c.says) || !strings.Contains(i.Says(), "conv1 changes by 141.4") {
					t.Errorf("%s: %s", got, i.Says())
				}
			})
		}
	}
}

// The figures are those of the changed images, whatever the kind, and a net that gives nothing changes by nothing.
func TestInvarianceOfImages(t *testing.T) {
	n, d := small(t, "conv 3x3x4, relu, pool 2, conv 3x3x4, relu, mean", 3)
	image := d.Test.Images[784:1568]
	for _, kind := range warp.Kinds {
		calls := 0
		i, err := n.Invariance(t.Context(), image, kind, func(done, total int) {
			if calls++; total != len(kind.Amounts(28)) || done > total {
				t.Errorf("%d of %d", done, total)
			}
		})
		if err != nil || calls < 2 {
			t.Fatal(err, calls)
		}
		itself, _, err := n.Maps(image)
		if err != nil {
			t.Fatal(err)
		}
		for at, amount := range i.Amounts {
			layers, probabilities, err := n.Maps(kind.Apply(image, 28, 28, 1, amount))
			if err != nil {
				t.Fatal(err)
			}
			for l, layer := range layers {
				sum, norm := 0.0, 0.0
				for j, v := range layer.Values {
					sum += math.Pow(float64(v-itself[l].Values[j]), 2)
					norm += math.Pow(float64(itself[l].Values[j]), 2)
				}
				if got, want := float64(i.Of(l, 0)[at]), math.Sqrt(sum/norm); math.Abs(got-want) > 1e-3*want+1e-5 {
					t.Errorf("%s by %g: %s is %g away, want %g", kind, amount, layer.Layer, got, want)
				}
			}
			for class, p := range probabilities[0] {
				if math.Abs(float64(p-i.Probabilities[10*at+class])) > 1e-5 {
					t.Errorf("%s by %g: class %d has %g, want %g", kind, amount, class, i.Probabilities[10*at+class], p)
				}
			}
		}
	}
	dead, _ := small(t, "conv 3x3x2 nobias, relu", 1)
	if i, err := dead.Invariance(t.Context(), make([]byte, 784), warp.Rotation, nil); err != nil || slices.Max(i.Of(0, 0)) != 0 || i.Verdict() != Alike {
		t.Errorf("a black image: %v, %+v", err, i)
	}
}

func TestInvarianceRefused(t *testing.T) {
	n, d := small(t, "conv 3x3x2, relu", 1)
	if _, err := n.Invariance(t.Context(), d.Test.Images[:100], warp.Shift, nil); err == nil {
		t.Error("half an image is not refused")
	}
	if _, err := n.Invariance(t.Context(), d.Test.Images, "flip", nil); err == nil || !strings.Contains(err.Error(), `"flip"; there are [shift scale rotation]`) {
		t.Errorf("an unknown kind: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := n.Invariance(ctx, d.Test.Images, warp.Rotation, func(done, _ int) {
		if done > 0 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestEnds(t *testing.T) {
	for text, want := range map[string][2]string{
		"conv 3x3x2, relu, pool 2, conv 3x3x3, relu, dense 5, relu": {"conv1", "fc1"},
		"conv 3x3x2, relu, residual(conv 3x3x2, relu)":              {"conv1", "conv2"},
		"rnn 3":  {"rnn", "logits"},
		"logits": {"logits", "logits"},
	} {
		n, _ := small(t, text, 1)
		if first, last := n.Ends(); [2]string{first, last} != want {
			t.Errorf("%q: %s and %s, want %v", text, first, last, want)
		}
	}
}

func TestOthers(t *testing.T) {
	s := data.Split{Labels: []byte{3, 1, 3, 0, 1, 9, 2}}
	for _, c := range []struct {
		beside, most int
		want         []int
	}{{1, 3, []int{3, 6, 0}}, {-1, 2, []int{3, 1}}, {0, 9, []int{1, 6, 0, 5}}} {
		if got := Others(s, c.beside, c.most); !slices.Equal(got, c.want) {
			t.Errorf("beside class %d: %v, want %v", c.beside, got, c.want)
		}
	}
}
