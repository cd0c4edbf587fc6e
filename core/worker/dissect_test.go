package worker

import (
	"testing"

	"unpool/core/control"
	"unpool/core/protocol"
)

// The next step of a paused run can be taken apart, as often as one likes: the run stays where it is, and ends with the weights of one left alone.
func TestDissect(t *testing.T) {
	alone := newTrial(t)
	want := alone.runEnd(alone.ask(protocol.AskTrain, small())).WeightsSHA256

	x := newTrial(t)
	if failed := x.failure(x.ask(protocol.AskDissect, protocol.Dissect{})); failed.Code != protocol.NoNet {
		t.Errorf("before there is a net: %+v", failed)
	}
	call, paused := x.pausedAt3()
	for image := range 2 {
		d := result[protocol.Dissection](x, x.ask(protocol.AskDissect, protocol.Dissect{Image: image}))
		if d.Step != paused.Step+1 || d.Image != image || len(d.Probabilities) != 10 || len(d.Layers) < 2 || len(d.Updates) < 4 {
			t.Errorf("%+v", d)
		}
		for _, l := range d.Layers {
			if w := l.Output; len(w.Pixels) != w.Count*w.Height*w.Width || w.Layer == "" {
				t.Errorf("%s has %d numbers of %d maps of %dx%d", w.Layer, len(w.Pixels), w.Count, w.Height, w.Width)
			}
		}
	}
	if failed := x.failure(x.ask(protocol.AskDissect, protocol.Dissect{Image: 1 << 20})); failed.Code != protocol.Invalid || failed.Hint == "" {
		t.Errorf("an image that is not of the batch: %+v", failed)
	}
	x.ask(protocol.AskControl, do(control.Continue))
	if end := x.runEnd(call); end.WeightsSHA256 != want {
		t.Error("taking steps apart changed the result")
	}
	if failed := x.failure(x.ask(protocol.AskDissect, protocol.Dissect{})); failed.Code != protocol.Invalid {
		t.Errorf("after the last step: %+v", failed)
	}
}
