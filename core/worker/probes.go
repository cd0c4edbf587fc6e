package worker

import (
	"context"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// mostProbed is how many images a linear classifier is trained on at most.
const mostProbed = 5000

// probes trains a linear classifier on each layer's outputs.
func (a *analysis) probes(ctx context.Context, p protocol.Probing) (*protocol.Probes, error) {
	images := min(max(p.Images, 2), mostProbed)
	train, test := look.Drawn(a.data.Train, images), look.Drawn(a.data.Test, images)
	all, err := remembered(ctx, a, a.net, "probes", images, a.net.FitsProbes, func() ([]look.Probe, error) {
		return a.net.Probes(ctx, a.data, train, test, a.progress)
	})
	if err != nil {
		return nil, err
	}
	told := &protocol.Probes{Train: len(train), Test: len(test)}
	var accuracies []float32
	for _, one := range all {
		told.Layers = append(told.Layers, protocol.Probe(one))
		accuracies = append(accuracies, float32(one.Train), float32(one.Test))
	}
	a.note(protocol.Accuracies, run.Weights{Step: a.net.Step, Count: 1, Height: len(all), Width: 2, Channels: 1}, accuracies)
	return told, nil
}
