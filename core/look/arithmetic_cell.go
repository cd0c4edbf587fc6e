package look

import (
	"math"
	"slices"

	"unpool/models/net"
)

// Cell is how a recurrent layer's unit comes to its state at a step. Each of its gates is a function of what the step's input, the states
// before and a bias add. A plain layer's state is its only gate; an LSTM's is output·tanh(memory), with memory = forget·memory before +
// input·candidate; a GRU's is update·before + (1-update)·candidate, where the reset gates multiply the states before that the candidate
// reads. The terms and the bias of the Arithmetic are the candidate's.
type Cell struct {
	Step                 int     // that is read
	Backward             bool    // the unit reads from the end
	State, Before        float32 // the unit's state after it and before; Before is 0 at the first step
	Memory, MemoryBefore float32 // of an LSTM
	Gates                []Gate  // in the order of the weights
	States               []Term  // what the units of the states before add to the candidate, as Terms
	OtherStates          int     // units that are not among them
	RestStates           float32 // what those add
}

// Gate is one of a cell's.
type Gate struct {
	Name               string // "state" of a plain layer
	Input, State, Bias float32
	Then               string // "sigmoid" or "tanh", of the sum of the three
	Value              float32
}

// gates name those of each kind of cell in the order of its weights, and say which is the candidate.
var gates = map[net.CellKind]struct {
	names     []string
	candidate int
}{
	net.RNN:  {[]string{"state"}, 0},
	net.LSTM: {[]string{net.LSTMInput: "input", net.LSTMForget: "forget", net.LSTMCandidate: "candidate", net.LSTMOutput: "output"}, net.LSTMCandidate},
	net.GRU:  {[]string{net.GRUUpdate: "update", net.GRUReset: "reset", net.GRUCandidate: "candidate"}, net.GRUCandidate},
}

// reader is a recurrent layer of one direction, in plain loops.
type reader struct {
	net.Cell
	backward                 bool // it reads from the end
	weights, recurrent, bias []float32
	candidate                int

	// Of the last step:
	input, state, value []float64 // of each gate of each unit: what its input and what the states before add, and what it comes to
	read                []float64 // the states that the candidate read
	before, memory      []float64 // the states before and the memories before
	h, c                []float64 // the states and the memories
}

// newReader is a layer's reader of a direction, before the first step.
func newReader(c net.Cell, direction string, variables map[string][]float32) *reader {
	return &reader{
		Cell: c, backward: direction != "", weights: variables[direction+"weights"], recurrent: variables[direction+"recurrent"], bias: variables[direction+"bias"],
		candidate: gates[c.Kind].candidate, h: make([]float64, c.Units), c: make([]float64, c.Units),
	}
}

// directions begin the names of the variables of each direction in which a layer reads.
func directions(c net.Cell) []string {
	if c.Both {
		return []string{"", net.Backward}
	}
	return []string{""}
}

// states are what a layer gives after each of some steps [steps][numbers]: those of its two directions side by side.
func states(c net.Cell, variables map[string][]float32, steps [][]float32) [][]float32 {
	all := make([][]float32, len(steps))
	for _, d := range directions(c) {
		r := newReader(c, d, variables)
		r.run(steps, func(step int) {
			for _, h := range r.h {
				all[step] = append(all[step], float32(h))
			}
		})
	}
	return all
}

// run reads steps in the reader's direction, and calls each after each of them.
func (r *reader) run(steps [][]float32, each func(step int)) {
	for i := range steps {
		step := i
		if r.backward {
			step = len(steps) - 1 - i
		}
		r.step(steps[step])
		each(step)
	}
}

