package look

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"unpool/core/data"
	"unpool/core/recipe"
)

// shifted are images of ten classes, 12 to train on and 4 to test on of each: the pixel of a class's number is white, all behind the first ten are noise.
func shifted() *data.Dataset {
	random := rand.New(rand.NewPCG(1, 2))
	split := func(each int) (s data.Split) {
		for i := range 10 * each {
			image := make([]byte, 784)
			for j := range image[10:] {
				image[10+j] = byte(random.IntN(256))
			}
			image[i%10] = 255
			s.Images, s.Labels = append(s.Images, image...), append(s.Labels, byte(i%10))
		}
		return s
	}
	return &data.Dataset{Name: recipe.CIFAR10Report, Height: 28, Width: 28, Channels: 1, Classes: make([]string, 10), Train: split(12), Test: split(4)}
}

// with is a net of one layer whose weights [784, 10] are as weight says.
func with(t *testing.T, weight func(pixel, unit int) float32) *Net {
	t.Helper()
	first, _ := small(t, "dense 10, relu", 10)
	c, set := weightsOf(t, first.Recipe)
	weights := make([]float32, 784*10)
	for i := range weights {
		weights[i] = weight(i/10, i%10)
	}
	set("/fc1/weights", weights...)
	set("/fc1/bias", make([]float32, 10)...)
	n, err := first.With(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

// Features that are the class need one image of each; those that are always the same come to a guess, however many images there are. What is learnt from the
// images alone, and from random features, does not depend on the net's weights.
func TestTransfer(t *testing.T) {
	d := shifted()
	transfer := func(n *Net, seeds int) *Transfer {
		t.Helper()
		last := 0
		got, err := n.Transfer(t.Context(), d, 1000, seeds, func(done, total int) {
			if want := 2*160 + 5*seeds*200; done < last || total != want {
				t.Errorf("%d of %d after %d, want %d", done, total, last, want)
			}
			last = done
		})
		if err != nil {
			t.Fatal(err)
		}
		if last != 2*160+5*seeds*200 || !n.FitsTransfer(got, seeds) || n.FitsTransfer(got, seeds+1) {
			t.Errorf("%d images are done; %+v", last, got)
		}
		return got
	}
	exact := with(t, func(pixel, unit int) float32 {
		if pixel == unit {
			return 1
		}
		return 0
	})
	got := transfer(exact, 2)
	if got.Layer != "relu1" || got.Size != 10 || got.Pool != 1 || got.Steps != 200 || got.Batch != 1 || got.Test != 40 {
		t.Errorf("%+v", got)
	}
	var sizes []int
	for _, g := range got.Given {
		sizes = append(sizes, g.Each)
		if g.Images != 10*g.Each || g.All != (g.Each == 12) {
			t.Errorf("%+v", g)
		}
		if !slices.Equal(g.Features, []float64{1, 1}) {
			t.Errorf("with %d images a class the features come to %v", g.Each, g.Features)
		}
		if mean, _ := MeanOf(g.Random); mean > 0.5 {
			t.Errorf("with %d images a class random features come to %v", g.Each, g.Random)
		}
		if g.All && g.Random[0] != g.Random[1] {
			t.Errorf("all images, random features: %v", g.Random)
		}
	}
	if !slices.Equal(sizes, []int{1, 2, 5, 10, 12}) {
		t.Errorf("sizes %v", sizes)
	}
	constant := transfer(with(t, func(int, int) float32 { return 0 }), 1)
	for i, g := range constant.Given {
		if g.Features[0] != 0.1 {
			t.Errorf("constant features come to %v", g.Features)
		}
		if of := got.Given[i]; g.Scratch[0] != of.Scratch[0] || g.Random[0] != of.Random[0] {
			t.Errorf("from scratch %v, random features %v, beside other features %v and %v", g.Scratch, g.Random, of.Scratch, of.Random)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := exact.Transfer(ctx, d, 20, 1, func(done, total int) {
		if done > total/2 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// Larger pictures become what the net reads.
	if large, err := exact.Transfer(t.Context(), d.In(data.Form{Side: 32, Channels: 3}), 20, 1, nil); err != nil || large.Given[0].Each != 1 || len(large.Given) != 2 {
		t.Errorf("%+v, %v", large, err)
	}
}

// What is said depends on the figures, and on how sure they are.
func TestTransferSays(t *testing.T) {
	given := func(each int, features, scratch, random float64) Given {
		return Given{Each: each, Features: []float64{features, features}, Scratch: []float64{scratch, scratch}, Random: []float64{random, random}}
	}
	all := &Transfer{Steps: 200, Test: 1000, Given: []Given{given(1, 0.3, 0.2, 0.1), given(2, 0.4, 0.3, 0.1), given(5, 0.5, 0.52, 0.1), given(10, 0.5, 0.6, 0.1)}}
	for _, c := range []struct {
		of   *Transfer
		want string
	}{
		{all, "Against 200 steps of training from scratch, the trained features are ahead with 1 to 2 images a class, level with 5 and behind with 10. Against random features, they are ahead throughout."},
		{&Transfer{Steps: 200, Test: 30, Given: all.Given[:2]}, "Against 200 steps of training from scratch, the trained features are level throughout. " +
			"Against random features, they are level with 1 image a class and ahead with 2."},
	} {
		if got := c.of.Says(); got != c.want {
			t.Errorf("%s", got)
		}
	}
	uncertain := Transfer{Steps: 200, Test: 1000, Given: []Given{{Each: 1, Features: []float64{0.2, 0.6}, Scratch: []float64{0.2, 0.2}, Random: []float64{0, 0}}}}
	if got := uncertain.Says(); !strings.HasPrefix(got, "Against 200 steps of training from scratch, the trained features are level throughout.") {
		t.Errorf("the seeds differ: %s", got)
	}
}

func TestMeanOf(t *testing.T) {
	if mean, deviation := MeanOf([]float64{0.2, 0.4, 0.6}); math.Abs(mean-0.4) > 1e-9 || math.Abs(deviation-0.2) > 1e-9 {
		t.Errorf("%g, %g", mean, deviation)
	}
	if mean, deviation := MeanOf([]float64{0.3}); mean != 0.3 || deviation != 0 {
		t.Errorf("of one %g, %g", mean, deviation)
	}
}
