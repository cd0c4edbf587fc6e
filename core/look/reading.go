package look

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/models/net"
	"unpool/models/nn"
)

// Reading is how a recurrent layer reads an image step by step: its rows or columns, those of what the layer before gives, or the steps of a
// sequence. Steps are in the order of the image, whichever way they are read.
type Reading struct {
	Layer      string
	Kind       net.CellKind
	Steps      int
	Units      int
	Columns    bool        // a step is a column, and not a row
	Directions []Direction // from the start and, of a layer that reads both ways, from the end
	Cells      []Cell      // how one unit comes to its state, for each step
	// Answers are the probabilities [steps][classes] if the image ended after that step: what reads from the end would begin there. nil for a net
	// whose answer does not rest on the last state of recurrent layers that follow each other.
	Answers   [][]float32
	Gradients []float32 // [steps]: the norm of the gradient, by the numbers of the step that the layer reads, of the answer's logit
}

// Direction is what all units of a layer do that read in one direction.
type Direction struct {
	Backward bool
	Traces   []Trace // the states first, then the gates in the order of the weights, then an LSTM's memories
	Order    []int   // the units, Similar ones side by side
}

// Trace is one number of each unit after each step.
type Trace struct {
	Name   string    // "state", that of a Gate, or "memory"
	Values []float32 // [steps, units]
}

// Reading follows a layer, "" for the first recurrent one, through an image. Those units of it that read from the end are counted after those
// that read from the start. Progress is in steps.
func (n *Net) Reading(ctx context.Context, image []byte, layer string, unit int, progress Progress) (*Reading, error) {
	p, c, err := n.cell(layer)
	if err != nil {
		return nil, err
	}
	if len(image) != n.size() {
		return nil, fmt.Errorf("look: the image has %d bytes; the net reads %d", len(image), n.size())
	}
	if all := len(directions(c)) * c.Units; unit < 0 || unit >= all {
		return nil, fmt.Errorf("look: %s has no unit %d, but %d units", p.Name, unit, all)
	}
	layers, probabilities, err := n.Maps(image)
	if err != nil {
		return nil, err
	}
	from, _ := before(n.Plan.Layers, p.Name, "")
	in, err := n.reads(from, image, layers)
	if err != nil {
		return nil, err
	}
	variables, err := n.variables(p)
	if err != nil {
		return nil, err
	}
	steps := in.steps(c)
	r := &Reading{Layer: p.Name, Kind: c.Kind, Steps: len(steps), Units: c.Units, Columns: c.Columns}
	for i, d := range directions(c) {
		r.follow(newReader(c, d, variables), steps, unit-i*c.Units)
	}
	if err := n.answers(ctx, r, image, layers, progress); err != nil {
		return nil, err
	}
	return r, n.gradients(r, c, image, from, in, Largest(probabilities[0]))
}

// follow adds what a reader's units do, and how one of them comes to it, unless the unit is another reader's.
func (r *Reading) follow(reads *reader, steps [][]float32, unit int) {
	d := Direction{Backward: reads.backward, Traces: []Trace{{Name: "state"}}}
	if r.Kind != net.RNN { // whose only gate is its state
		for _, name := range gates[r.Kind].names {
			d.Traces = append(d.Traces, Trace{Name: name})
		}
	}
	if r.Kind == net.LSTM {
		d.Traces = append(d.Traces, Trace{Name: "memory"})
	}
	for i := range d.Traces {
		d.Traces[i].Values = make([]float32, r.Steps*r.Units)
	}
	own := unit >= 0 && unit < r.Units
	if own {
		r.Cells = make([]Cell, r.Steps)
	}
	reads.run(steps, func(step int) {
		numbers := reads.h
		if r.Kind != net.RNN {
			numbers = slices.Concat(reads.h, reads.value)
		}
		if r.Kind == net.LSTM {
			numbers = append(numbers, reads.c...)
		}
		for i, v := range numbers {
			d.Traces[i/r.Units].Values[step*r.Units+i%r.Units] = float32(v)
		}
		if own {
			r.Cells[step] = reads.cell(unit)
			r.Cells[step].Step, r.Cells[step].Backward = step, reads.backward
		}
	})
	d.Order = Similar(d.Traces[0].Values, r.Units)
	r.Directions = append(r.Directions, d)
}

