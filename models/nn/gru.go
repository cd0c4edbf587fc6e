package nn

import "github.com/gomlx/gomlx/core/graph"

// The column blocks of a GRU's weights.
const (
	gruUpdate = iota
	gruReset
	gruCandidate
	gruGates
)

// gru is a gated recurrent unit (Cho et al., 2014, section 2.3): z, r = logistic(x W + h U + b),
// g = tanh(x W + (r h) U + b), h' = z h + (1-z) g. The reset gate acts before the multiplication, as in the paper
// and in TensorFlow's GRUCell, which has one bias a gate.
func (b *builder) gru(x *graph.Node, units int) *graph.Node {
	u := b.variable("gru", "recurrent")
	gates := graph.Slice(u, graph.AxisRange(), graph.AxisRange(0, 2*units))
	candidate := gate(u, gruCandidate, units)
	h := b.zeros(x, units)
	var states []*graph.Node
	for t, row := range b.rows("gru", x) {
		zr := graph.Slice(row, graph.AxisRange(), graph.AxisRange(0, 2*units))
		g := gate(row, gruCandidate, units)
		if t > 0 { // the first state is zero
			zr = graph.Add(zr, b.recurrence(h, gates))
		}
		zr = graph.Logistic(zr)
		z, r := gate(zr, gruUpdate, units), gate(zr, gruReset, units)
		if t > 0 {
			g = graph.Add(g, b.recurrence(graph.Mul(r, h), candidate))
		}
		g = graph.Tanh(g)
		h = graph.Add(g, graph.Mul(z, graph.Sub(h, g)))
		states = append(states, h)
	}
	b.hidden(states)
	return b.logits(h)
}
