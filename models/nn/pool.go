package nn

import (
	"github.com/gomlx/gomlx/core/graph"

	"unpool/models/net"
)

// pool takes the largest or the mean of each window of x [batch, height, width, maps].
func pool(p *net.Placed, l net.Pool, x *graph.Node) *graph.Node {
	over := graph.MaxPool(x)
	if l.Average {
		over = graph.MeanPool(x)
	}
	return over.Window(l.Window).Strides(l.Stride).PaddingPerDim(p.Padding[:]).Done()
}