// step reads a step's numbers.
func (r *reader) step(numbers []float32) {
	units := r.Units
	width := len(r.bias)
	r.before, r.memory, r.read = r.h, r.c, r.h
	r.input, r.state, r.value = product32(numbers, r.weights, width), product(r.before, r.recurrent, width), make([]float64, width)
	r.h, r.c = make([]float64, units), make([]float64, units)
	gate := func(g, i int) float64 { return r.value[g*units+i] }
	open := func(g int) {
		for i := range units {
			at := g*units + i
			sum := r.input[at] + r.state[at] + float64(r.bias[at])
			if r.value[at] = math.Tanh(sum); g != r.candidate {
				r.value[at] = 1 / (1 + math.Exp(-sum))
			}
		}
	}
	if r.Kind == net.GRU {
		open(net.GRUReset)
		r.read = make([]float64, units)
		for i := range units {
			r.read[i] = gate(net.GRUReset, i) * r.before[i]
		}
		copy(r.state[r.candidate*units:], product(r.read, r.recurrent, width)[r.candidate*units:])
	}
	for g := range width / units {
		open(g)
	}
	for i := range units {
		switch r.Kind {
		case net.RNN:
			r.h[i] = gate(0, i)
		case net.LSTM:
			r.c[i] = gate(net.LSTMForget, i)*r.memory[i] + gate(net.LSTMInput, i)*gate(net.LSTMCandidate, i)
			r.h[i] = gate(net.LSTMOutput, i) * math.Tanh(r.c[i])
		case net.GRU:
			z := gate(net.GRUUpdate, i)
			r.h[i] = z*r.before[i] + (1-z)*gate(net.GRUCandidate, i)
		}
	}
}

// cell is how a unit came to its state at the last step, without what the other units added.
func (r *reader) cell(unit int) Cell {
	cell := Cell{State: float32(r.h[unit]), Before: float32(r.before[unit])}
	if r.Kind == net.LSTM {
		cell.Memory, cell.MemoryBefore = float32(r.c[unit]), float32(r.memory[unit])
	}
	for g, name := range gates[r.Kind].names {
		i, then := g*r.Units+unit, "sigmoid"
		if g == r.candidate {
			then = "tanh"
		}
		cell.Gates = append(cell.Gates, Gate{name, float32(r.input[i]), float32(r.state[i]), r.bias[i], then, float32(r.value[i])})
	}
	return cell
}

// product is x [n] times a matrix [n, width].
func product(x []float64, matrix []float32, width int) []float64 {
	y := make([]float64, width)
	for i, v := range x {
		for j, w := range matrix[i*width : (i+1)*width] {
			y[j] += v * float64(w)
		}
	}
	return y
}

func product32(x []float32, matrix []float32, width int) []float64 {
	wide := make([]float64, len(x))
	for i, v := range x {
		wide[i] = float64(v)
	}
	return product(wide, matrix, width)
}

// cell makes the terms of a recurrent layer.
func (a *Arithmetic) cell(in volume, p *net.Placed, c net.Cell, u Unit, variables map[string][]float32) {
	unit, direction := u.Map, ""
	if unit >= c.Units {
		unit, direction = unit-c.Units, net.Backward
	}
	steps := in.steps(c)
	// Where only the last state is given, the reader from the end has that at the first step.
	step := u.Row
	if len(p.Out) == 1 && direction == "" {
		step = len(steps) - 1
	}
	r, read := newReader(c, direction, variables), steps[:step+1]
	if r.backward {
		read = steps[step:]
	}
	r.run(read, func(int) {})
	a.Patch = Patch{step, 0, 1, in.columns}
	if c.Columns {
		a.Patch = Patch{0, step, in.rows, 1}
	}
	at, width := r.candidate*c.Units+unit, len(r.bias)
	a.weigh(in, map[string][]float32{"weights": r.weights, "bias": r.bias}, width, at)
	a.Then = string(c.Kind)
	cell := r.cell(unit)
	cell.Step, cell.Backward = step, r.backward
	sums := make([]float64, c.Units)
	for i := range sums {
		sums[i] = r.read[i] * float64(r.recurrent[i*width+at])
	}
	cell.States, cell.OtherStates, cell.RestStates = largestTerms(sums)
	a.Cell = &cell
}

// steps are the numbers that a cell reads at each step: of a row, of a column, or of a step of a sequence.
func (v volume) steps(c net.Cell) (all [][]float32) {
	if !c.Columns {
		return slices.Collect(slices.Chunk(v.values, v.columns*v.maps))
	}
	for t := range v.columns {
		var column []float32
		for row := range v.rows {
			at := (row*v.columns + t) * v.maps
			column = append(column, v.values[at:at+v.maps]...)
		}
		all = append(all, column)
	}
	return all
}
