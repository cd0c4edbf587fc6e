package nn_test

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"unpool/models/nn"
)

// The loss is finite for logits whose exponential is not, and a padded image does not count.
func TestLoss(t *testing.T) {
	logits := [][]float32{{1000, 0, 0}, {0, 0, 0}, {5, 5, -1000}}
	labels := []int32{0, 1, 2}
	each := []float64{0, math.Log(3), 1005 + math.Log(2)}
	for _, c := range []struct {
		name string
		mask []float32
		want float64
	}{
		{"no mask", nil, (each[0] + each[1] + each[2]) / 3},
		{"all count", []float32{1, 1, 1}, (each[0] + each[1] + each[2]) / 3},
		{"the last is padding", []float32{1, 1, 0}, (each[0] + each[1]) / 2},
		{"one counts", []float32{0, 1, 0}, each[1]},
	} {
		out, err := graph.CallOnce(goBackend(t), func(x *graph.Node) *graph.Node {
			var mask *graph.Node
			if c.mask != nil {
				mask = graph.Const(x.Graph(), c.mask)
			}
			return nn.Loss(x, graph.Const(x.Graph(), labels), mask)
		}, logits)
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(tensors.ToScalar[float32](out)); !(math.Abs(got-c.want) <= 1e-5*(1+c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
