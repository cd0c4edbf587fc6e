package train

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
	"unpool/models/net"
)

// limitFilters adds to a training step, after the optimiser's update, that each filter of a convolution whose root mean square
// exceeds the recipe's FilterRMS is scaled down to it, so that no filter dominates (Zeiler and Fergus, 2013, section 3). The scaled
// weights are what the variables hold; the optimiser's own state stays as it is. Without a limit the graph stays as it is too.
func limitFilters(scope *model.Scope, r recipe.Recipe, g *graph.Graph) {
	if r.FilterRMS == 0 {
		return
	}
	plan, err := r.Plan()
	if err != nil {
		panic(err) // as nn.Build does
	}
	for l := range plan.All() {
		if _, ok := l.Layer.(net.Conv); ok {
			weights := scope.At("%s", l.Name).GetVariable("weights")
			weights.SetNodeValue(limited(weights.NodeValue(g), r.FilterRMS))
		}
	}
}

// limited scales each filter of w, f32 [height, width, channels, filters], to a root mean square of at most limit. The others are
// multiplied by limit/limit, which is exactly 1.
func limited(w *graph.Node, limit float64) *graph.Node {
	rms := graph.Sqrt(graph.ReduceAndKeep(graph.Square(w), graph.ReduceMean, 0, 1, 2))
	most := graph.Scalar(w.Graph(), w.DType(), limit)
	return graph.Mul(w, graph.Div(most, graph.Max(rms, most)))
}
