package look

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/run"
	"unpool/models/net"
)

// ErrNoActivations means that a net has no layer to measure.
var ErrNoActivations = errors.New("look: the net has no activation function and no recurrent layer")

// Activations measures what every activation function and every recurrent layer of the net gives on all test images of d, by layer and by
// map, with a histogram of each layer in which every activation is counted. Of a recurrent layer the states after all steps are measured:
// each step is a place, each unit a map. Between batches it calls progress, unless that is nil.
func (n *Net) Activations(ctx context.Context, d *data.Dataset, progress Progress) (*run.Activations, error) {
	layers := n.gauges()
	if len(layers) == 0 {
		return nil, ErrNoActivations
	}
	for _, g := range layers {
		g.histogram = &histogram{}
	}
	return n.measure(ctx, "activations", layers, d, progress)
}

// FitsActivations reports whether a can be what Activations returns.
func (n *Net) FitsActivations(a *run.Activations, d *data.Dataset) bool {
	layers := n.gauges()
	if a == nil || a.Step != n.Step || a.Images != d.Test.Len() || len(a.Layers) != len(layers) {
		return false
	}
	for i, g := range layers {
		l := &a.Layers[i]
		if l.Layer != g.placed.Name || len(l.Maps) != g.maps || l.Histogram.Total() != int64(a.Images*g.places*g.maps) || len(l.Histogram.Counts) > 0 && !(l.Histogram.Width > 0) {
			return false
		}
	}
	return true
}

// gauge gathers the measures of a layer over all batches.
type gauge struct {
	placed       *net.Placed
	places, maps int // for one image
	all          []moments
	histogram    *histogram // nil where none is wanted
}

// gauges are for the layers that there is something to measure of.
func (n *Net) gauges() (all []*gauge) {
	for p := range n.Plan.All() {
		maps := p.Out[len(p.Out)-1]
		g := &gauge{placed: p, places: 1, maps: maps, all: make([]moments, maps)}
		switch l := p.Layer.(type) {
		case net.Activation:
			for _, d := range p.Out[:len(p.Out)-1] {
				g.places *= d
			}
		case net.Cell:
			g.places = p.In[0]
			if l.Columns {
				g.places = p.In[1]
			}
		default:
			continue
		}
		all = append(all, g)
	}
	return all
}

// measure has gauges measure all test images of d. what tells the graphs for some gauges from those for others.
func (n *Net) measure(ctx context.Context, what string, layers []*gauge, d *data.Dataset, progress Progress) (*run.Activations, error) {
	if d.Test.Len() == 0 {
		return nil, errors.New("look: there are no test images")
	}
	indices := data.All(d.Test)
	err := n.batches(ctx, d.Test, indices, progress, func(images []int32, x *tensors.Tensor) error {
		out, err := n.call(key(what, fewImages), func(scope *model.Scope, in []*graph.Node) (out []*graph.Node) {
			_, taps := n.build(scope, in[0])
			for _, g := range layers {
				out = append(out, g.outputs(all(taps, g.placed))...)
			}
			return out
		}, x)
		if err != nil {
			return err
		}
		for _, g := range layers {
			if out, err = g.take(out, len(images)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a := &run.Activations{Step: n.Step, Images: len(indices)}
	for _, g := range layers {
		a.Layers = append(a.Layers, g.result())
	}
	return a, nil
}

// measured is the number of measures.
const measured = 6

// outputs are what is read of a batch of activations x, f32 [batch, places..., maps]: f32 [batch, maps] each, for every image by itself
// the mean, the sums of the differences from it and of their squares, the least, the largest, and the number of zeros; and where a
// histogram is wanted the activations.
func (g *gauge) outputs(x *graph.Node) []*graph.Node {
	of := graph.Reshape(x, x.Shape().Dimensions[0], g.places, g.maps)
	mean := graph.ReduceMean(of, 1)
	off := graph.Sub(of, graph.InsertAxes(mean, 1))
	zero := graph.ConvertDType(graph.Equal(of, graph.ZerosLike(of)), dtypes.Float32)
	out := []*graph.Node{
		mean, graph.ReduceSum(off, 1), graph.ReduceSum(graph.Square(off), 1),
		graph.ReduceMin(of, 1), graph.ReduceMax(of, 1), graph.ReduceSum(zero, 1),
	}
	if g.histogram != nil {
		out = append(out, x)
	}
	return out
}

// take adds the first so many images of a batch, and returns the outputs after the layer's own.
func (g *gauge) take(out [][]float32, images int) (rest [][]float32, err error) {
	n := float64(g.places)
	for i := range images * g.maps {
		of := func(measure int) float64 { return float64(out[measure][i]) }
		// The f32 mean is a little off; by how much is known (Chan, Golub and LeVeque, 1983: the corrected two-pass algorithm).
		correction := of(1) / n
		m := moments{
			count: n, mean: of(0) + correction, squares: max(0, of(2)-of(1)*correction), min: of(3), max: of(4), zeros: of(5),
		}
		if sum := m.mean + m.squares; math.IsNaN(sum) || math.IsInf(sum, 0) {
			return nil, fmt.Errorf("look: %s outputs infinity or NaN: the training has diverged", g.placed.Name)
		}
		g.all[i%g.maps].add(m)
	}
	out = out[measured:]
	if g.histogram != nil {
		g.histogram.add(out[0][:images*g.places*g.maps])
		out = out[1:]
	}
	return out, nil
}

func (g *gauge) result() run.LayerActivations {
	l := run.LayerActivations{Layer: g.placed.Name}
	var whole moments
	for _, m := range g.all {
		whole.add(m)
		l.Maps = append(l.Maps, m.spread())
	}
	l.Spread = whole.spread()
	if g.histogram != nil {
		l.Histogram = g.histogram.result()
	}
	return l
}

// moments are the measures of some values. The zero value is of none.
type moments struct {
	count, mean float64
	squares     float64 // sum of the squares of the differences from the mean
	min, max    float64
	zeros       float64
}

// add takes in other values. Sums of squares of large values are never subtracted from each other, so that a deviation that is small
// beside the mean is not lost (Chan, Golub and LeVeque, 1983: the pairwise algorithm).
func (m *moments) add(o moments) {
	if m.count == 0 {
		*m = o
		return
	}
	count := m.count + o.count
	apart := o.mean - m.mean
	m.squares += o.squares + apart*apart*m.count*o.count/count
	m.mean += apart * o.count / count
	m.count, m.zeros = count, m.zeros+o.zeros
	m.min, m.max = min(m.min, o.min), max(m.max, o.max)
}

func (m moments) spread() run.Spread {
	return run.Spread{Mean: m.mean, Deviation: math.Sqrt(m.squares / m.count), Min: m.min, Max: m.max, Zeros: m.zeros / m.count}
}
