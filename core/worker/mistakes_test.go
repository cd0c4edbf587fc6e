package worker

import (
	"cmp"
	"slices"
	"testing"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/recipe"
)

// The mistakes are those found by asking about each image.
func TestMistakes(t *testing.T) {
	x, ids := trained(t, convolutions())
	choose := func(among protocol.Among) protocol.Mistakes {
		return result[protocol.Mistakes](x, x.ask(protocol.AskLook, with(t, protocol.LookMistakes, ids[0], 6, among)))
	}
	ask := func(among int) protocol.Mistakes { return choose(protocol.Among{Among: among}) }
	got := ask(200)
	var want []protocol.Mistake
	counts := make([]int, 100)
	for _, i := range look.Drawn(bars(120, 300, recipe.MNIST).Test, 200) { // of all classes, whatever their order
		m := result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], 6, protocol.TestImage{Image: int(i)})))
		answer := slices.Index(m.Probabilities, slices.Max(m.Probabilities))
		counts[m.Image.Class*10+answer]++
		if answer != m.Image.Class {
			want = append(want, protocol.Mistake{Image: m.Image, Answer: answer, Probability: m.Probabilities[answer], True: m.Probabilities[m.Image.Class]})
		}
	}
	slices.SortStableFunc(want, func(a, b protocol.Mistake) int { return cmp.Compare(a.True, b.True) })
	if got.Among != 200 || got.Wrong != len(want) || len(want) <= mostMistakes || len(got.Shown) != mostMistakes || got.Fit != len(want) || !slices.Equal(got.Counts, counts) {
		t.Fatalf("%d of %d are wrong, %d shown; want %d", got.Wrong, got.Among, len(got.Shown), len(want))
	}
	for i, m := range got.Shown {
		w := want[i]
		if m.Image.Number != w.Image.Number || m.Image.Class != w.Image.Class || m.Answer != w.Answer ||
			!near(m.Probability, w.Probability) || !near(m.True, w.True) || !slices.Equal(m.Image.Pixels, w.Image.Pixels) {
			t.Errorf("mistake %d is image %d (%g), want %d (%g)", i, m.Image.Number, m.True, w.Image.Number, w.True)
		}
	}
	in := 0
	for _, tenth := range got.Tenths {
		in += tenth.Images
	}
	if in != 200 || len(got.Tenths) != 10 || got.Off <= 0 || got.Off >= 1 {
		t.Errorf("in tenths %d images, off by %g", in, got.Off)
	}

	// A cell of the matrix, and the mistakes of which the net is most certain.
	most := slices.Index(counts, slices.Max(counts))
	class, answer := most/10, most%10
	cell := choose(protocol.Among{Among: 200, Class: &class, Answer: &answer})
	if cell.Fit != counts[most] || len(cell.Shown) != min(counts[most], mostMistakes) || cell.Wrong != got.Wrong {
		t.Errorf("the cell has %d images, %d shown; want %d", cell.Fit, len(cell.Shown), counts[most])
	}
	for _, m := range cell.Shown {
		if m.Image.Class != class || m.Answer != answer {
			t.Errorf("in the cell of %d and %d is %+v", class, answer, m)
		}
	}
	surest := choose(protocol.Among{Among: 200, Surest: true})
	if !slices.IsSortedFunc(surest.Shown, func(a, b protocol.Mistake) int { return cmp.Compare(b.Probability, a.Probability) }) ||
		surest.Fit != len(want) || surest.Shown[0].Probability < got.Shown[0].Probability {
		t.Errorf("the surest begin with %+v", surest.Shown[0])
	}
	if all := ask(1 << 20); all.Among != 300 {
		t.Errorf("among all there are %d", all.Among)
	}
	if none := ask(-1); none.Among != 1 {
		t.Errorf("among none there are %d", none.Among)
	}
}

func near(a, b float32) bool { return max(a-b, b-a) <= 1e-5*max(a, b) }
