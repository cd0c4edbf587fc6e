package look

import (
	"slices"
	"strings"
	"testing"

	"unpool/core/checkpoint"
)

// Nets that share what is compiled give what each gives by itself, also when others of them are closed.
func TestNetsShareAProgram(t *testing.T) {
	b := backends(t)["exact"]
	c, _ := weights(t, "mnist-cnn")
	later, set := weights(t, "mnist-cnn")
	set("/conv1/weights", 0.1, -0.2, 0.05)
	d := black(1)
	for i := range d.Test.Images {
		d.Test.Images[i] = byte(i)
	}
	answer := func(n *Net) []float32 {
		t.Helper()
		layers, _, err := n.Maps(d.Test.Images)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Concat(layers[0].Values, layers[len(layers)-1].Values)
	}
	alone := func(c *checkpoint.Checkpoint) []float32 {
		n, err := Open(b, c, d)
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		return answer(n)
	}
	first, second := alone(c), alone(later)
	if slices.Equal(first, second) {
		t.Fatal("the two nets are the same")
	}
	n, err := Open(b, later, d)
	if err != nil {
		t.Fatal(err)
	}
	untrained := n.Untrained()
	other, err := n.With(c)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if !slices.Equal(answer(n), second) || !slices.Equal(answer(other), first) || !slices.Equal(answer(untrained), first) {
			t.Error("one net's weights are another's") // c has those that training begins with
		}
	}
	if p, err := n.FirstLayer(); err != nil || p.Values[0] != 0.1 {
		t.Errorf("the first layer's weights are %v, %v", p.Values[:3], err)
	}
	n.Close()
	if !slices.Equal(answer(other), first) || !slices.Equal(answer(untrained), first) {
		t.Error("a net is another when one that it came of is closed")
	}
	other.Close()
	if !slices.Equal(answer(untrained), first) {
		t.Error("the untrained net is another when the others are closed")
	}
	later.Recipe.Net = "dense 3"
	if _, err := untrained.With(later); err == nil || !strings.Contains(err.Error(), `"dense 3"`) {
		t.Errorf("weights of another net: %v", err)
	}
	later.Recipe.Net, later.Tensors = c.Recipe.Net, nil
	if _, err := untrained.With(later); err == nil {
		t.Error("a checkpoint without weights is taken")
	}
	untrained.Close()
}
