package worker

import (
	"cmp"
	"slices"
	"testing"

	"unpool/core/protocol"
)

// The mistakes are those found by asking about each image.
func TestMistakes(t *testing.T) {
	x, ids := trained(t, convolutions())
	ask := func(among int) protocol.Mistakes {
		return result[protocol.Mistakes](x, x.ask(protocol.AskLook, with(t, protocol.LookMistakes, ids[0], 6, protocol.Among{Among: among})))
	}
	got := ask(200)
	var want []protocol.Mistake
	for i := range 200 {
		m := result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], 6, protocol.TestImage{Image: i})))
		answer := slices.Index(m.Probabilities, slices.Max(m.Probabilities))
		if answer != m.Image.Class {
			want = append(want, protocol.Mistake{Image: m.Image, Answer: answer, Probability: m.Probabilities[answer], True: m.Probabilities[m.Image.Class]})
		}
	}
	slices.SortStableFunc(want, func(a, b protocol.Mistake) int { return cmp.Compare(a.True, b.True) })
	if got.Among != 200 || got.Wrong != len(want) || len(want) <= mostMistakes || len(got.Worst) != mostMistakes {
		t.Fatalf("%d of %d are wrong, %d shown; want %d", got.Wrong, got.Among, len(got.Worst), len(want))
	}
	for i, m := range got.Worst {
		w := want[i]
		if m.Image.Number != w.Image.Number || m.Image.Class != w.Image.Class || m.Answer != w.Answer ||
			!near(m.Probability, w.Probability) || !near(m.True, w.True) || !slices.Equal(m.Image.Pixels, w.Image.Pixels) {
			t.Errorf("mistake %d is image %d (%g), want %d (%g)", i, m.Image.Number, m.True, w.Image.Number, w.True)
		}
	}
	if all := ask(1 << 20); all.Among != 300 {
		t.Errorf("among all there are %d", all.Among)
	}
	if none := ask(-1); none.Among != 1 {
		t.Errorf("among none there are %d", none.Among)
	}
}

func near(a, b float32) bool { return max(a-b, b-a) <= 1e-5*max(a, b) }
