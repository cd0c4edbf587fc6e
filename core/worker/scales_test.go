package worker

import (
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
)

// The scale of each layer over some steps is the largest of those that its pictures have after each of them.
func TestScales(t *testing.T) {
	x, ids := trained(t, convolutions())
	image := protocol.TestImage{Image: 5}
	scales := func(steps ...int) protocol.Scales {
		t.Helper()
		return result[protocol.Scales](x, x.ask(protocol.AskLook, with(t, protocol.LookScales, ids[0], 6, protocol.Steps{Image: image, Steps: steps})))
	}
	first, layers := []float64{}, map[string][]float64{}
	for _, step := range []int{0, 3, 6} {
		m := result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], step, image)))
		first = append(first, m.First.Scale)
		for _, l := range m.Layers {
			layers[l.Layer] = append(layers[l.Layer], l.Scale)
		}
	}
	for at, step := range []int{0, 3, 6} {
		one := scales(step)
		if one.First != first[at] || one.Layers["relu2"] != layers["relu2"][at] {
			t.Errorf("after step %d the scales are %+v, its pictures have %g and %g", step, one, first[at], layers["relu2"][at])
		}
	}
	all := scales(0, 3, 6)
	if all.First != slices.Max(first) || len(all.Layers) != len(layers) {
		t.Errorf("the scales over all steps are %+v, the first layer's weights have %v", all, first)
	}
	for name, each := range layers {
		if all.Layers[name] != slices.Max(each) {
			t.Errorf("%s: the scale is %g, those of the steps are %v", name, all.Layers[name], each)
		}
	}
	image.Image = 6
	if other := scales(0, 3, 6); other.Layers["logits"] == all.Layers["logits"] {
		t.Error("another image has the scales of the one before")
	}
	e := x.failure(x.ask(protocol.AskLook, with(t, protocol.LookScales, ids[0], 6, protocol.Steps{Image: image, Steps: []int{0, 5}})))
	if e.Code != protocol.Invalid || !strings.Contains(e.Message, "no stored weights for step 5") {
		t.Errorf("%+v", e)
	}
}
