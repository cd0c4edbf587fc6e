package worker

import (
	"math"
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/store"
)

// An embedding is asked for iteration by iteration; it is the same as one that is asked for at once, and is kept when it is done.
func TestEmbedding(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	onOurs(x)
	x.runEnd(x.ask(protocol.AskTrain, convolutions()))
	all, err := runs.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(x *trial, step int, e protocol.Embed) (protocol.Embedding, int) {
		t.Helper()
		call := x.ask(protocol.AskLook, with(t, protocol.LookEmbedding, all[0].ID, step, e))
		got := result[protocol.Embedding](x, call)
		told := 0
		for _, m := range x.said {
			if m.Kind == protocol.SayProgress && m.Call == call && strings.Contains(m.String(), `"images"`) {
				told++
			}
		}
		return got, told
	}
	first, _ := ask(x, 6, protocol.Embed{Images: 60})
	if first.Layer != "pool2" || len(first.Images) != 60 || len(first.Components) != 120 || len(first.Map) != 0 || first.Iteration != 0 || len(first.Groups) != 10 {
		t.Fatalf("%+v", first)
	}
	images := 0
	for _, g := range first.Groups {
		images += g.Images
	}
	if images != 60 || first.Near <= 0 || first.Near > 1 {
		t.Errorf("%d images are of some class, %g of the neighbours of the same", images, first.Near)
	}
	begun, _ := ask(x, 6, protocol.Embed{Images: 60, Until: 10})
	if begun.Iteration != 10 || !slices.Equal(begun.Components, first.Components) {
		t.Errorf("after 10 iterations: %+v", begun)
	}
	done, _ := ask(x, 6, protocol.Embed{Images: 60, Until: 9999})
	if done.Iteration != done.Iterations || slices.Equal(done.Map, begun.Map) {
		t.Errorf("in the end: %+v", done)
	}

	other := newTrialIn(t, runs) // which has it at once
	onOurs(other)
	if again, told := ask(other, 6, protocol.Embed{Images: 60}); again.Iteration != done.Iterations || !slices.Equal(again.Map, done.Map) || again.Near != done.Near || told > 0 {
		t.Errorf("kept, with %d reports of progress: %+v", told, again)
	}
	// Another step's is turned, and has the distances that it has by itself.
	six := 6
	like, _ := ask(other, 3, protocol.Embed{Images: 60, Until: 50, Like: &six})
	plain, _ := ask(x, 3, protocol.Embed{Images: 60, Until: 50})
	off := func(a []float32) (sum float64) {
		for i, v := range a {
			sum += math.Pow(float64(v-done.Components[i]), 2)
		}
		return sum
	}
	if off(like.Components) > off(plain.Components)+1e-6 {
		t.Errorf("turned it is further from the other step's: %g, before %g", off(like.Components), off(plain.Components))
	}
	for i := 2; i < 120; i += 2 {
		far := func(a []float32) float64 { return math.Hypot(float64(a[i]-a[0]), float64(a[i+1]-a[1])) }
		if math.Abs(far(like.Map)-far(plain.Map)) > 1e-4*(1+far(plain.Map)) {
			t.Errorf("turned, images 0 and %d are %g apart, before %g", i/2, far(like.Map), far(plain.Map))
		}
	}

	picture := result[protocol.Picture](x, x.ask(protocol.AskLook, with(t, protocol.LookPicture, all[0].ID, 6, protocol.TestImage{Image: int(first.Images[1])})))
	if picture.Number != int(first.Images[1]) || picture.Class != first.Classes[1] || len(picture.Pixels) != 784 {
		t.Errorf("the second image is %+v", picture)
	}
	numbers := protocol.Numbers{What: protocol.LookEmbedding, With: []byte(`{"images":60,"until":20}`), Picture: protocol.Map}
	result[protocol.Nothing](x, x.ask(protocol.AskLook, with(t, protocol.LookNumbers, all[0].ID, 6, numbers)))
	if failed := x.failure(x.ask(protocol.AskLook, with(t, protocol.LookEmbedding, all[0].ID, 6, protocol.Embed{Layer: "relu9"}))); failed.Code != protocol.Invalid ||
		!strings.Contains(failed.Message, `"relu9"; it has conv1`) {
		t.Errorf("%+v", failed)
	}
}
