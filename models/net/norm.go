package net

// BatchNorm is batch normalisation (Ioffe and Szegedy, 2015): each channel or feature gets mean 0 and variance 1 over the
// batch and all places, then a scale and an offset that are learnt. Running averages of mean and variance are kept for
// use after training.
type BatchNorm struct{}

func parseBatchNorm(*options) Layer { return BatchNorm{} }

func (BatchNorm) String() string { return "batchnorm" }

// Words says what the layer is.
func (BatchNorm) Words() string { return "batch normalisation" }

func (BatchNorm) stem() string      { return "norm" }
func (BatchNorm) options() []Option { return nil }

func (BatchNorm) place(p *Placed, _ *walk) error {
	n := p.In.last()
	p.Variables = []Variable{constant("scale", 1, n), constant("offset", 0, n), average("mean", 0, n), average("variance", 1, n)}
	return p.same()
}

// LayerNorm is layer normalisation (Ba, Kiros and Hinton, 2016): the channels of each place, or the features of each step
// or vector, get mean 0 and variance 1 among themselves, then a scale and an offset that are learnt.
type LayerNorm struct{}

func parseLayerNorm(*options) Layer { return LayerNorm{} }

func (LayerNorm) String() string { return "layernorm" }

// Words says what the layer is.
func (LayerNorm) Words() string { return "layer normalisation" }

func (LayerNorm) stem() string      { return "layernorm" }
func (LayerNorm) options() []Option { return nil }

func (LayerNorm) place(p *Placed, _ *walk) error {
	n := p.In.last()
	p.Variables = []Variable{constant("scale", 1, n), constant("offset", 0, n)}
	return p.same()
}
