package worker

import (
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
)

// Images of a class are found with their middles marked; what fits of marks is kept, and what does not gives way to those.
func TestParts(t *testing.T) {
	x, ids := trained(t, convolutions())
	ask := func(m protocol.Marking) protocol.Marked {
		t.Helper()
		return result[protocol.Marked](x, x.ask(protocol.AskLook, with(t, protocol.LookParts, ids[0], 6, m)))
	}
	middles := ask(protocol.Marking{Image: 3})
	if len(middles.Marks) != 5 || middles.Marks[0] != (protocol.Mark{Image: 3, Part: [4]int{10, 10, 7, 7}}) || len(middles.Colour) != 1 || middles.Most != 8 {
		t.Fatalf("%+v", middles)
	}
	for i, image := range middles.Images {
		if image.Number != middles.Marks[i].Image || image.Class != middles.Images[0].Class || len(image.Pixels) != 784 {
			t.Errorf("image %d is number %d, of class %d", i, image.Number, image.Class)
		}
	}
	class := middles.Images[0].Class
	if of := ask(protocol.Marking{Image: -1, Class: class}); of.Images[0].Class != class || of.Marks[0].Image > 3 {
		t.Errorf("the first of class %d is %d", class, of.Marks[0].Image)
	}
	good := []protocol.Mark{{Image: 9, Part: [4]int{0, 0, 28, 1}}, {Image: 4, Part: [4]int{1, 2, 3, 4}}}
	if got := ask(protocol.Marking{Marks: good}); !slices.Equal(got.Marks, good) || got.Images[1].Number != 4 {
		t.Errorf("%+v", got.Marks)
	}
	for count, want := range map[int]int{-3: 2, 2: 2, 4: 4, 9: 8} {
		got := ask(protocol.Marking{Marks: slices.Concat(good, good[1:]), Count: count})
		if len(got.Marks) != want || !slices.Equal(got.Marks[:2], good) || len(got.Images) != want || want > 3 && (got.Marks[3].Part != good[1].Part || got.Images[3].Class != got.Images[2].Class || got.Marks[3].Image <= 4) {
			t.Errorf("%d images: %v", count, got.Marks)
		}
	}
	for what, marks := range map[string][]protocol.Mark{
		"one": good[:1], "too many": slices.Repeat(good, 5), "no such image": {good[0], {Image: 1 << 40, Part: [4]int{0, 0, 1, 1}}}, "outside": {good[0], {Image: 1, Part: [4]int{0, 0, 29, 1}}},
	} {
		if got := ask(protocol.Marking{Marks: marks, Image: 3}); !slices.Equal(got.Marks, middles.Marks) {
			t.Errorf("%s: %v", what, got.Marks)
		}
	}
}

// Each layer has its figures, which are the same when they are asked for again; at the same place of the same image nothing differs.
func TestCorrespondence(t *testing.T) {
	x, ids := trained(t, convolutions())
	look := func(marks ...protocol.Mark) protocol.Look {
		return with(t, protocol.LookSigns, ids[0], 6, protocol.Marks{Marks: marks})
	}
	part := [4]int{6, 6, 12, 9}
	ask := func(second int) protocol.Correspondence {
		t.Helper()
		return result[protocol.Correspondence](x, x.ask(protocol.AskLook, look(protocol.Mark{Image: 1, Part: part}, protocol.Mark{Image: second, Part: part})))
	}
	got := ask(2)
	if len(got.Layers) != 7 || got.Layers[0].Layer != protocol.ImageLayer || got.Draws != 20 || !strings.Contains(got.Says, "the changes of relu2") {
		t.Fatalf("%+v", got)
	}
	if again := ask(2); !slices.Equal(again.Layers, got.Layers) {
		t.Errorf("asked again: %+v, before %+v", again.Layers, got.Layers)
	}
	for _, one := range ask(1).Layers {
		if one.Marked > 1e-6 || one.One.Mean > 1e-6 || one.Own.Mean < 1e-3 || one.Own.AsLow > 3 || one.One.AsLow != 20 {
			t.Errorf("an image with itself: %+v", one)
		}
	}
	for _, c := range []struct {
		says  string
		marks []protocol.Mark
	}{
		{"these parts cannot be compared: 1, and", []protocol.Mark{{Image: 1, Part: part}}},
		{"there is no test image -1", []protocol.Mark{{Image: -1, Part: part}, {Image: 1, Part: part}}},
	} {
		if failed := x.failure(x.ask(protocol.AskLook, look(c.marks...))); failed.Code != protocol.Invalid || !strings.Contains(failed.Message, c.says) {
			t.Errorf("%+v", failed)
		}
	}
	numbers := protocol.Numbers{What: protocol.LookSigns, With: []byte(`{"marks":[{"image":1,"part":[6,6,12,9]},{"image":2,"part":[6,6,12,9]}]}`), Picture: protocol.Signs}
	result[protocol.Nothing](x, x.ask(protocol.AskLook, with(t, protocol.LookNumbers, ids[0], 6, numbers)))
}
