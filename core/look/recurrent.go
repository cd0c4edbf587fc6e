package look

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"unpool/models/net"
)

// ErrNoCell means that a layer is not recurrent, or none of a net.
var ErrNoCell = errors.New("look: not recurrent")

// Recurrent is what a recurrent layer does with its input and with its own state.
type Recurrent struct {
	Layer string
	Kind  net.CellKind
	Units int
	Reads int           // numbers of a step
	Gates []GateWeights // those that read from the start, then those that read from the end; the one that makes new content first
}

// GateWeights is the part of a recurrent layer's weights that make one of its vectors: an RNN has one, an LSTM four, a GRU three; layers that
// read both ways have each twice.
type GateWeights struct {
	Name     string // "state" (of an RNN), "candidate", "input", "forget", "output", "update", "reset"
	Backward bool   // it reads from the end

	Strips []float32 // what each unit takes of a step's input, [Units, Reads]
	Order  []int     // the units, that of the largest strip first, by the root of the mean of its squares
	Matrix []float32 // recurrent weights [Units, Units], from the unit of a row to that of a column

	// Eigenvalues are those of Matrix, in no order. An RNN's state goes through Matrix at each step, h' = tanh(x W + h U + b): within the
	// unit circle what it remembers fades, outside of it grows until tanh holds it. With gates there is more than one way from step to step,
	// and the eigenvalues say what one of them would do by itself. An LSTM's candidate is tanh(x W + h U + b) too, but its memory c passes by
	// the forget gate, without any matrix. A GRU's candidate is tanh(x W + (r h) U + b) (Cho et al., 2014), whose eigenvalues say what
	// becomes of the state where the reset gate r is 1 and the update gate z is 0; where z is 1 the state stays as it is. The matrices of
	// the other gates decide how much passes, and not what.
	Eigenvalues []complex128
	Radius      float64 // the largest magnitude among them
}

// tellEvery is after how many columns or eigenvalues progress is told: some milliseconds of work for a hundred units.
const tellEvery = 16

// Recurrent returns the weights of a recurrent layer, "" for the first. Eigenvalues of hundreds of units take seconds: on the way
// it calls progress, unless that is nil, and gives up when ctx is done. The error for a net without such a layer, or another
// layer, is ErrNoCell, for a name that is none ErrNoLayer.
func (n *Net) Recurrent(ctx context.Context, layer string, progress Progress) (*Recurrent, error) {
	p, c, err := n.cell(layer)
	if err != nil {
		return nil, err
	}
	gate := gates[c.Kind]
	places := []int{gate.candidate} // of their columns among all: the one that makes new content first
	for i := range gate.names {
		if i != gate.candidate {
			places = append(places, i)
		}
	}
	r := &Recurrent{Layer: p.Name, Kind: c.Kind, Units: c.Units}
	for _, d := range directions(c) {
		input, err := n.variable(p.Name, d+"weights") // [reads, gates·units]
		if err != nil {
			return nil, err
		}
		state, err := n.variable(p.Name, d+"recurrent") // [units, gates·units]
		if err != nil {
			return nil, err
		}
		width := len(places) * c.Units
		r.Reads = len(input) / width
		all := transposed(input, r.Reads, width)
		for _, place := range places {
			first, end := place*c.Units, (place+1)*c.Units
			g := GateWeights{Name: gate.names[place], Backward: d != "", Strips: all[first*r.Reads : end*r.Reads]}
			g.Order = Strongest(g.Strips, c.Units)
			for row := range slices.Chunk(state, width) {
				g.Matrix = append(g.Matrix, row[first:end]...)
			}
			r.Gates = append(r.Gates, g)
		}
	}
	work := 2 * r.Units // of a gate
	for i := range r.Gates {
		g, told := &r.Gates[i], -1
		g.Eigenvalues, err = Eigenvalues(g.Matrix, r.Units, func(done int) error {
			if progress != nil && done/tellEvery > told {
				told = done / tellEvery
				progress(i*work+done, len(r.Gates)*work)
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", g.Name, r.Layer, err)
		}
		g.Radius = SpectralRadius(g.Eigenvalues)
	}
	return r, nil
}

// Recurrents are the names of the recurrent layers.
func (n *Net) Recurrents() (names []string) {
	for p := range n.Plan.All() {
		if _, ok := p.Layer.(net.Cell); ok {
			names = append(names, p.Name)
		}
	}
	return names
}

// cell is a recurrent layer, "" for the first.
func (n *Net) cell(layer string) (*net.Placed, net.Cell, error) {
	if layer != "" {
		p, err := n.placed(layer)
		if err != nil {
			return nil, net.Cell{}, err
		}
		c, ok := p.Layer.(net.Cell)
		if !ok {
			return nil, net.Cell{}, fmt.Errorf("%w: %s", ErrNoCell, layer)
		}
		return p, c, nil
	}
	for p := range n.Plan.All() {
		if c, ok := p.Layer.(net.Cell); ok {
			return p, c, nil
		}
	}
	return nil, net.Cell{}, ErrNoCell
}
