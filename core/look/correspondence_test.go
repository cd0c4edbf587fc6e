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

// The net has two features of two pixels. What happens to them when one pixel of each image is covered is known.
func TestCorrespondence(t *testing.T) {
	const a, b = 3*28 + 4, 20*28 + 9
	at := func(pixel int) [4]int { return [4]int{pixel / 28, pixel % 28, 1, 1} }
	for name, c := range map[string]struct {
		a, b   [2]float32 // the weights of the two pixels
		second int        // the pixel that is marked in the second image; a in the first
		relu   float32    // how much the signs differ after the ReLU
		want   float32
	}{
		"the same pixel":                 {[2]float32{1, -2}, [2]float32{1, 1}, a, 0, 0},
		"pixels that do the same":        {[2]float32{1, -2}, [2]float32{3, -1}, b, 0, 0},
		"pixels that do half the same":   {[2]float32{1, 1}, [2]float32{2, -1}, b, 0.5, 0.5},
		"pixels that do the opposite":    {[2]float32{1, 1}, [2]float32{-1, -2}, b, 1, 1},
		"a pixel that does nothing once": {[2]float32{1, 1}, [2]float32{0, 2}, b, 0.5, 0.5},
	} {
		for on, backend := range backends(t) {
			t.Run(name+"/"+on, func(t *testing.T) {
				first, _ := smallOn(t, backend, "dense 2, relu", 1)
				weights, set := weightsOf(t, first.Recipe)
				dense := make([]float32, 2*784)
				copy(dense[2*a:], c.a[:])
				copy(dense[2*b:], c.b[:])
				set("/fc1/weights", dense...)
				set("/fc1/bias", 9) // so that the ReLU lets all through
				n, err := first.With(weights)
				if err != nil {
					t.Fatal(err)
				}
				defer n.Close()
				images := make([]byte, 2*784)
				for _, pixel := range []int{a, b, 784 + a, 784 + b} {
					images[pixel] = 200
				}
				got, err := n.Correspondence(t.Context(), images, [][4]int{at(a), at(c.second)}, []byte{0}, nil)
				if err != nil {
					t.Fatal(err)
				}
				pixels := float32(2) / 784 // of the image itself, two change in one image only
				if c.second == a {
					pixels = 0
				}
				for layer, want := range map[string]float32{Image: pixels, "fc1": c.want, "relu1": c.relu} {
					if share := got.Marked(slices.Index(got.Layers, layer)); math.Abs(share-float64(want)) > 1e-6 {
						t.Errorf("%s: the signs differ for a share of %g, want %g", layer, share, want)
					}
				}
			})
		}
	}
}

