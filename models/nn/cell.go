package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"unpool/models/net"
)

// step is one step of a cell: what its input gives it, f32 [batch, gates·units], and its state h so far, f32 [batch, units],
// nil before the first, become its next state.
type step func(input, h *graph.Node) *graph.Node

// cell is a recurrent layer on an image or a sequence x. Its steps are unrolled, since GoMLX has no gradient of a loop.
func (b *builder) cell(p *net.Placed, c net.Cell, x *graph.Node) *graph.Node {
	x = sequence(c, x)
	states := b.states(p.Name, "", c, x, false)
	last := states[len(states)-1]
	if c.Both {
		// The reader from the end has seen everything at the first step.
		back := b.states(p.Name, net.Backward, c, x, true)
		last = graph.Concatenate([]*graph.Node{last, back[0]}, -1)
		for t := range states {
			states[t] = graph.Concatenate([]*graph.Node{states[t], back[t]}, -1)
		}
	}
	if b.mode.Train && !c.Sequence { // training has no use for all states
		return last
	}
	all := graph.Stack(states, 1)
	if !b.mode.Train {
		b.tap("hidden"+strings.TrimPrefix(p.Name, string(c.Kind)), all)
	}
	if c.Sequence {
		return all
	}
	return last
}

// sequence makes an image x [batch, height, width, channels] the sequence [batch, steps, numbers] of its rows or columns.
func sequence(c net.Cell, x *graph.Node) *graph.Node {
	if x.Rank() == 3 {
		return x
	}
	if c.Columns {
		x = graph.TransposeAllAxes(x, 0, 2, 1, 3)
	}
	return graph.Reshape(x, x.Shape().Dimensions[0], x.Shape().Dimensions[1], -1)
}

// states are a cell's states after it read each step of x [batch, steps, numbers], first to last or last to first, by the
// variables of a direction.
func (b *builder) states(layer, direction string, c net.Cell, x *graph.Node, reverse bool) []*graph.Node {
	next := b.step(c, b.variable(layer, direction+"recurrent"))
	inputs := b.inputs(layer, direction, x)
	if reverse {
		slices.Reverse(inputs)
	}
	states := make([]*graph.Node, len(inputs))
	var h *graph.Node
	for t, input := range inputs {
		h = next(input, h)
		states[t] = h
	}
	if reverse {
		slices.Reverse(states)
	}
	return states
}

// step returns a cell's step with recurrent weights u, f32 [units, gates·units].
func (b *builder) step(c net.Cell, u *graph.Node) step {
	switch c.Kind {
	case net.RNN:
		return rnn(u)
	case net.LSTM:
		return lstm(u, c.Units)
	case net.GRU:
		return gru(u, c.Units)
	}
	panic(fmt.Errorf("nn: cannot build the cell %q", c.Kind))
}

// inputs multiplies every step of x [batch, steps, numbers] by a cell's input weights and adds its bias, all at once, and
// returns one node a step, f32 [batch, gates·units]: one large multiplication is faster than a small one for each step.
func (b *builder) inputs(layer, direction string, x *graph.Node) []*graph.Node {
	batch, steps, numbers := x.Shape().Dimensions[0], x.Shape().Dimensions[1], x.Shape().Dimensions[2]
	x = graph.Reshape(graph.TransposeAllAxes(x, 1, 0, 2), steps*batch, numbers) // step by step, so that a step's part is contiguous
	all := graph.Dot(x, b.variable(layer, direction+"weights")).Product()
	all = graph.Add(all, graph.InsertAxes(b.variable(layer, direction+"bias"), 0))
	inputs := make([]*graph.Node, steps)
	for t := range inputs {
		inputs[t] = graph.Slice(all, graph.AxisRange(t*batch, (t+1)*batch))
	}
	return inputs
}

// recurrence multiplies a state h [batch, units] by some columns of the recurrent weights.
func recurrence(h, weights *graph.Node) *graph.Node { return graph.Dot(h, weights).Product() }

// gate is the i-th of a matrix's column blocks of width units.
func gate(x *graph.Node, i, units int) *graph.Node {
	return graph.Slice(x, graph.AxisRange(), graph.AxisRange(i*units, (i+1)*units))
}
