package look

import (
	"context"
	"errors"
	"slices"
	"testing"

	"unpool/core/data"
)

// Of filters of one pixel the answer is known: with a positive weight the brightest pixel of all moves the map most, with a negative one the
// darkest, and the activation comes from that pixel by its weight.
func TestEvolve(t *testing.T) {
	first, d := small(t, "conv 1x1x3 nobias", 6)
	for i := range d.Test.Images {
		d.Test.Images[i] = 100
	}
	d.Test.Images[2*784+50], d.Test.Images[4*784+30] = 255, 0 // the brightest, the darkest
	c, set := weightsOf(t, first.Recipe)
	weights := map[int][]float32{0: {1, -2, 0.5}, 10: {2, -2, -1}, 30: {1, 3, -4}}
	brightest, darkest := int32(2), int32(4)
	open := func(step int) (*Net, error) {
		set("/conv1/weights", weights[step]...)
		return first.With(c)
	}
	steps, last := []int{0, 10, 30}, 0
	leaders, err := Leaders(t.Context(), "conv1", d.Test, data.All(d.Test)[:6], steps, open, func(done, total int) {
		if done < last || total != 18 {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil || last != 18 {
		t.Fatal(err, last)
	}
	if !first.FitsLeaders(leaders, "conv1", data.All(d.Test)[:6], 3) || first.FitsLeaders(leaders, "conv1", data.All(d.Test)[:4], 3) || first.FitsLeaders(leaders, "conv1", data.All(d.Test)[:6], 2) {
		t.Error("what fits does not, or what does not fit does")
	}
	maps := StrongestMaps(leaders[2], 2)
	if !slices.Equal(maps, []int{1, 0}) { // after the last step they are 3, 1 and 0 large
		t.Fatalf("the strongest maps are %v", maps)
	}
	e, err := Evolve(t.Context(), leaders, maps, d.Test, steps, open)
	if err != nil || e.Method != Saliency {
		t.Fatal(e, err)
	}
	for at, want := range []struct {
		step    int
		images  [2]int32
		changed [2]bool
	}{{0, [2]int32{darkest, brightest}, [2]bool{}}, {10, [2]int32{darkest, brightest}, [2]bool{}}, {30, [2]int32{brightest, brightest}, [2]bool{true, false}}} {
		stage := e.Stages[at]
		if stage.Step != want.step {
			t.Errorf("stage %d is of step %d", at, stage.Step)
		}
		for m := range 2 {
			one := stage.Strongest[m]
			place := map[int32]int{brightest: 50, darkest: 30}[one.Image]
			if one.Image != want.images[m] || one.Unit.Row*28+one.Unit.Column != place || e.Changed(at, m) != want.changed[m] {
				t.Errorf("step %d, map %d: %+v, changed %t", want.step, e.Maps[m], one, e.Changed(at, m))
			}
			pixels := make([]float32, 784)
			pixels[place] = weights[want.step][e.Maps[m]]
			if !slices.Equal(stage.Projections[m], pixels) {
				t.Errorf("step %d, map %d: comes from %g at its pixel, want %g", want.step, e.Maps[m], stage.Projections[m][place], pixels[place])
			}
		}
	}
	key := func(with ...any) string {
		t.Helper()
		key, err := LeadersKey(first, d, steps, open, with...)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	before := key("conv1", 6)
	if key("conv1", 6) != before || key("conv1", 5) == before {
		t.Error("the same search has two keys, or two have one")
	}
	weights[10] = []float32{2, -2, -1.5}
	if key("conv1", 6) == before {
		t.Error("other weights have the same key")
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Leaders(ctx, "conv1", d.Test, data.All(d.Test)[:6], steps, open, func(done, _ int) {
		if done > 5 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A part of an image has as many pixels as its patch, and an image that is smaller than its patch is shown whole.
func TestCrop(t *testing.T) {
	image := []int{11, 12, 13, 21, 22, 23} // two rows
	if got := Crop(Patch{Top: -1, Left: 1, Height: 2, Width: 3}, image, 2, 3, 1, 7); !slices.Equal(got, []int{7, 7, 7, 12, 13, 7}) {
		t.Error(got)
	}
	if got := Crop(Patch{Top: 1, Left: 0, Height: 1, Width: 1}, []int{1, 2, 3, 4}, 2, 1, 2, 7); !slices.Equal(got, []int{3, 4}) {
		t.Error(got)
	}
	for _, c := range []struct{ patch, want Patch }{
		{Patch{-2, 20, 5, 5}, Patch{-2, 20, 5, 5}}, {Patch{-9, 20, 30, 5}, Patch{0, 20, 28, 5}}, {Patch{-9, -3, 28, 99}, Patch{0, 0, 28, 28}},
	} {
		if got := c.patch.Within(28, 28); got != c.want {
			t.Errorf("%v in an image of 28 by 28 is %v, want %v", c.patch, got, c.want)
		}
	}
}