// In one image that is there several times, parts at the same place change all features alike; parts at places of their own do not.
func TestCorrespondenceOfOneImage(t *testing.T) {
	n, d := small(t, "conv 3x3x4, relu, pool 2, dense 9, tanh", 1)
	part := [4]int{5, 7, 6, 4}
	c, err := n.Correspondence(t.Context(), slices.Concat(d.Test.Images, d.Test.Images, d.Test.Images), [][4]int{part, part, part}, []byte{90}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for l, layer := range c.Layers {
		one, own := c.Random(l, OnePlace), c.Random(l, OwnPlaces)
		if c.Marked(l) > 1e-6 || one.Mean > 1e-6 || one.Deviation > 1e-6 || own.Mean < 0.01 || own.Deviation == 0 {
			t.Errorf("%s: marked %g, one place %+v, places of their own %+v", layer, c.Marked(l), one, own)
		}
	}
	if !n.FitsCorrespondence(c) {
		t.Error("it does not fit its net")
	}
	if other, _ := small(t, "dense 9", 1); other.FitsCorrespondence(c) || n.FitsCorrespondence(nil) {
		t.Error("it fits another net, or nothing fits")
	}
}

// Parts with nothing in common change the features of random weights with independent signs: half of them differ.
func TestCorrespondenceOfNothing(t *testing.T) {
	n, d := small(t, "dense 2000 nobias", 4)
	c, err := n.Correspondence(t.Context(), d.Test.Images, [][4]int{{0, 0, 7, 7}, {0, 14, 7, 7}, {14, 0, 7, 7}, {14, 14, 7, 7}}, []byte{0}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Marked(slices.Index(c.Layers, "fc1")); math.Abs(got-0.5) > 0.05 {
		t.Errorf("the signs differ for a share of %g", got)
	}
}

// The figures are those of the covered images, one by one, wherever the parts are.
func TestCorrespondenceOfImages(t *testing.T) {
	n, d := small(t, "conv 3x3x4, batchnorm, relu, pool 2, conv 3x3x4 stride 2, relu, dense 12, relu", 3)
	parts := [][4]int{{0, 0, 5, 5}, {9, 3, 7, 4}, {20, 20, 8, 8}}
	calls := 0
	c, err := n.Correspondence(t.Context(), d.Test.Images, parts, []byte{70}, func(done, total int) {
		if calls++; done > total || total != 3*41 {
			t.Errorf("%d of %d", done, total)
		}
	})
	if err != nil || calls < 2 {
		t.Fatal(err, calls)
	}
	whole, _, err := n.Maps(d.Test.Images)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 1, Draws, Draws + 1, 2 * Draws} {
		places := n.draws(parts)[at]
		var covered []byte
		for i, p := range places {
			if p[2] != parts[i][2] || p[3] != parts[i][3] || p[0] < 0 || p[1] < 0 || p[0]+p[2] > 28 || p[1]+p[3] > 28 || at > Draws && (p[0] != places[0][0] || p[1] != places[0][1]) {
				t.Fatalf("draw %d covers %v", at, places)
			}
			covered = append(covered, Cover{Colour: []byte{70}}.Over(d.Test.Images[784*i:784*(i+1)], p, 28)...)
		}
		layers, _, err := n.Maps(covered)
		if err != nil {
			t.Fatal(err)
		}
		for l, layer := range layers {
			features := len(layer.Values) / 3
			differ := 0
			for f := range features {
				var signs [3]int
				for i := range signs {
					change := float64(whole[l].Values[i*features+f] - layer.Values[i*features+f])
					if math.Abs(change) > 1e-5 {
						signs[i] = int(math.Copysign(1, change))
					}
				}
				for i := range signs {
					for j := range i {
						if signs[i] != signs[j] {
							differ++
						}
					}
				}
			}
			got, want := float64(c.of(slices.Index(c.Layers, layer.Layer))[at]), float64(differ)/float64(3*features)
			if math.Abs(got-want) > 2e-3 { // a change can be as small as rounding
				t.Errorf("draw %d, %s: %g differ, want %g", at, layer.Layer, got, want)
			}
		}
	}
}

func TestCorrespondenceRefused(t *testing.T) {
	n, d := small(t, "conv 3x3x2, relu", 9)
	good := [4]int{0, 0, 3, 3}
	for what, c := range map[string]struct {
		images []byte
		parts  [][4]int
		colour []byte
		says   string
	}{
		"one image":        {d.Test.Images[:784], [][4]int{good}, []byte{0}, "compared: 1, and there must be 2 to 8"},
		"nine images":      {d.Test.Images, slices.Repeat([][4]int{good}, 9), []byte{0}, "compared: 9, and"},
		"half an image":    {d.Test.Images[:1000], [][4]int{good, good}, []byte{0}, "1000 bytes"},
		"too few parts":    {d.Test.Images[:2*784], [][4]int{good}, []byte{0}, "compared: 1 of 2 images"},
		"a coloured gray":  {d.Test.Images[:2*784], [][4]int{good, good}, []byte{0, 0, 0}, "a colour of 3 channels"},
		"nothing":          {d.Test.Images[:2*784], [][4]int{good, {3, 3, 0, 2}}, []byte{0}, "0 by 2 pixels from row 3 and column 3"},
		"beyond the image": {d.Test.Images[:2*784], [][4]int{{26, 0, 3, 3}, good}, []byte{0}, "3 by 3 pixels from row 26 and column 0, both counted from 0, are not within"},
		"far beyond":       {d.Test.Images[:2*784], [][4]int{{1, 1, math.MaxInt, 3}, good}, []byte{0}, "not within an image of 28 by 28"},
		"before the image": {d.Test.Images[:2*784], [][4]int{{0, -1, 3, 3}, good}, []byte{0}, "column -1"},
	} {
		if _, err := n.Correspondence(t.Context(), c.images, c.parts, c.colour, nil); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", what, err, c.says)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := n.Correspondence(ctx, d.Test.Images[:2*784], [][4]int{good, good}, []byte{0}, func(done, _ int) {
		if done > 0 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// What is said follows from how many draws differ as little as the marked parts do.
func TestCorrespondenceSays(t *testing.T) {
	for name, c := range map[string]struct {
		own, one float32 // the least of the draws; the others are 0.5
		says     []string
	}{
		"less than both":       {0.3, 0.3, []string{"20.0\u202f% of the features", "for this layer they correspond", "both kinds at relu1."}},
		"less than the first":  {0.3, 0.2, []string{"in 1 of 20 draws of one place", "lie at similar places", "At no layer"}},
		"no less":              {0.1, 0.1, []string{"In 1 of 20 draws of random places", "show no correspondence", "At no layer"}},
		"no less than the own": {0.2, 0.3, []string{"In 1 of 20 draws of random places", "At no layer"}},
	} {
		draws := slices.Repeat([]float32{0.5}, Draws-1)
		all := slices.Concat([]float32{0.2, c.own}, draws, []float32{c.one}, draws)
		x := &Correspondence{Layers: []string{Image, "relu1", "logits"}, Maps: "relu1", Differ: slices.Concat(make([]float32, len(all)), all, make([]float32, len(all)))}
		for _, want := range c.says {
			if got := x.Says(); !strings.Contains(got, want) {
				t.Errorf("%s: %q does not say %q", name, got, want)
			}
		}
	}
	x := &Correspondence{Layers: []string{Image}, Differ: append([]float32{0.3}, slices.Concat(slices.Repeat([]float32{0.2, 0.4}, Draws/2), slices.Repeat([]float32{0.5}, Draws))...)}
	if s := x.Random(0, OwnPlaces); math.Abs(s.Mean-0.3) > 1e-6 || math.Abs(s.Deviation-0.1*math.Sqrt(20./19)) > 1e-6 || s.AsLow != 10 {
		t.Errorf("%+v", s)
	}
	if s := x.Random(0, OnePlace); math.Abs(s.Mean-0.5) > 1e-6 || s.Deviation > 1e-6 || s.AsLow != 0 {
		t.Errorf("%+v", s)
	}
}

func TestCentre(t *testing.T) {
	for _, c := range []struct {
		height, width int
		want          [4]int
	}{{28, 28, [4]int{10, 10, 7, 7}}, {32, 20, [4]int{12, 6, 8, 8}}, {40, 3, [4]int{18, 0, 3, 3}}, {2, 2, [4]int{0, 0, 1, 1}}} {
		if got := Centre(c.height, c.width); got != c.want {
			t.Errorf("of %d by %d: %v, want %v", c.height, c.width, got, c.want)
		}
	}
}

func TestSameClass(t *testing.T) {
	s := data.Split{Labels: []byte{3, 1, 3, 0, 3, 1}}
	for _, c := range []struct {
		first, most int
		want        []int
	}{{2, 2, []int{2, 4}}, {2, 9, []int{2, 4, 0}}, {1, 5, []int{1, 5}}, {3, 5, []int{3}}} {
		if got := SameClass(s, c.first, c.most); !slices.Equal(got, c.want) {
			t.Errorf("from image %d: %v, want %v", c.first, got, c.want)
		}
	}
}
