package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/models/nn"
)

// mostKernels is how many kernels of a map of a deeper layer are reported: nobody looks at more one by one.
const mostKernels = 64

// filters reports a layer's weights.
func (a *analysis) filters(ctx context.Context, of protocol.LayerMap) (*protocol.Filters, error) {
	f := &protocol.Filters{Layer: of.Layer, Layers: a.net.WithFilters()}
	first := f.Layers[0] // a net has at least logits
	f.Layer = cmp.Or(f.Layer, first)
	err := a.gates(ctx, f)
	switch {
	case !errors.Is(err, look.ErrNoCell):
	case f.Layer == first:
		err = a.firstFilters(f)
	default:
		err = a.kernels(f, of.Map)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// firstFilters reports the first layer's weights, and what is wrong with them if it is a convolution.
func (a *analysis) firstFilters(f *protocol.Filters) error {
	p, err := a.net.FirstLayer()
	if err != nil {
		return err
	}
	f.Filters, f.Order, f.Maps = a.weights(protocol.FirstWeights, p), look.Strongest(p.Values, p.Count), p.Count
	if err := a.diagnose(f); !errors.Is(err, look.ErrNoFilters) {
		return err
	}
	return nil
}

// weights are those of a picture, on one scale.
func (a *analysis) weights(name string, p nn.Picture) *run.Weights {
	form := run.Weights{Step: a.net.Step, Layer: p.Layer, Count: p.Count, Height: p.Height, Width: p.Width, Channels: p.Channels}
	w := a.picture(name, form, p.Values)
	return &w
}

// kernels reports those of a map of a deeper convolution.
func (a *analysis) kernels(f *protocol.Filters, m int) error {
	k, err := a.net.Kernels(f.Layer)
	if err != nil {
		return err
	}
	if m < 0 || m >= k.Out {
		return fmt.Errorf("%s has no map %d, but %d maps", f.Layer, m, k.Out)
	}
	f.Map, f.Maps, f.Reads, f.Inputs = m, k.Out, k.In, k.Strongest(m)
	f.Inputs = f.Inputs[:min(len(f.Inputs), mostKernels)]
	p := nn.Picture{Layer: f.Layer, Count: len(f.Inputs), Height: k.Height, Width: k.Width, Channels: 1}
	for _, in := range f.Inputs {
		p.Values = append(p.Values, k.Of(m, in)...)
	}
	a.about = []string{f.Layer, "map", fmt.Sprint(m + 1)}
	if len(f.Inputs) < k.In {
		a.about = append(a.about, "strongest", fmt.Sprint(len(f.Inputs)), "of", fmt.Sprint(k.In))
	}
	f.Filters = a.weights(protocol.Kernels, p)
	return nil
}

// diagnose reports what is wrong with the filters of a first convolution.
func (a *analysis) diagnose(f *protocol.Filters) error {
	d, err := a.net.Diagnose()
	if err != nil {
		return err
	}
	f.Maps, f.RMS, f.Stride = d.Count, floats(d.RMS), d.Stride
	f.Spectrum = a.weights(protocol.Spectrum, nn.Picture{
		Layer: f.Layer, Count: 1, Height: look.SpectrumSize, Width: look.SpectrumSize, Channels: 1, Values: floats(d.Spectrum),
	})
	for _, x := range d.Findings {
		told := protocol.Finding{
			ID: x.Name, Title: x.Title, Found: x.Found, Applies: x.Applies, Value: float32(x.Value), Threshold: float32(x.Threshold), Below: x.Below,
			Unit: x.Unit, Each: floats(x.Each), EachIs: x.OfEach, Filters: x.Filters, Says: x.Says, Source: x.Source, Advice: x.Advice,
		}
		if fixed, says, ok := x.Fix(a.net.Recipe); ok {
			told.FixSays = says
			if _, own := fixed.Dataset.Folder(); !own { // no link can name the user's own pictures
				told.Fix = fixed.Query()
			}
		}
		f.Findings = append(f.Findings, told)
	}
	return nil
}

// gates reports a recurrent layer.
func (a *analysis) gates(ctx context.Context, f *protocol.Filters) error {
	r, err := a.net.Recurrent(ctx, f.Layer, a.progress)
	if err != nil {
		return err
	}
	f.Maps = r.Units
	a.about = []string{r.Layer}
	for _, g := range r.Gates {
		name := g.Name + backward(g.Backward)
		told := protocol.GateWeights{
			Name: g.Name, Backward: g.Backward, Order: g.Order, Radius: float32(g.Radius),
			Strips: *a.weights(protocol.Strips+name, nn.Picture{Layer: r.Layer, Count: r.Units, Height: 1, Width: r.Reads, Channels: 1, Values: g.Strips}),
			Matrix: *a.weights(protocol.Matrix+name, nn.Picture{Layer: r.Layer, Count: 1, Height: r.Units, Width: r.Units, Channels: 1, Values: g.Matrix}),
		}
		var parts []float32
		for _, e := range g.Eigenvalues {
			one := [2]float32{float32(real(e)), float32(imag(e))}
			told.Eigenvalues, parts = append(told.Eigenvalues, one), append(parts, one[:]...)
		}
		a.note(protocol.Eigenvalues+name, run.Weights{Count: 1, Height: r.Units, Width: 2, Channels: 1}, parts)
		f.Gates = append(f.Gates, told)
	}
	return nil
}

func floats(values []float64) []float32 {
	all := make([]float32, len(values))
	for i, v := range values {
		all[i] = float32(v)
	}
	return all
}
