package worker

import (
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/recipe"
)

// The features of bars serve another set of bars; asked again, the answer is the same. What cannot be read is refused.
func TestTransfer(t *testing.T) {
	x, ids := trained(t, convolutions())
	about := func(to recipe.Dataset) protocol.Look {
		return with(t, protocol.LookTransfer, ids[0], 6, protocol.Transferring{To: to, Images: 50, Seeds: 2})
	}
	got := result[protocol.Transfer](x, x.ask(protocol.AskLook, about(recipe.FashionMNIST)))
	if got.Layer != "pool2" || got.Size != 196 || got.Pool != 1 || got.Classes != 10 || got.Test != 50 || got.Steps != 200 || got.Batch != 8 || got.Seeds != 2 ||
		got.Becomes != recipe.FashionMNIST.Becomes(28, 1) || !strings.HasPrefix(got.Says, "Against 200 steps of training from scratch") {
		t.Errorf("%+v", got)
	}
	for i, want := range []int{1, 2, 5} {
		g := got.Given[i]
		if g.Each != want || g.Images != 10*want || g.All || g.Features.Mean < 0.8 || g.Scratch.Mean <= 0 || g.Random.Mean <= 0 { // bars are easy to tell apart
			t.Errorf("%+v", g)
		}
	}
	again := result[protocol.Transfer](x, x.ask(protocol.AskLook, about(recipe.FashionMNIST)))
	if len(again.Given) != 3 || again.Given[2] != got.Given[2] {
		t.Errorf("asked again: %+v", again)
	}
	numbers := protocol.Numbers{What: protocol.LookTransfer, With: about(recipe.FashionMNIST).With, Picture: protocol.Accuracies}
	result[protocol.Nothing](x, x.ask(protocol.AskLook, with(t, protocol.LookNumbers, ids[0], 6, numbers)))
	for to, says := range map[recipe.Dataset]string{"folder:pets": "this page does not have these pictures", "dreams": `no data set "dreams"`, "": "no data set"} {
		if e := x.failure(x.ask(protocol.AskLook, about(to))); !strings.Contains(e.Message, says) || e.Hint == "" {
			t.Errorf("%q: %+v", to, e)
		}
	}
}
