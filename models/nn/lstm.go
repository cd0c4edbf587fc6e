package nn

import (
	"github.com/gomlx/gomlx/core/graph"

	"unpool/models/net"
)

// lstm is a long short-term memory (Hochreiter and Schmidhuber, 1997) with a forget gate (Gers, Schmidhuber and
// Cummins, 2000): i, f, o = logistic(x W + h U + b), g = tanh(likewise), c' = f c + i g, h' = o tanh(c').
func lstm(u *graph.Node, units int) step {
	var c *graph.Node
	return func(z, h *graph.Node) *graph.Node {
		if h != nil { // the first state is zero
			z = graph.Add(z, recurrence(h, u))
		}
		added := graph.Mul(graph.Logistic(gate(z, net.LSTMInput, units)), graph.Tanh(gate(z, net.LSTMCandidate, units)))
		if c == nil {
			c = added
		} else {
			c = graph.Add(graph.Mul(graph.Logistic(gate(z, net.LSTMForget, units)), c), added)
		}
		return graph.Mul(graph.Logistic(gate(z, net.LSTMOutput, units)), graph.Tanh(c))
	}
}
