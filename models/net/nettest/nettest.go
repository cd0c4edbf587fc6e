// Package nettest makes random nets for tests: every kind of layer, with every option, in places where it fits.
package nettest

import (
	"math/rand/v2"

	"unpool/models/net"
)

// maxStep bounds a net's multiply-adds a training step and image, so that tests are quick.
const maxStep = 1e6

// Random returns the valid net of a seed, of one to seven layers, and a task for it.
func Random(seed uint64) (net.Net, net.Task) {
	r := rand.New(rand.NewPCG(seed, 1))
	task := net.Task{Height: 8 + r.IntN(7), Width: 8 + r.IntN(7), Channels: 1 + 2*r.IntN(2), Classes: 2 + r.IntN(9)}
	var n net.Net
	in := net.Shape{task.Height, task.Width, task.Channels}
	for layers := 1 + r.IntN(7); len(n) < layers; {
		more := append(n[:len(n):len(n)], layer(r, in, true))
		if p, err := more.Plan(task); err == nil && p.Step() < maxStep {
			n, in = more, p.Layers[len(n)].Out
		}
	}
	if r.IntN(4) == 0 {
		n = append(n, net.Logits{Init: begin(r)})
	}
	return n, task
}

// layer draws a layer to read in, whether it fits or not; a group only if there may be one.
func layer(r *rand.Rand, in net.Shape, groups bool) net.Layer {
	flag := func() bool { return r.IntN(3) == 0 }
	switch r.IntN(14) {
	case 0, 1, 2:
		return net.Conv{Height: 1 + r.IntN(5), Width: 1 + r.IntN(5), Maps: 1 + r.IntN(6), Stride: pick(r, 1, 1, 2, 3),
			Valid: flag(), NoBias: flag(), Init: begin(r)}
	case 3, 4:
		return net.Pool{Average: flag(), Window: 1 + r.IntN(3), Stride: 1 + r.IntN(3), Valid: flag()}
	case 5, 6:
		return pick(r, net.Activations...)
	case 7:
		return pick[net.Layer](r, net.BatchNorm{}, net.LayerNorm{})
	case 8:
		return net.Dropout{Rate: pick(r, 0.1, 0.25, 0.5)}
	case 9:
		if r.IntN(2) == 0 {
			return net.Mean{}
		}
		return net.Dense{Units: 1 + r.IntN(12), NoBias: flag(), Init: begin(r)}
	case 10, 11:
		return net.Cell{Kind: pick(r, net.CellKinds...), Units: 1 + r.IntN(6), Sequence: r.IntN(2) == 0,
			Columns: flag(), Both: flag(), Init: begin(r)}
	}
	if !groups {
		return net.ReLU
	}
	var inner net.Net
	for range 1 + r.IntN(3) {
		inner = append(inner, layer(r, in, r.IntN(3) == 0))
	}
	if len(in) == 3 && flag() { // the group keeps the number of maps
		inner = append(inner, net.Conv{Height: 3, Width: 3, Maps: in[2], Stride: 1})
	}
	return net.Residual{Layers: inner}
}

// begin draws a way to begin, as often as not the default.
func begin(r *rand.Rand) net.Init {
	if r.IntN(2) == 0 {
		return ""
	}
	return pick(r, net.Inits...)
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }
