package nn

import "github.com/gomlx/gomlx/core/graph"

// The column blocks of an LSTM's weights.
const (
	lstmInput = iota
	lstmForget
	lstmCandidate
	lstmOutput
	lstmGates
)

// lstm is a long short-term memory (Hochreiter and Schmidhuber, 1997) with a forget gate (Gers, Schmidhuber and
// Cummins, 2000): i, f, o = logistic(x W + h U + b), g = tanh(likewise), c' = f c + i g, h' = o tanh(c').
func (b *builder) lstm(x *graph.Node, units int) *graph.Node {
	u := b.variable("lstm", "recurrent")
	var h, c *graph.Node
	var states []*graph.Node
	for _, z := range b.rows("lstm", x) {
		if h != nil { // the first state is zero
			z = graph.Add(z, b.recurrence(h, u))
		}
		added := graph.Mul(graph.Logistic(gate(z, lstmInput, units)), graph.Tanh(gate(z, lstmCandidate, units)))
		if c == nil {
			c = added
		} else {
			c = graph.Add(graph.Mul(graph.Logistic(gate(z, lstmForget, units)), c), added)
		}
		h = graph.Mul(graph.Logistic(gate(z, lstmOutput, units)), graph.Tanh(c))
		states = append(states, h)
	}
	b.hidden(states)
	return b.logits(h)
}
