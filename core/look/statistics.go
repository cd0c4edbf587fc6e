package look

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/run"
	"unpool/models/net"
)

// statisticsBatch is how many images go through the net at a time: few, so that who waits is heard soon, and a round part of a test set.
const statisticsBatch = 50

// ErrNoConvolutions means that a net has no layer to measure.
var ErrNoConvolutions = errors.New("look: the net has no convolution with a ReLU")

// Statistics measures the activations of the net's convolutional layers, each after its ReLU, on the test images of d: what the
// course report shows of its CNNs. Images that do not fill a last batch are left out. Progress is in images.
func (n *Net) Statistics(ctx context.Context, d *data.Dataset, progress Progress) (*run.Statistics, error) {
	var sums []*sum
	for p := range n.Plan.All() {
		if p.Layer == net.ReLU && len(p.Out) == 3 {
			sums = append(sums, &sum{layer: p.Name, maps: p.Out[2], count: statisticsBatch * p.Out[0] * p.Out[1] * p.Out[2], min: math.Inf(1), max: math.Inf(-1)})
		}
	}
	if len(sums) == 0 {
		return nil, ErrNoConvolutions
	}
	indices := data.All(d.Test)
	done := 0
	for ; done+statisticsBatch <= len(indices); done += statisticsBatch {
		progress.tell(done, len(indices))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out, err := n.call("statistics", func(scope *model.Scope, in []*graph.Node) (out []*graph.Node) {
			_, taps := n.build(scope, in[0])
			for _, s := range sums {
				out = append(out, measures(tapped(taps, s.layer))...)
			}
			return out
		}, n.input(n.pick(d.Test, indices[done:done+statisticsBatch]), statisticsBatch))
		if err != nil {
			return nil, err
		}
		for i, s := range sums {
			s.add(out[measured*i : measured*(i+1)])
		}
	}
	if done == 0 {
		return nil, fmt.Errorf("look: %d test images; %d are needed", len(indices), statisticsBatch)
	}
	s := &run.Statistics{Step: n.Step, Images: done}
	for _, layer := range sums {
		s.Layers = append(s.Layers, layer.result(done/statisticsBatch))
	}
	return s, nil
}

// measured is the number of values that measures returns.
const measured = 5

// measures are taken of a batch of activations, f32 [batch, height, width, maps]: f32 [maps] each, the sums, the sums of
// squares, the least, the largest, and the number of zeros.
func measures(x *graph.Node) []*graph.Node {
	zero := graph.ConvertDType(graph.Equal(x, graph.ZerosLike(x)), dtypes.Float32)
	return []*graph.Node{
		graph.ReduceSum(x, 0, 1, 2), graph.ReduceSum(graph.Square(x), 0, 1, 2),
		graph.ReduceMin(x, 0, 1, 2), graph.ReduceMax(x, 0, 1, 2), graph.ReduceSum(zero, 0, 1, 2),
	}
}

// sum gathers a layer's measures over all batches.
type sum struct {
	layer                 string
	maps                  int
	count                 int // activations in a batch
	total, squares, zeros float64
	min, max              float64
	largest               []float32 // of each map
}

func (s *sum) add(values [][]float32) {
	if s.largest == nil {
		s.largest = make([]float32, s.maps)
	}
	for m := range s.largest {
		s.total += float64(values[0][m])
		s.squares += float64(values[1][m])
		s.min = min(s.min, float64(values[2][m]))
		s.max = max(s.max, float64(values[3][m]))
		s.largest[m] = max(s.largest[m], values[3][m])
		s.zeros += float64(values[4][m])
	}
}

func (s *sum) result(batches int) run.LayerStatistics {
	n := float64(s.count * batches)
	mean := s.total / n
	r := run.LayerStatistics{
		Layer: s.layer, Mean: mean, Deviation: math.Sqrt(max(0, s.squares/n-mean*mean)), Min: s.min, Max: s.max,
		Zeros: s.zeros / n, Maps: len(s.largest),
	}
	for _, v := range s.largest {
		if v == 0 {
			r.Dead++
		}
	}
	return r
}
