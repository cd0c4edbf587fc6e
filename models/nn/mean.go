package nn

import "github.com/gomlx/gomlx/core/graph"

// mean is the mean of x [batch, ..., features] over all axes between: [batch, features].
func mean(x *graph.Node) *graph.Node {
	var axes []int
	for axis := 1; axis < x.Rank()-1; axis++ {
		axes = append(axes, axis)
	}
	return graph.ReduceMean(x, axes...)
}
