// Package nettest makes random nets for tests: every kind of layer, with every option, in places where it fits.
package nettest

import (
	"math/rand/v2"

	"unpool/models/net"
)

// Random returns the valid net of a seed, small enough to be trained for a few steps in a test, and a task for it.
func Random(seed uint64) (net.Net, net.Task) {
	r := rand.New(rand.NewPCG(seed, 1))
	for {
		task := net.Task{Height: 8 + r.IntN(7), Width: 8 + r.IntN(7), Channels: 1 + 2*r.IntN(2), Classes: 2 + r.IntN(9)}
		n := layers(r, 1+r.IntN(6), true)
		if pick(r, false, false, false, true) {
			n = append(n, net.Logits{Init: begin(r)})
		}
		if p, err := n.Plan(task); err == nil && p.Step() < 2e6 {
			return n, task
		}
	}
}

// layers draws some layers, whether they fit or not.
func layers(r *rand.Rand, n int, groups bool) (all net.Net) {
	for range n {
		all = append(all, layer(r, groups))
	}
	return all
}

func layer(r *rand.Rand, groups bool) net.Layer {
	flag := func() bool { return r.IntN(3) == 0 }
	switch r.IntN(12) {
	case 0, 1:
		return net.Conv{Height: 1 + r.IntN(5), Width: 1 + r.IntN(5), Maps: 1 + r.IntN(6), Stride: pick(r, 1, 1, 2, 3),
			Valid: flag(), NoBias: flag(), Init: begin(r)}
	case 2:
		return net.Pool{Average: flag(), Window: 1 + r.IntN(3), Stride: 1 + r.IntN(3), Valid: flag()}
	case 3, 4:
		return pick(r, net.Activations...)
	case 5:
		return pick[net.Layer](r, net.BatchNorm{}, net.LayerNorm{})
	case 6:
		return net.Dropout{Rate: pick(r, 0.1, 0.25, 0.5)}
	case 7:
		return net.Dense{Units: 1 + r.IntN(12), NoBias: flag(), Init: begin(r)}
	case 8:
		return net.Mean{}
	case 9, 10:
		return net.Cell{Kind: pick(r, net.CellKinds...), Units: 1 + r.IntN(6), Sequence: r.IntN(2) == 0, Columns: flag(), Both: flag(), Init: begin(r)}
	}
	if !groups {
		return net.ReLU
	}
	return net.Residual{Layers: layers(r, 1+r.IntN(3), false)}
}

// begin draws a way to begin, most often the default.
func begin(r *rand.Rand) net.Init {
	if r.IntN(2) == 0 {
		return ""
	}
	return pick(r, net.Inits...)
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }
