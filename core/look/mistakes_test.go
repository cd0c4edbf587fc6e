package look

import (
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
	wrong, worst, err := n.Mistakes(t.Context(), d.Test, data.All(d.Test), 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	var images []int32
	for _, m := range worst {
		images = append(images, m.Image)
	}
	if want := []int32{5, 15, 25, 35, 6, 16, 26, 36, 0, 2}; wrong != 36 || !slices.Equal(images, want) {
		t.Errorf("%d wrong, the worst %v; want 36, %v", wrong, images, want)
	}
	sum := math.Exp(3) + math.Exp(2) + 6
	for i, m := range worst {
		own := 0.0
		if i >= 8 {
			own = 1 / sum
		}
		if m.Answer != 1 || math.Abs(float64(m.Probability)-math.Exp(3)/sum) > 1e-6 || math.Abs(float64(m.True)-own) > 1e-6 {
			t.Errorf("%+v", m)
		}
	}
	if wrong, worst, err := n.Mistakes(t.Context(), d.Test, []int32{1, 11}, 10, nil); wrong != 0 || len(worst) != 0 || err != nil {
		t.Errorf("of what is right %d are wrong, %v, %v", wrong, worst, err)
	}
	if _, _, err := n.Mistakes(t.Context(), d.Test, []int32{40}, 10, nil); err == nil {
		t.Error("there is no image 40")
	}
}
