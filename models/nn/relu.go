package nn

import "github.com/gomlx/gomlx/core/graph"

// ReLURule is how a gradient g goes back through a ReLU whose input was x.
type ReLURule int

const (
	// ReLUGradient is the derivative, g where x > 0. At x = 0 it is 0, as in TensorFlow; GoMLX's Max has 1 there.
	ReLUGradient ReLURule = iota
	// ReLUDeconv is the deconvnet's rule, max(g, 0) whatever x was (Zeiler and Fergus, 2013, section 2.1).
	ReLUDeconv
	// ReLUGuided is guided backpropagation, max(g, 0) where x > 0 (Springenberg et al., 2014, section 3.4).
	ReLUGuided
)

// ReLU is max(x, 0) with a rule for gradients.
func ReLU(x *graph.Node, rule ReLURule) *graph.Node {
	// The gradient passes x alone, under the rule; the sum is max(x, 0) exactly, for finite x. GoMLX's own gradient of Max
	// would have masked it already. A NaN stays one, which a selection by x > 0 would hide.
	x = graph.IdentityWithCustomGradient(x, rule.backward)
	zero := graph.ScalarZero(x.Graph(), x.DType())
	return graph.Add(x, graph.StopGradient(graph.Sub(graph.Max(x, zero), x)))
}

func (rule ReLURule) backward(x, g *graph.Node) *graph.Node {
	zero := graph.ScalarZero(x.Graph(), x.DType())
	if rule != ReLUGradient {
		g = graph.Max(g, zero)
	}
	if rule != ReLUDeconv {
		g = graph.Where(graph.GreaterThan(x, zero), g, graph.ZerosLike(g))
	}
	return g
}
