package worker

import (
	"math"
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/run"
)

// What an image becomes under a cover is what the net says of such an image of one's own.
func TestOcclusion(t *testing.T) {
	x, ids := trained(t, convolutions())
	cover := protocol.Cover{Image: 7, Layer: "relu2", Size: 9, Stride: 7}
	look := func(what string, body any) protocol.Look { return with(t, what, ids[0], 6, body) }
	o := result[protocol.Occlusion](x, x.ask(protocol.AskLook, look(protocol.LookOcclusion, cover)))
	whole := result[protocol.Maps](x, x.ask(protocol.AskLook, look(protocol.LookMaps, protocol.TestImage{Image: 7})))
	if len(o.Places) != 16 || o.Sums.Height != 4 || o.Chances.Width != 4 || o.Class != whole.Image.Class || !near(o.Probability, whole.Probabilities[o.Class]) {
		t.Fatalf("%+v", o)
	}
	sum := func(m protocol.Maps) (sum float64) {
		l := m.Layers[slices.IndexFunc(m.Layers, func(l run.Weights) bool { return l.Layer == "relu2" })]
		size := l.Height * l.Width
		for _, v := range numbers(l)[o.Map*size : (o.Map+1)*size] {
			sum += v
		}
		return sum
	}
	most := slices.Max(numbers(o.Chances))
	for i, place := range o.Places {
		image := slices.Clone(whole.Image.Pixels)
		for y := range place[2] {
			for x := range place[3] {
				image[(place[0]+y)*28+place[1]+x] = o.Colour[0]
			}
		}
		m := result[protocol.Maps](x, x.ask(protocol.AskLook, look(protocol.LookMaps, protocol.TestImage{Own: image})))
		answer := slices.Index(m.Probabilities, slices.Max(m.Probabilities))
		if got := numbers(o.Chances)[i]; answer != o.Answers[i] || math.Abs(got-float64(m.Probabilities[o.Class])) > most/120 {
			t.Errorf("covered at %v it is %d with %g for the class, want %d with %g", place, o.Answers[i], got, answer, m.Probabilities[o.Class])
		}
		if got, want := float64(o.Whole)+numbers(o.Sums)[i], sum(m); math.Abs(got-want) > 0.05*float64(o.Whole) {
			t.Errorf("covered at %v the sum is %g, want %g", place, got, want)
		}
	}

	other := (o.Map + 1) % 4
	cover.Map, cover.Rows, cover.Own = &other, true, whole.Image.Pixels
	if rows := result[protocol.Occlusion](x, x.ask(protocol.AskLook, look(protocol.LookOcclusion, cover))); rows.Map != other || rows.Sums.Width != 1 || len(rows.Places) != 4 ||
		rows.Class != slices.Index(whole.Probabilities, slices.Max(whole.Probabilities)) {
		t.Errorf("%+v", rows)
	}
	none := 4
	cover.Map = &none
	if failed := x.failure(x.ask(protocol.AskLook, look(protocol.LookOcclusion, cover))); failed.Code != protocol.Invalid || !strings.Contains(failed.Message, "no map 4") {
		t.Errorf("%+v", failed)
	}
}
