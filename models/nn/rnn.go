package nn

import "github.com/gomlx/gomlx/core/graph"

// rnn is a plain recurrent cell (Elman, "Finding structure in time", 1990): h' = tanh(x W + h U + b).
func rnn(u *graph.Node) step {
	return func(input, h *graph.Node) *graph.Node {
		if h != nil { // the first state is zero
			input = graph.Add(input, recurrence(h, u))
		}
		return graph.Tanh(input)
	}
}
