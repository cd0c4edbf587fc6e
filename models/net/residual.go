package net

import "strings"

const residualWord = "residual"

// Residual is a group of layers whose output is added to what the first of them reads (He, Zhang, Ren and Sun, 2016,
// equation 1), which must have the same shape.
type Residual struct {
	Layers Net
}

// parseResidual reads what stands after the group's word.
func parseResidual(group string) (Layer, error) {
	inside, ok := strings.CutPrefix(strings.TrimSpace(group), "(")
	if !ok || !strings.HasSuffix(inside, ")") {
		return nil, problem(`needs layers in parentheses, as in "residual(conv 3x3x32, relu)"`)
	}
	inside = strings.TrimSuffix(inside, ")")
	if strings.TrimSpace(inside) == "" {
		return nil, Residual{}.empty()
	}
	layers, err := parseList(inside)
	return Residual{layers}, err
}

func (r Residual) String() string { return residualWord + "(" + r.Layers.String() + ")" }

// Words says what the layer is.
func (r Residual) Words() string {
	words := make([]string, len(r.Layers))
	for i, l := range r.Layers {
		words[i] = l.Words()
	}
	return "added to its input: " + strings.Join(words, " → ")
}

func (Residual) stem() string { return "residual" }

func (Residual) options() []Option { return nil }

func (r Residual) empty() error {
	if len(r.Layers) == 0 {
		return problem("a group needs at least one layer")
	}
	return nil
}

func (r Residual) place(p *Placed, w *walk) error {
	before := p.Field
	if err := r.empty(); err != nil {
		return err
	}
	inner, err := w.place(r.Layers, p.In, before, false)
	p.Layers = inner // with an error, too: Draft reports those that are right
	if err != nil {
		return err
	}
	last := inner[len(inner)-1]
	if last.Out.String() != p.In.String() {
		return problem("its layers turn %s into %s; they must keep the shape, so that output and input can be added", p.In, last.Out)
	}
	p.Field = before.union(last.Field)
	return p.same()
}
