package look

import (
	"math"
	"strings"
	"testing"

	"unpool/core/data"
	"unpool/core/recipe"
)

// What a reading says is what the net does: the unit's gates come to its states, the last answer is the net's, and the gradients are
// those of the saliency.
func TestReading(t *testing.T) {
	b, black := backends(t)["exact"], &data.Dataset{Name: recipe.MNIST, Height: 28, Width: 28, Channels: 1, Classes: make([]string, 10)}
	open := func(text string) *Net {
		n, err := Untrained(b, withNet(text), black)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(n.Close)
		return n
	}
	for _, kind := range []string{"rnn", "lstm", "gru"} {
		n := open(kind + " 6")
		image := make([]byte, n.size())
		for i := range image {
			image[i] = byte(i * 7)
		}
		r, err := n.Reading(t.Context(), image, kind, 4)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Cells) != 28 || len(r.Answers) != 28 || len(r.Gradients) != 28 || len(r.States) != 28*6 {
			t.Fatalf("%s: %+v", kind, r)
		}
		for row, cell := range r.Cells {
			if got, want := stateOf(kind, &cell), float64(r.States[row*6+4]); math.Abs(got-want) > 1e-5 || math.Abs(float64(cell.State)-want) > 1e-5 || cell.Step != row {
				t.Errorf("%s: the gates of row %d come to %g, the cell's state is %g, the model's %g", kind, row, got, cell.State, want)
			}
		}
		_, probabilities, err := n.Maps(image)
		if err != nil {
			t.Fatal(err)
		}
		best := 0
		for class, p := range r.Answers[27] {
			if want := float64(probabilities[0][class]); math.Abs(float64(p)-want) > 1e-5 {
				t.Errorf("%s: class %d has %g, the net says %g", kind, class, p, want)
			}
			if p > r.Answers[27][best] {
				best = class
			}
		}
		if r.Gradients[27] <= 0 {
			t.Errorf("%s: the last row has the gradient %g", kind, r.Gradients[27])
		}
		saliency, err := n.Project(Saliency, image, []Unit{{Layer: "logits", Map: best}})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, g := range saliency[0][3*28 : 4*28] {
			sum += float64(g) * float64(g)
		}
		if math.Abs(math.Sqrt(sum)-float64(r.Gradients[3])) > 1e-6 {
			t.Errorf("%s: row 3 has the gradient %g, not %g", kind, r.Gradients[3], math.Sqrt(sum))
		}
	}
	for text, says := range map[string]string{"rnn 4 both": "can be followed", "rnn 4 columns": "can be followed", "rnn 4, dense 3": "can be followed", "rnn 9": "no unit 9"} {
		n := open(text)
		if _, err := n.Reading(t.Context(), make([]byte, n.size()), "rnn", 9); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// stateOf is the state that a cell's gates come to.
func stateOf(kind string, c *Cell) float64 {
	gate := map[string]float64{}
	for _, g := range c.Gates {
		gate[g.Name] = float64(g.Value)
	}
	switch kind {
	case "lstm":
		return gate["output"] * math.Tanh(gate["forget"]*float64(c.MemoryBefore)+gate["input"]*gate["candidate"])
	case "gru":
		return gate["update"]*float64(c.Before) + (1-gate["update"])*gate["candidate"]
	}
	return gate["state"]
}
