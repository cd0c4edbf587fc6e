package look

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/models/net"
)

// Reading is how a recurrent layer reads an image, row by row.
type Reading struct {
	Units     int
	States    []float32   // [rows, units]: the states after each row
	Cells     []Cell      // of one unit, one a row
	Answers   [][]float32 // [rows][classes]: the probabilities if the image ended there
	Gradients []float32   // [rows]: the norm of the gradient, by the row's pixels, of the answer's logit
}

// Reading follows a recurrent layer's unit through an image. The layer reads rows of the image from top to bottom, and the logits its last
// state; the error says where that is not so.
func (n *Net) Reading(ctx context.Context, image []byte, layer string, unit int) (*Reading, error) {
	p, err := n.placed(layer)
	if err != nil {
		return nil, err
	}
	c, ok := p.Layer.(net.Cell)
	last := n.Plan.Layers[len(n.Plan.Layers)-1]
	if !ok || c.Both || c.Columns || c.Sequence || len(n.Plan.Layers) != 2 {
		return nil, fmt.Errorf("look: only a net of one recurrent layer that reads rows can be followed; %s is another", layer)
	}
	if unit < 0 || unit >= c.Units {
		return nil, fmt.Errorf("look: %s has no unit %d, but %d units", layer, unit, c.Units)
	}
	in, err := n.reads("", image, nil)
	if err != nil {
		return nil, err
	}
	out, err := n.call(key("states", 1), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		_, taps := n.build(scope, in[0])
		return []*graph.Node{tapped(taps, "hidden"+strings.TrimPrefix(layer, string(c.Kind)))}
	}, n.input(image, 1))
	if err != nil {
		return nil, err
	}
	r := &Reading{Units: c.Units, States: out[0]}
	if err := n.follow(r, in, p, c, unit); err != nil {
		return nil, err
	}
	if err := n.answers(r, &last); err != nil {
		return nil, err
	}
	return r, n.gradients(ctx, r, image, last.Name)
}

// follow adds the unit's gates.
func (n *Net) follow(r *Reading, in volume, p *net.Placed, c net.Cell, unit int) (err error) {
	variables := map[string][]float32{}
	for _, v := range p.Variables {
		if variables[v.Name], err = n.variable(p.Name, v.Name); err != nil {
			return err
		}
	}
	reads := newReader(c, "", variables)
	for row := range in.rows {
		reads.step(in.step(c, row))
		cell := reads.cell(unit)
		cell.Step = row
		r.Cells = append(r.Cells, cell)
	}
	return nil
}

// answers adds what the logits make of each state.
func (n *Net) answers(r *Reading, logits *net.Placed) error {
	weights, err := n.variable(logits.Name, "weights")
	if err != nil {
		return err
	}
	bias, err := n.variable(logits.Name, "bias")
	if err != nil {
		return err
	}
	for row := range len(r.States) / r.Units {
		sums := product32(r.States[row*r.Units:(row+1)*r.Units], weights, len(bias))
		total := 0.0
		for i := range sums {
			sums[i] = math.Exp(sums[i] + float64(bias[i]))
			total += sums[i]
		}
		answer := make([]float32, len(sums))
		for i, s := range sums {
			answer[i] = float32(s / total)
		}
		r.Answers = append(r.Answers, answer)
	}
	return nil
}

// gradients add how much each row moves the logit of the net's answer.
func (n *Net) gradients(ctx context.Context, r *Reading, image []byte, logits string) error {
	answer := 0
	for class, p := range r.Answers[len(r.Answers)-1] {
		if p > r.Answers[len(r.Answers)-1][answer] {
			answer = class
		}
	}
	all, err := n.Projections(ctx, []Method{Saliency}, image, []Unit{{Layer: logits, Map: answer}}, func(int, int) {})
	if err != nil {
		return err
	}
	pixels, rows := all[Saliency][0], len(r.Answers)
	for row := range rows {
		sum := 0.0
		for _, g := range pixels[row*len(pixels)/rows : (row+1)*len(pixels)/rows] {
			sum += float64(g) * float64(g)
		}
		r.Gradients = append(r.Gradients, float32(math.Sqrt(sum)))
	}
	return nil
}
