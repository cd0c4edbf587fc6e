package worker

import (
	"context"
	"slices"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

func (a *analysis) arithmetic(_ context.Context, u protocol.TestUnit) (*protocol.Arithmetic, error) {
	image, unit, told, err := a.activation(u)
	if err != nil {
		return nil, err
	}
	layers, _, err := a.net.activations(image)
	if err != nil {
		return nil, err
	}
	parts, err := a.net.Arithmetic(image, layers, unit)
	if err != nil {
		return nil, err
	}
	a.about = aboutUnit(u, unit)
	p := parts.Patch
	pictures := func(name string, all [][]float32) run.Weights {
		if all == nil {
			return run.Weights{}
		}
		w := run.Weights{Step: a.net.Step, Layer: unit.Layer, Count: len(all), Height: p.Height, Width: p.Width, Channels: 1}
		return a.picture(name, w, slices.Concat(all...))
	}
	return &protocol.Arithmetic{
		Unit: told, Kind: parts.Kind, From: parts.From, Patch: [4]int{p.Top, p.Left, p.Height, p.Width}, Terms: termsOf(parts.Terms),
		Inputs:   pictures(protocol.Inputs, parts.Inputs),
		Kernels:  pictures(protocol.Kernels, parts.Kernels),
		Products: pictures(protocol.Products, parts.Products),
		Others:   parts.Others, Rest: parts.Rest, Bias: parts.Bias, Then: parts.Then, Won: parts.Won, Cell: cellOf(parts.Cell),
	}, nil
}

func termsOf(terms []look.Term) []protocol.Term {
	all := []protocol.Term{}
	for _, t := range terms {
		all = append(all, protocol.Term(t))
	}
	return all
}

func cellOf(c *look.Cell) *protocol.Cell {
	if c == nil {
		return nil
	}
	cell := &protocol.Cell{
		Step: c.Step, Backward: c.Backward, State: c.State, Before: c.Before, Memory: c.Memory, MemoryBefore: c.MemoryBefore,
		States: termsOf(c.States), OtherStates: c.OtherStates, RestStates: c.RestStates,
	}
	for _, g := range c.Gates {
		cell.Gates = append(cell.Gates, protocol.Gate(g))
	}
	return cell
}
