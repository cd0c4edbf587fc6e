package net

import "fmt"

const maxUnits = 1024

// CellKind names a kind of recurrent cell.
type CellKind string

// The kinds of cells.
const (
	RNN  CellKind = "rnn"  // plain (Elman, 1990)
	LSTM CellKind = "lstm" // long short-term memory (Hochreiter and Schmidhuber, 1997; Gers et al., 2000)
	GRU  CellKind = "gru"  // gated recurrent unit (Cho et al., 2014)
)

// CellKinds lists them in the order a menu shows them.
var CellKinds = []CellKind{RNN, LSTM, GRU}

// Cell is a recurrent layer, which reads an image row by row, or the steps of a sequence that another cell gave, and gives
// its state after the last one. Weights [numbers a step, gates·units] begin as Glorot and recurrent ones
// [units, gates·units] as Orthogonal, each gate by itself; where Init names another, both begin as that. Biases begin at 0,
// but for an LSTM's forget gate (Jozefowicz et al., 2015) and a GRU's two gates at 1, so that they remember at
// first.
type Cell struct {
	Kind     CellKind
	Units    int
	Sequence bool // give the states after all steps, [steps, units]
	Columns  bool // read the image column by column
	Both     bool // also read from the end, with separate weights; the two states stand side by side (Schuster and Paliwal, 1997)
	Init     Init
}

func parseCell(kind CellKind, o *options) Layer {
	return Cell{
		Kind: kind, Units: o.size(1)[0],
		Sequence: o.flag("sequence"), Columns: o.flag("columns"), Both: o.flag("both"), Init: o.init(),
	}
}

func (c Cell) String() string {
	return text(string(c.Kind), fmt.Sprint(c.Units), when(c.Sequence, "sequence"), when(c.Columns, "columns"),
		when(c.Both, "both"), string(c.Init))
}

// Words says what the layer is. Whether it reads rows of an image or steps of a sequence, only its place says.
func (c Cell) Words() string {
	kind := map[CellKind]string{RNN: "recurrent, tanh", LSTM: "long short-term memory", GRU: "gated recurrent unit"}[c.Kind]
	reads := "reading one row or step at a time"
	if c.Columns {
		reads = "reading one column at a time"
	}
	words := fmt.Sprintf("%s, %d units, %s", kind, c.Units, reads)
	if c.Both {
		words += ", in both directions"
	}
	if c.Sequence {
		words += ", outputs the states of all steps"
	}
	return words
}

func (c Cell) stem() string { return string(c.Kind) }

func (Cell) options() []Option {
	return []Option{
		word("kind", "Cell", "no cell is called %q; choose one of %s", CellKinds),
		whole("units", "Units", "a number of units", maxUnits),
		flag("sequence", "All states", "output the states of all steps, not only the last, for another recurrent layer to read"),
		flag("columns", "By columns", "read the image column by column"),
		flag("both", "Both directions", "also read from the end, with separate weights"),
		initOption("glorot; orthogonal for the recurrent weights"),
	}
}

// The gates of cells: where each one's columns stand among those of the weights.
const (
	LSTMInput, LSTMForget, LSTMCandidate, LSTMOutput = 0, 1, 2, 3
	GRUUpdate, GRUReset, GRUCandidate                = 0, 1, 2
)

// biases are where the biases of a cell's gates begin.
func (c Cell) biases() []float32 {
	switch c.Kind {
	case RNN:
		return []float32{0}
	case LSTM:
		return []float32{LSTMForget: 1, LSTMOutput: 0}
	case GRU:
		return []float32{GRUUpdate: 1, GRUReset: 1, GRUCandidate: 0}
	}
	return nil
}

// Backward begins the names of the variables that read from the end.
const Backward = "backward_"

func (c Cell) place(p *Placed, w *walk) error {
	var steps, numbers int
	switch {
	case p.In.image() && c.Columns:
		steps, numbers = p.In[1], p.In[0]*p.In[2]
	case p.In.image():
		steps, numbers = p.In[0], p.In[1]*p.In[2]
	case p.In.sequence() && c.Columns:
		return p.needs("an image, to read its columns")
	case p.In.sequence():
		steps, numbers = p.In[0], p.In[1]
	default:
		return p.needs("an image or a sequence")
	}
	// A GRU multiplies the state by its gates' weights first, and what is left of it by the candidate's after that.
	products := 1
	if c.Kind == GRU {
		products = 2
	}
	biases := c.biases()
	gates := len(biases)
	width := gates * c.Units
	directions, features := []string{""}, c.Units
	if c.Both {
		directions, features = []string{"", Backward}, 2*c.Units
	}
	for _, d := range directions {
		p.Variables = append(p.Variables,
			Variable{Name: d + "weights", Dims: []int{numbers, width}, Init: c.Init.or(Glorot), Gates: gates},
			Variable{Name: d + "recurrent", Dims: []int{c.Units, width}, Init: c.Init.or(Orthogonal), Gates: gates},
			Variable{Name: d + "bias", Dims: []int{width}, Gates: gates, Constants: biases})
		p.product(steps, numbers, width)
		// The state before the first step is zero and multiplied by nothing.
		p.recurrence((steps-1)*products, steps-1, c.Units, width)
	}
	p.Out, p.Field = Shape{features}, w.task.everything()
	if c.Sequence {
		p.Out = Shape{steps, features}
	}
	return nil
}
