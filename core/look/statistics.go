package look

import (
	"context"
	"errors"

	"unpool/core/data"
	"unpool/core/run"
	"unpool/models/net"
)

// ErrNoConvolutions means that a net has no layer of which the course report shows statistics.
var ErrNoConvolutions = errors.New("look: the net has no convolution with a ReLU")

// Statistics measures the activations of the net's convolutional layers, each after its ReLU, on all test images of d: what the
// course report shows of its CNNs, and a run's log keeps. Progress is in images.
func (n *Net) Statistics(ctx context.Context, d *data.Dataset, progress Progress) (*run.Statistics, error) {
	var layers []*gauge
	for _, g := range n.gauges() {
		if g.placed.Layer == net.ReLU && len(g.placed.Out) == 3 {
			layers = append(layers, g)
		}
	}
	if len(layers) == 0 {
		return nil, ErrNoConvolutions
	}
	a, err := n.measure(ctx, "statistics", layers, d, progress)
	if err != nil {
		return nil, err
	}
	s := &run.Statistics{Step: a.Step, Images: a.Images}
	for _, l := range a.Layers {
		s.Layers = append(s.Layers, run.LayerStatistics{
			Layer: l.Layer, Mean: l.Mean, Deviation: l.Deviation, Min: l.Min, Max: l.Max, Zeros: l.Zeros, Maps: len(l.Maps), Dead: l.Dead(),
		})
	}
	return s, nil
}
