package nn

import "github.com/gomlx/gomlx/core/graph"

// rnn is a plain recurrent net (Elman, "Finding structure in time", 1990): h' = tanh(x W + h U + b), one row a step;
// the logits come from the last state.
func (b *builder) rnn(x *graph.Node, units int) *graph.Node {
	u := b.variable("rnn", "recurrent")
	var h *graph.Node
	var states []*graph.Node
	for _, row := range b.rows("rnn", x) {
		if h != nil { // the first state is zero
			row = graph.Add(row, b.recurrence(h, u))
		}
		h = graph.Tanh(row)
		states = append(states, h)
	}
	b.hidden(states)
	return b.logits(h)
}
