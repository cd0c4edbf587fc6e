package nn

import (
	"github.com/gomlx/gomlx/core/graph"

	"unpool/models/net"
)

// gru is a gated recurrent unit (Cho et al., 2014, section 2.3): z, r = logistic(x W + h U + b),
// g = tanh(x W + (r h) U + b), h' = z h + (1-z) g. The reset gate acts before the multiplication, as in the paper
// and in TensorFlow's GRUCell, which has one bias a gate.
func gru(u *graph.Node, units int) step {
	gates := graph.Slice(u, graph.AxisRange(), graph.AxisRange(0, 2*units))
	candidate := gate(u, net.GRUCandidate, units)
	return func(input, h *graph.Node) *graph.Node {
		zr := graph.Slice(input, graph.AxisRange(), graph.AxisRange(0, 2*units))
		g := gate(input, net.GRUCandidate, units)
		first := h == nil // the first state is zero
		if first {
			h = graph.ZerosLike(g)
		} else {
			zr = graph.Add(zr, recurrence(h, gates))
		}
		zr = graph.Logistic(zr)
		z, r := gate(zr, net.GRUUpdate, units), gate(zr, net.GRUReset, units)
		if !first {
			g = graph.Add(g, recurrence(graph.Mul(r, h), candidate))
		}
		g = graph.Tanh(g)
		return graph.Add(g, graph.Mul(z, graph.Sub(h, g)))
	}
}
