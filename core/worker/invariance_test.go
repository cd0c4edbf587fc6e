package worker

import (
	"math"
	"slices"
	"strings"
	"testing"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/warp"
)

// What is told of a changed image is what the net says of such an image of one's own; beside the image are the first ones of other classes.
func TestInvariance(t *testing.T) {
	x, ids := trained(t, convolutions())
	about := func(what string, body any) protocol.Look { return with(t, what, ids[0], 6, body) }
	vary := protocol.Vary{Image: 7, Kind: string(warp.Rotation)}
	i := result[protocol.Invariance](x, x.ask(protocol.AskLook, about(protocol.LookInvariance, vary)))
	amounts := warp.Rotation.Amounts(28)
	if len(i.Images) != 1+look.Besides || i.Images[0].Number != 7 || !slices.Equal(i.Layers, []string{"conv1", "relu1", "conv2", "relu2", "pool2", "logits"}) ||
		len(i.Distances) != 6*5*len(amounts) || len(i.Small) != 6 || i.First != "conv1" || i.Last != "conv2" {
		t.Fatalf("%+v", i)
	}
	classes := map[int]bool{}
	for at, one := range i.Images {
		if classes[one.Class] || i.Classes[at] != one.Class {
			t.Errorf("image %d is of class %d, of which there is one, or looked at for %d", one.Number, one.Class, i.Classes[at])
		}
		classes[one.Class] = true
	}
	if i.Small[0] <= 0 || i.Verdict < 0 || !strings.Contains(i.Says, "turned by 10 degrees, the output of conv1 changes by") {
		t.Errorf("%v: %d, %s", i.Small, i.Verdict, i.Says)
	}
	for _, image := range []int{0, 3} {
		for _, at := range []int{0, 5, 36} {
			changed := warp.Rotation.Apply(i.Images[image].Pixels, 28, 28, 1, amounts[at])
			m := result[protocol.Maps](x, x.ask(protocol.AskLook, about(protocol.LookMaps, protocol.TestImage{Own: changed})))
			answer := slices.Index(m.Probabilities, slices.Max(m.Probabilities))
			if got, want := i.Chances[image*len(amounts)+at], m.Probabilities[i.Classes[image]]; math.Abs(float64(got-want)) > 1e-4 || i.Answers[image*len(amounts)+at] != answer {
				t.Errorf("image %d by %g: %g and class %d, want %g and %d", image, amounts[at], got, i.Answers[image*len(amounts)+at], want, answer)
			}
		}
	}

	again := x.ask(protocol.AskLook, about(protocol.LookInvariance, vary))
	if same := result[protocol.Invariance](x, again); !slices.Equal(same.Distances, i.Distances) {
		t.Error("asked again, the distances are others")
	}
	for _, m := range x.said {
		if m.Kind == protocol.SayProgress && m.Call == again && strings.Contains(m.String(), `"images"`) {
			t.Error("asked again, the images are changed again")
		}
	}

	own := i.Images[0].Pixels
	whole := result[protocol.Maps](x, x.ask(protocol.AskLook, about(protocol.LookMaps, protocol.TestImage{Own: own})))
	mine := result[protocol.Invariance](x, x.ask(protocol.AskLook, about(protocol.LookInvariance, protocol.Vary{Own: own, Kind: string(warp.Rotation)})))
	if mine.Images[0].Number != -1 || mine.Classes[0] != slices.Index(whole.Probabilities, slices.Max(whole.Probabilities)) || !slices.Equal(mine.Distances[:37], i.Distances[:37]) {
		t.Errorf("one's own picture is looked at for class %d, and changes by %v", mine.Classes[0], mine.Distances[:37])
	}
	if e := x.failure(x.ask(protocol.AskLook, about(protocol.LookInvariance, protocol.Vary{Kind: "flip"}))); e.Code != protocol.Invalid || !strings.Contains(e.Message, `"flip"`) {
		t.Errorf("%+v", e)
	}
}
