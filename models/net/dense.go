package net

import "fmt"

const maxDense = 4096

// Dense is a fully connected layer: each unit is a sum over all of the input, an image or a sequence taken as one vector.
// Weights [inputs, units] begin as He unless Init says otherwise.
type Dense struct {
	Units  int
	NoBias bool
	Init   Init
}

func parseDense(o *options) Layer {
	return Dense{Units: o.size(1)[0], NoBias: o.flag("nobias"), Init: o.init()}
}

func (d Dense) String() string {
	return text("dense", fmt.Sprint(d.Units), when(d.NoBias, "nobias"), string(d.Init))
}

// Words says what the layer is.
func (d Dense) Words() string { return fmt.Sprintf("fully connected, %d units", d.Units) }

func (Dense) stem() string { return "fc" }

func (Dense) options() []Option {
	return []Option{whole("units", "Units", "a number of units", maxDense), noBiasOption, initOption(string(He))}
}

func (d Dense) place(p *Placed, w *walk) error {
	p.connect(d.Units, d.Init.or(He), !d.NoBias, w)
	return nil
}

// Logits is the last layer: fully connected, with an output a class, and no softmax, which is the loss's. It is implied;
// written down, it says how its weights begin, which is as Glorot otherwise.
type Logits struct {
	Init Init
}

func parseLogits(o *options) Layer { return Logits{o.init()} }

func (l Logits) String() string { return text("logits", string(l.Init)) }

// Words says what the layer is.
func (Logits) Words() string { return "fully connected, one output per class" }

func (Logits) stem() string      { return "logits" }
func (Logits) options() []Option { return []Option{initOption(string(Glorot))} }

func (l Logits) place(p *Placed, w *walk) error {
	p.connect(w.task.Classes, l.Init.or(Glorot), true, w)
	return nil
}

// connect makes p fully connected to all of its input.
func (p *Placed) connect(units int, init Init, bias bool, w *walk) {
	in := p.In.Size()
	p.Out, p.Field = Shape{units}, w.task.everything()
	p.Variables = []Variable{matrix("weights", init, in, units)}
	if bias {
		p.Variables = append(p.Variables, constant("bias", init.bias(), units))
	}
	p.product(1, in, units)
}
