package look

import (
	"errors"
	"slices"

	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/guard"
	"unpool/models/net"
	"unpool/models/nn"
)

// ErrNoFilters means that a net's first layer with weights is no convolution.
var ErrNoFilters = errors.New("look: the net's first layer is not a convolution")

// Diagnosis is what the filters of a net's first layer are like (Zeiler and Fergus, 2013, section 4.1).
type Diagnosis struct {
	Layer                   string
	Count                   int // filters
	Height, Width, Channels int
	Stride                  int
	RMS                     []float64 // of each filter's weights
	Order                   []int     // the filters, the one of the largest RMS first

	// Spectrum is the mean of the power spectra of the filters that are not dead, each of them 1 on average, [SpectrumSize, SpectrumSize],
	// with frequency 0 in row and column SpectrumSize/2 and one cycle in SpectrumSize pixels from one to the next.
	Spectrum []float64
	Findings []Finding // one for each of Checks, whether it is found or not
}

// Finding is what one of the Checks came to.
type Finding struct {
	Check
	Applies bool      // there is something to measure
	Found   bool      // Value is beyond the threshold
	Value   float64   // of the layer, in the check's unit
	Each    []float64 // of each filter; what it is, the check says
	Filters []int     // those that have it
	Says    string    // all that in a sentence

	typical float64 // median RMS of the filters that are not dead
}

// Diagnose looks for what is wrong with the filters of the first layer. The error of a net that has none is ErrNoFilters.
func (n *Net) Diagnose() (*Diagnosis, error) {
	p, c, err := n.firstConvolution()
	if err != nil {
		return nil, err
	}
	weights, err := n.variable(p.Name, "weights")
	if err != nil {
		return nil, err
	}
	began, err := n.began(p)
	if err != nil {
		return nil, err
	}
	return diagnose(p.Name, c, p.In[2], transposed(weights, len(weights)/c.Maps, c.Maps), began), nil
}

// firstConvolution is the first layer with weights, which is a convolution.
func (n *Net) firstConvolution() (*net.Placed, net.Conv, error) {
	for p := range n.Plan.All() {
		if p.Products > 0 {
			if c, ok := p.Layer.(net.Conv); ok {
				return p, c, nil
			}
			break
		}
	}
	return nil, net.Conv{}, ErrNoFilters
}

// began is the RMS of the weights that a layer's training begins with.
func (n *Net) began(p *net.Placed) (float64, error) {
	store := model.NewStore()
	defer store.Finalize()
	err := guard.Protect(func() error {
		return nn.InitPlan(store, &net.Plan{Task: n.Plan.Task, Layers: []net.Placed{*p}}, n.Recipe.Seed)
	})
	if err != nil {
		return 0, err
	}
	weights, err := stored(store, p.Name, "weights")
	return rms(weights), err
}

// diagnose looks at filters [maps, height, width, channels] of a layer whose weights began with an RMS.
func diagnose(layer string, c net.Conv, channels int, filters []float32, began float64) *Diagnosis {
	d := &Diagnosis{
		Layer: layer, Count: c.Maps, Height: c.Height, Width: c.Width, Channels: channels, Stride: c.Stride,
		Spectrum: make([]float64, SpectrumSize*SpectrumSize),
	}
	b := &bank{stride: c.Stride, weights: c.Height * c.Width * channels, began: began}
	for one := range slices.Chunk(filters, b.weights) {
		b.rms = append(b.rms, rms(one))
		b.spectra = append(b.spectra, power(one, c.Height, c.Width, channels))
	}
	d.RMS, d.Order = b.rms, descending(b.rms)
	for i, r := range b.rms {
		if r > 0 && r >= Checks[deadCheck].Threshold*began {
			b.live = append(b.live, i)
		}
	}
	for _, i := range b.live {
		for k, v := range b.spectra[i] {
			d.Spectrum[k] += v / float64(len(b.live))
		}
	}
	b.mean, b.typical = d.Spectrum, median(b.rms, b.live)
	for _, check := range Checks {
		f := check.measure(b, check.Threshold)
		f.Check, f.typical = check, b.typical
		d.Findings = append(d.Findings, f)
	}
	return d
}
