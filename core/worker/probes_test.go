package worker

import (
	"testing"

	"unpool/core/protocol"
)

// Each layer has a probe, which is the same when it is asked for again.
func TestProbes(t *testing.T) {
	x, ids := trained(t, convolutions())
	ask := func() protocol.Probes {
		t.Helper()
		return result[protocol.Probes](x, x.ask(protocol.AskLook, with(t, protocol.LookProbes, ids[0], 6, protocol.Probing{Images: 60})))
	}
	got := ask()
	if got.Train != 60 || got.Test != 60 || len(got.Layers) != 7 || got.Layers[0].Layer != protocol.ImageLayer || got.Layers[0].Size != 784 || got.Layers[6].Layer != "logits" {
		t.Fatalf("%+v", got)
	}
	for i, one := range ask().Layers {
		if one != got.Layers[i] {
			t.Errorf("asked again: %+v, before %+v", one, got.Layers[i])
		}
		if one.Test < 0.9 { // two kinds of bars, which are easy to tell apart
			t.Errorf("%+v", one)
		}
	}
	numbers := protocol.Numbers{What: protocol.LookProbes, With: []byte(`{"images":60}`), Picture: protocol.Accuracies}
	result[protocol.Nothing](x, x.ask(protocol.AskLook, with(t, protocol.LookNumbers, ids[0], 6, numbers)))
}
