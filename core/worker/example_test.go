package worker

import (
	"math"
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/store"
)

// A figure gets what the model code computes, whatever else the trainer does.
func TestExample(t *testing.T) {
	x := newTrialIn(t, &store.Memory{})
	onOurs(x)
	input := make([]float32, 64)
	input[9], input[10] = 2, 3
	e := protocol.Example{Net: "pool 2", Height: 8, Width: 8, Channels: 1, Input: input, Back: true}
	for range 2 { // the second by the backend of the first
		out := result[protocol.Outputs](x, x.ask(protocol.AskExample, e))
		if first := out.Layers[0]; first.Layer != "pool1" || !slices.Equal(first.Values[:2], []float32{2, 3}) || !slices.Equal(out.Back, input) {
			t.Errorf("%+v", out)
		}
	}
	l := result[protocol.Loss](x, x.ask(protocol.AskLoss, protocol.Logits{Logits: []float32{0, 0}, Label: 1}))
	if math.Abs(float64(l.Loss)-math.Ln2) > 1e-6 {
		t.Errorf("%+v", l)
	}
	d := protocol.Descent{Example: protocol.Example{Net: "logits", Height: 8, Width: 8, Channels: 1, Input: input}, Labels: []int{1}, Optimizers: []recipe.Optimizer{recipe.Adam}, Rate: 0.01, Steps: 3}
	if ways := result[protocol.Descents](x, x.ask(protocol.AskDescent, d)); len(ways.Losses) != 1 || len(ways.Losses[0]) != 4 || ways.Losses[0][3] >= ways.Losses[0][0] {
		t.Errorf("%+v", ways)
	}
	e.Net = "pool"
	if failed := x.failure(x.ask(protocol.AskExample, e)); failed.Code != protocol.Invalid || !strings.Contains(failed.Message, "pool") || failed.Hint == "" {
		t.Errorf("%+v", failed)
	}
	if failed := x.failure(x.ask(protocol.AskLoss, protocol.Logits{})); failed.Code != protocol.Invalid {
		t.Errorf("%+v", failed)
	}
}