// Decided is the step from which on the answer stays what it is after the last, -1 where there are no answers.
func (r *Reading) Decided() int {
	last := len(r.Answers) - 1
	for step := last; step >= 0; step-- {
		if Largest(r.Answers[step]) != Largest(r.Answers[last]) {
			return step + 1
		}
	}
	return min(0, last)
}

// answers adds what the net would answer after each step.
func (n *Net) answers(ctx context.Context, r *Reading, image []byte, layers []Activations, progress Progress) error {
	cells, from, rest := n.stack()
	if !slices.ContainsFunc(cells, func(p *net.Placed) bool { return p.Name == r.Layer }) {
		return nil
	}
	r.Columns = cells[0].Layer.(net.Cell).Columns // those that follow it read its steps
	in, err := n.reads(from, image, layers)
	if err != nil {
		return err
	}
	variables, both := make([]map[string][]float32, len(cells)), false
	for i, p := range cells {
		both = both || p.Layer.(net.Cell).Both
		if variables[i], err = n.variables(p); err != nil {
			return err
		}
	}
	// after is what the last of the cells gives after each of some steps.
	after := func(steps [][]float32) [][]float32 {
		for i, p := range cells {
			steps = states(p.Layer.(net.Cell), variables[i], steps)
		}
		return steps
	}
	all, last := in.steps(cells[0].Layer.(net.Cell)), cells[len(cells)-1].Layer.(net.Cell)
	var ends [][]float32
	if !both { // what comes later changes nothing
		ends = after(all)
	}
	for t := len(ends); t < len(all); t++ {
		progress.tell(t, len(all))
		if err := ctx.Err(); err != nil {
			return err
		}
		gives := after(all[:t+1])
		// What reads from the end has seen everything at the first step.
		ends = append(ends, slices.Concat(gives[t][:last.Units], gives[0][last.Units:]))
	}
	out, err := n.call(key("answers", len(ends)), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		return []*graph.Node{graph.Softmax(nn.BuildLayers(scope, rest, in[0]))}
	}, tensors.FromFlatDataAndDimensions(slices.Concat(ends...), len(ends), len(ends[0])))
	if err != nil {
		return err
	}
	r.Answers = slices.Collect(slices.Chunk(out[0], n.Plan.Task.Classes))
	return nil
}

// stack are recurrent layers that follow each other, the last of which gives one state that the rest of the net makes its answer of; and what
// the first of them reads. nil for a net without.
func (n *Net) stack() (cells []*net.Placed, from string, rest []net.Placed) {
	for i := range n.Plan.Layers {
		p := &n.Plan.Layers[i]
		switch l := p.Layer.(type) {
		case net.Dropout:
		case net.Cell:
			if cells = append(cells, p); !l.Sequence {
				return cells, from, n.Plan.Layers[i+1:]
			}
		default:
			if cells != nil {
				return nil, "", nil
			}
			from = p.Name
		}
	}
	return nil, "", nil
}

// gradients adds how much each step moves the logit of a class.
func (n *Net) gradients(r *Reading, c net.Cell, image []byte, from string, in volume, class int) error {
	mask := make([]float32, n.Plan.Task.Classes)
	mask[class] = 1
	out, err := n.call(key("gradient by "+from, 1), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		logits, taps := n.build(scope, in[0])
		by := in[0]
		if from != "" {
			by = tapped(taps, from)
		}
		return graph.Gradient(graph.ReduceAllSum(graph.Mul(logits, in[1])), by)
	}, n.input(image, 1), tensors.FromFlatDataAndDimensions(mask, 1, len(mask)))
	if err != nil {
		return err
	}
	in.values = out[0]
	for _, numbers := range in.steps(c) {
		sum := 0.0
		for _, g := range numbers {
			sum += float64(g) * float64(g)
		}
		r.Gradients = append(r.Gradients, float32(math.Sqrt(sum)))
	}
	return nil
}
