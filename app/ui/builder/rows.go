package builder

import (
	"errors"
	"fmt"
	"slices"

	"unpool/models/net"
)

// Row is a layer as the list shows it.
type Row struct {
	Path       Path
	Layer      net.Layer
	Name       string // the layer's text; of a group its word
	Words      string
	In, Out    net.Shape // nil where they are not known
	Parameters int       // with those of a group's layers
	Sees       string    // the receptive field; "" where it is not known
	Problem    string
	Chosen     bool
	Implied    bool // the last layer, which is always there
}

// Sheet is the net computed for a task, as far as possible.
type Sheet struct {
	Rows    []Row     // a group before its layers
	Plan    *net.Plan // nil for a net that is wrong
	Problem string    // what is wrong with the net as a whole
}

// Sheet computes the net for a task.
func (e *Editor) Sheet(t net.Task) Sheet {
	draft, err := e.now.layers.Draft(t)
	s := Sheet{}
	wrong := (*net.Error)(nil)
	switch {
	case err == nil:
		s.Plan = draft
	case !errors.As(err, &wrong):
		s.Problem = err.Error()
	}
	s.rows(e, nil, e.now.layers, draft.Layers, wrong)
	return s
}

// rows adds the layers of a group, of which some are placed.
func (s *Sheet) rows(e *Editor, group Path, layers net.Net, placed []net.Placed, wrong *net.Error) {
	for i, l := range layers {
		path := group.with(i)
		row := Row{Path: path, Layer: l, Name: Name(l), Words: l.Words(), Chosen: slices.Equal(path, e.now.chosen), Implied: e.now.implied(path)}
		if wrong != nil && slices.Equal(path, wrong.Path()) {
			row.Problem = wrong.Problem
		}
		var p net.Placed
		if i < len(placed) {
			p = placed[i]
		}
		if row.In, row.Out = p.In, p.Out; p.Out != nil {
			row.Sees = sees(p.Field)
		}
		inner, ok := l.(net.Residual)
		if ok {
			row.Words = "adds the output of its layers to its input"
		}
		row.Parameters = parameters(p)
		s.Rows = append(s.Rows, row)
		if ok {
			s.rows(e, path, inner.Layers, p.Layers, wrong)
		}
	}
}

// parameters counts a layer's trainable numbers and those of the layers in it.
func parameters(p net.Placed) int {
	n := p.Parameters()
	for _, inner := range p.Layers {
		n += parameters(inner)
	}
	return n
}

// sees says what of the image one number of a layer's output depends on.
func sees(f net.Field) string {
	if f.StepY == 0 && f.StepX == 0 {
		return "the whole image"
	}
	if f.Height == 1 && f.Width == 1 {
		return "1 pixel"
	}
	return fmt.Sprintf("%d×%d pixels", f.Height, f.Width)
}

// Name is a layer's text; of a group its word.
func Name(l net.Layer) string {
	if _, ok := l.(net.Residual); ok {
		return "residual"
	}
	return l.String()
}

// Menu lists the layers that can be added, one of each kind, such as would fit in the next place.
func (s Sheet) Menu() []net.Example {
	in := s.Rows[len(s.Rows)-1].In
	for _, r := range s.Rows {
		if r.Chosen && !r.Implied {
			in = r.Out
		}
	}
	return net.Examples(in)
}
