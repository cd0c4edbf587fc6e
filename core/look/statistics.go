// Package look looks inside trained nets. It works on checkpoints, with the model code that trained them.
//
// It knows nothing of files, runs or pages.
package look

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/models/nn"
)

// statisticsBatch is how many images go through the net at a time.
const statisticsBatch = 250

// ErrNoConvolutions means that a net has no layer to measure.
var ErrNoConvolutions = errors.New("look: the net has no convolutions")

// Statistics measures the activations of a checkpoint's convolutional layers, each after its ReLU, on the test images of d:
// what the course report shows of its CNNs. Images that do not fill a last batch are left out. Between batches it calls
// progress, unless that is nil.
func Statistics(ctx context.Context, b compute.Backend, c *checkpoint.Checkpoint, d *data.Dataset, progress func(done, total int)) (*run.Statistics, error) {
	var s *run.Statistics
	var err error
	switch p := exceptions.TryCatch[any](func() { s, err = statistics(ctx, b, c, d, progress) }).(type) { // GoMLX's builders panic
	case nil:
	case error:
		err = p
	default:
		err = fmt.Errorf("%v", p)
	}
	if err != nil && !errors.Is(err, ErrNoConvolutions) && ctx.Err() == nil {
		err = fmt.Errorf("look: statistics of %s: %w", models.Title(c.Recipe), err)
	}
	return s, err
}

func statistics(ctx context.Context, b compute.Backend, c *checkpoint.Checkpoint, d *data.Dataset, progress func(done, total int)) (*run.Statistics, error) {
	store := model.NewStore()
	defer store.Finalize()
	if err := nn.Init(store, c.Recipe); err != nil {
		return nil, err
	}
	if err := train.Load(store, c); err != nil {
		return nil, err
	}
	var sums []*sum
	exec, err := model.NewExec(b, store, func(scope *model.Scope, x *graph.Node) []*graph.Node {
		_, taps := nn.Build(scope, c.Recipe, x, nn.Mode{})
		sums = nil
		var out []*graph.Node
		for _, t := range taps {
			if strings.HasPrefix(t.Name, "relu") && t.Value.Rank() == 4 {
				sums = append(sums, &sum{layer: t.Name, count: t.Value.Shape().Size(), min: math.Inf(1), max: math.Inf(-1)})
				out = append(out, measures(t.Value)...)
			}
		}
		if len(sums) == 0 {
			panic(ErrNoConvolutions)
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()

	normalizer := train.Normalizer(c.Recipe, d)
	images := make([]float32, statisticsBatch*d.Height*d.Width*d.Channels)
	labels := make([]int32, statisticsBatch)
	indices := data.All(d.Test)
	done := 0
	for ; done+statisticsBatch <= len(indices); done += statisticsBatch {
		if progress != nil {
			progress(done, len(indices))
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		normalizer.Fill(images, labels, d.Test, indices[done:done+statisticsBatch])
		x := tensors.FromFlatDataAndDimensions(images, statisticsBatch, d.Height, d.Width, d.Channels)
		out, err := exec.Call(x)
		x.FinalizeAll()
		if err != nil {
			return nil, err
		}
		for i, s := range sums {
			if err := s.add(out[measured*i : measured*(i+1)]); err != nil {
				return nil, err
			}
		}
	}
	if done == 0 {
		return nil, fmt.Errorf("%d test images; %d are needed", len(indices), statisticsBatch)
	}
	s := &run.Statistics{Step: c.Step, Images: done}
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
	count                 int // activations in a batch
	total, squares, zeros float64
	min, max              float64
	largest               []float32 // of each map
}

func (s *sum) add(out []*tensors.Tensor) error {
	var values [measured][]float32
	for i, t := range out {
		v, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return err
		}
		values[i] = v
		t.FinalizeAll()
	}
	if s.largest == nil {
		s.largest = make([]float32, len(values[0]))
	}
	for m := range s.largest {
		s.total += float64(values[0][m])
		s.squares += float64(values[1][m])
		s.min = min(s.min, float64(values[2][m]))
		s.max = max(s.max, float64(values[3][m]))
		s.largest[m] = max(s.largest[m], values[3][m])
		s.zeros += float64(values[4][m])
	}
	return nil
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
