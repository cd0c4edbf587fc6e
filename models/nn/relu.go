package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// ReLU is max(x, 0), with the derivative 0 at x = 0, as in TensorFlow; GoMLX's Max has 1 there.
func ReLU(x *graph.Node) *graph.Node {
	return rectify(x, func(x, g *graph.Node) *graph.Node {
		return graph.Where(graph.GreaterThan(x, graph.ScalarZero(x.Graph(), x.DType())), g, graph.ZerosLike(g))
	})
}

// rectify is max(x, 0) with a rule for gradients.
func rectify(x *graph.Node, backward func(x, g *graph.Node) *graph.Node) *graph.Node {
	// The gradient passes x alone, under the rule; the sum is max(x, 0) exactly, for finite x. GoMLX's own gradient of Max
	// would have masked it already. A NaN stays one, which a selection by x > 0 would hide.
	x = graph.IdentityWithCustomGradient(x, backward)
	zero := graph.ScalarZero(x.Graph(), x.DType())
	return graph.Add(x, graph.StopGradient(graph.Sub(graph.Max(x, zero), x)))
}

// ReLURule is how a gradient g goes back through a ReLU whose input was x.
type ReLURule int

const (
	// ReLUGradient is the derivative, g where x > 0.
	ReLUGradient ReLURule = iota
	// ReLUDeconv is the deconvnet's rule, max(g, 0) whatever x was (Zeiler and Fergus, 2013, section 2.1).
	ReLUDeconv
	// ReLUGuided is guided backpropagation, max(g, 0) where x > 0 (Springenberg et al., 2014, section 3.4).
	ReLUGuided
)

// Bounds are the rule as two numbers: max(g, least) where x > above, and else 0.
func (rule ReLURule) Bounds() (least, above float32) {
	least, above = -math.MaxFloat32, -math.MaxFloat32
	if rule != ReLUGradient {
		least = 0
	}
	if rule != ReLUDeconv {
		above = 0
	}
	return least, above
}

// ReLUs is ReLU with a rule for each image of x [batch, ...]: bounds f32 [batch, 2] has the two numbers of each. So one graph serves
// all rules.
func ReLUs(x, bounds *graph.Node) *graph.Node {
	bound := func(i int) *graph.Node { return PerImage(graph.Slice(bounds, graph.AxisRange(), graph.AxisElem(i)), x) }
	return rectify(x, func(x, g *graph.Node) *graph.Node {
		return graph.Where(graph.GreaterThan(x, bound(1)), graph.Max(g, bound(0)), graph.ZerosLike(g))
	})
}

// PerImage has for each number of x [batch, ...] that of its image in v, which has batch numbers.
func PerImage(v, x *graph.Node) *graph.Node {
	dims := make([]int, x.Rank())
	for axis := range dims {
		dims[axis] = 1
	}
	dims[0] = x.Shape().Dimensions[0]
	return graph.BroadcastToShape(graph.Reshape(v, dims...), x.Shape())
}
