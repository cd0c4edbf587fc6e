package look

import (
	"context"
	"slices"

	"unpool/core/data"
)

// Of probes.
const (
	mostProbed = 1024 // features of an image
	together   = 4    // layers whose features are computed in one go; those of all could fill the memory
)

// Probe is how well a linear classifier tells the classes apart by what a layer outputs (Alain and Bengio, 2016).
type Probe struct {
	Layer       string
	Size, Pool  int     // as of Features
	Train, Test float64 // the share of the images that it classifies correctly: of those that it was trained on, and of test images
}

// Probes trains a linear classifier on each layer's features of training images of d, from the image itself to the logits, and tests it on test images. The
// net stays as it is. Progress is in images, counted once for every few layers.
func (n *Net) Probes(ctx context.Context, d *data.Dataset, train, test []int32, progress Progress) ([]Probe, error) {
	layers := n.Layers()
	each := len(train) + len(test)
	all := (len(layers) + together - 1) / together * each
	trained, tested := labels(d.Train, train), labels(d.Test, test)
	var probes []Probe
	done := 0
	for some := range slices.Chunk(layers, together) {
		count := func(before int) Progress { return func(now, _ int) { progress.tell(done+before+now, all) } }
		of, err := n.Features(ctx, d.Train, train, some, mostProbed, count(0))
		if err != nil {
			return nil, err
		}
		on, err := n.Features(ctx, d.Test, test, some, mostProbed, count(len(train)))
		if err != nil {
			return nil, err
		}
		done += each
		for i, f := range of {
			s, err := fit(f.Values, f.Size, trained, n.Plan.Task.Classes, func() error {
				progress.tell(done, all)
				return ctx.Err()
			})
			if err != nil {
				return nil, err
			}
			probes = append(probes, Probe{f.Layer, f.Size, f.Pool, s.accuracy(f.Values, trained), s.accuracy(on[i].Values, tested)})
		}
	}
	return probes, nil
}

// labels are the classes of the images of a split at indices.
func labels(s data.Split, indices []int32) (classes []int) {
	for _, i := range indices {
		classes = append(classes, int(s.Labels[i]))
	}
	return classes
}

// FitsProbes reports whether probes can be what Probes returns.
func (n *Net) FitsProbes(probes []Probe) bool {
	return slices.EqualFunc(probes, n.Layers(), func(p Probe, layer string) bool {
		return p.Layer == layer && p.Train >= 0 && p.Train <= 1 && p.Test >= 0 && p.Test <= 1
	})
}
