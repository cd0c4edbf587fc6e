package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"unpool/models/net"
)

// activation is a function of each number of x. Only a ReLU uses the mode's rules: the deconvnet and guided backpropagation
// are defined for that.
func (b *builder) activation(a net.Activation, x *graph.Node) *graph.Node {
	switch a {
	case net.ReLU:
		if b.mode.ReLUs != nil {
			return ReLUs(x, b.mode.ReLUs)
		}
		return ReLU(x)
	case net.Tanh:
		return graph.Tanh(x)
	case net.Sigmoid:
		return graph.Logistic(x)
	case net.Leaky:
		return graph.Where(graph.GreaterThan(x, graph.ScalarZero(b.g, x.DType())), x, graph.MulScalar(x, net.LeakySlope))
	case net.GELU:
		// The normal distribution function is (1 + erf(x/sqrt(2)))/2.
		return graph.Mul(x, graph.MulScalar(graph.OnePlus(graph.Erf(graph.MulScalar(x, math.Sqrt2/2))), 0.5))
	}
	panic(fmt.Errorf("nn: cannot build the activation %q", a))
}
