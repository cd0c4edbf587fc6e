package look

import (
	"errors"
	"math"
	"slices"
	"testing"

	"unpool/core/data"
)

// Of a net whose logits are its biases, the mistakes are all images of other classes than the one with the largest.
func TestMistakes(t *testing.T) {
	c, set := weights(t, "mnist-cnn")
	set("/logits/weights", 0)
	set("/logits/bias", 0, 3, 0, 0, 0, -300, -200, 0, 0, 2) // 5 and 6 have the probability 0, as float32 has it
	d := black(40)
	for i := range d.Test.Labels {
		d.Test.Labels[i] = byte(i % 10)
	}
	n, err := Open(backends(t)["fast"], c, d)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	all, err := n.Classify(t.Context(), d.Test, data.All(d.Test), nil)
	if err != nil {
		t.Fatal(err)
	}
	images := func() (images []int32) {
		for _, m := range all {
			images = append(images, m.Image)
		}
		return images
	}
	Worst(all)
	if want := []int32{5, 15, 25, 35, 6, 16, 26, 36, 0, 2}; !slices.Equal(images()[:10], want) || len(all) != 40 {
		t.Errorf("the worst are %v of %d; want %v", images()[:10], len(all), want)
	}
	sum := math.Exp(3) + math.Exp(2) + 6
	for i, m := range all[:36] {
		own := 0.0
		if i >= 8 {
			own = 1 / sum
		}
		if i >= 32 {
			own = math.Exp(2) / sum
		}
		if m.Answer != 1 || math.Abs(float64(m.Probability)-math.Exp(3)/sum) > 1e-6 || math.Abs(float64(m.True)-own) > 1e-6 || m.Class != int(m.Image)%10 {
			t.Errorf("%+v", m)
		}
	}
	Surest(all)
	if images()[0] != 5 { // all are equally certain, and stay in order
		t.Errorf("the surest is %d", images()[0])
	}
	tenths, off := Calibration(all)
	p := math.Exp(3) / sum
	if got := tenths[int(10*p)]; got.Images != 40 || got.Right != 4 || math.Abs(got.Mean-p) > 1e-6 || math.Abs(off-(p-0.1)) > 1e-6 {
		t.Errorf("%+v, off by %g", tenths, off)
	}
	if _, err := n.Classify(t.Context(), d.Test, []int32{40}, nil); err == nil {
		t.Error("there is no image 40")
	}
}

// The expected calibration error of answers in several tenths.
func TestCalibration(t *testing.T) {
	var all []Classification
	for range 3 {
		all = append(all, Classification{Probability: 1}) // right
	}
	all = append(all, Classification{Probability: 1, Answer: 1}, Classification{Probability: 0.25}, Classification{Probability: 0.15, Answer: 2})
	tenths, off := Calibration(all)
	if tenths[9] != (Certainty{4, 3, 1}) || tenths[2] != (Certainty{1, 1, 0.25}) || tenths[1].Right != 0 || tenths[1].Images != 1 {
		t.Errorf("%+v", tenths)
	}
	if want := (1 + 0.75 + 0.15) / 6; math.Abs(off-want) > 1e-6 {
		t.Errorf("off by %g, want %g", off, want)
	}
	if _, off := Calibration(nil); off != 0 {
		t.Errorf("nothing is off by %g", off)
	}
}

// Of a net that has diverged nothing is classified.
func TestDivergedIsNotClassified(t *testing.T) {
	c, set := weights(t, "mnist-cnn")
	set("/logits/bias", float32(math.NaN()))
	d := black(10)
	n, err := Open(backends(t)["fast"], c, d)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if _, err := n.Classify(t.Context(), d.Test, data.All(d.Test), nil); !errors.Is(err, errDiverged) {
		t.Errorf("the error is %v", err)
	}
}
