package look

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"unpool/models/net"
	"unpool/models/nn"
)

// Method is a way to say which pixels an activation comes from.
type Method string

// The methods. All are one backward pass through the net and differ by what a ReLU passes: g is what comes back to it, x was its
// input. Biases and the shifts of normalisations add nothing; their factors are part of the filters.
const (
	// Deconv is the deconvnet (Zeiler and Fergus, 2013, section 2.1): from the activation itself, max(g, 0) at each ReLU, back to
	// where a pool's largest were, transposed filters.
	Deconv Method = "deconv"
	// Saliency is the gradient of the activation (Simonyan, Vedaldi and Zisserman, 2013): g where x > 0.
	Saliency Method = "saliency"
	// Guided is guided backpropagation (Springenberg et al., 2014, section 3.4): max(g, 0) where x > 0.
	Guided Method = "guided"
	// GradientTimesInput is Saliency times the pixel as the net reads it (Shrikumar et al., 2016).
	GradientTimesInput Method = "gradient-input"
	// Integrated is the mean of Saliency over images from black to the image, times the difference of the two
	// (Sundararajan, Taly and Yan, 2017, equation 3): its sum is how much more than for a black image the activation is.
	Integrated Method = "integrated"
)

// Methods lists them in the order in which they are shown.
var Methods = []Method{Deconv, Saliency, Guided, GradientTimesInput, Integrated}

// Name is what people call the method, and Says what it shows and whose it is.
func (m Method) Name() string { return described[m].name }

// Says is described with Name.
func (m Method) Says() string { return described[m].says }

var described = map[Method]struct{ name, says string }{
	Deconv:             {"Deconvnet", "The activation itself is sent back through the net; each ReLU drops what is negative (Zeiler and Fergus, 2013)."},
	Saliency:           {"Saliency", "How fast the activation grows with each pixel: the gradient (Simonyan, 2013)."},
	Guided:             {"Guided backpropagation", "Like saliency, but each ReLU passes only what adds to the activation (Springenberg, 2014)."},
	GradientTimesInput: {"Gradient × input", "Saliency times the pixel (Shrikumar, 2016)."},
	Integrated:         {"Integrated gradients", "The mean saliency on the path from black to the image, times the pixel; the pixels add up to the activation’s growth (Sundararajan, 2017)."},
}

func (m Method) rule() nn.ReLURule {
	switch m {
	case Deconv:
		return nn.ReLUDeconv
	case Guided:
		return nn.ReLUGuided
	}
	return nn.ReLUGradient
}

// Unit is one activation of a layer.
type Unit struct {
	Layer       string
	Row, Column int // of a map, or Row the step of a sequence; 0 where the layer gives one vector
	Map         int // or feature, or class
}

// integralSteps is how many images from black to the image Integrated takes, at the middles of as many stretches.
const integralSteps = 36

// ErrNoReLU means that a method is defined for nets with ReLUs only.
var ErrNoReLU = errors.New("look: the deconvnet and guided backpropagation are defined by what a ReLU passes back, but the net has no ReLU")

// Methods are those that are defined for the net.
func (n *Net) Methods() []Method {
	return slices.DeleteFunc(slices.Clone(Methods), func(m Method) bool { return m.rule() != nn.ReLUGradient && !n.hasReLU() })
}

func (n *Net) hasReLU() bool {
	for p := range n.Plan.All() {
		if p.Layer == net.ReLU {
			return true
		}
	}
	return false
}

// Project returns for each image which of its pixels the unit of the same index comes from, f32 [height, width, channels]. Images are as
// those of the data set, one after the other; the units are of one layer.
func (n *Net) Project(m Method, images []byte, units []Unit) ([][]float32, error) {
	all, err := n.Projections(context.Background(), []Method{m}, images, units, nil)
	return all[m], err
}

// Projections is Project by several methods at once. Progress is in images on the way back.
func (n *Net) Projections(ctx context.Context, methods []Method, images []byte, units []Unit, progress Progress) (map[Method][][]float32, error) {
	count, err := n.count(images)
	switch {
	case err != nil:
		return nil, err
	case count != len(units):
		return nil, fmt.Errorf("look: %d images and %d units", count, len(units))
	}
	for _, m := range methods {
		if !slices.Contains(Methods, m) {
			return nil, fmt.Errorf("look: no method is called %q; there are %v", m, Methods)
		}
		if m.rule() != nn.ReLUGradient && !n.hasReLU() {
			return nil, ErrNoReLU
		}
	}
	pixels := make([]float32, len(images))
	n.normalizer.Apply(pixels, images)
	black := make([]float32, n.size())
	n.normalizer.Apply(black, make([]byte, n.size()))

	// Each method is some ways back, and what is made of them.
	var ways []way
	made := map[Method][]func(back [][]float32) []float32{}
	for i, u := range units {
		if u.Layer != units[0].Layer {
			return nil, fmt.Errorf("look: units of %s and of %s in one projection", units[0].Layer, u.Layer)
		}
		from, err := n.index(u)
		if err != nil {
			return nil, err
		}
		image := pixels[i*n.size() : (i+1)*n.size()]
		plain := map[nn.ReLURule]int{} // the ways back from the image itself
		for _, m := range methods {
			at := len(ways)
			if m == Integrated {
				ways = append(ways, between(black, image, from)...)
				made[m] = append(made[m], func(back [][]float32) []float32 { return integral(black, image, back[at:at+integralSteps]) })
				continue
			}
			if before, ok := plain[m.rule()]; ok {
				at = before
			} else {
				plain[m.rule()] = at
				ways = append(ways, way{rule: m.rule(), x: image, from: from})
			}
			made[m] = append(made[m], func(back [][]float32) []float32 {
				if m == GradientTimesInput {
					return times(back[at], image)
				}
				return slices.Clone(back[at])
			})
		}
	}
	back, err := n.back(ctx, units[0].Layer, ways, progress)
	if err != nil {
		return nil, err
	}
	all := map[Method][][]float32{}
	for m, each := range made {
		for _, f := range each {
			all[m] = append(all[m], f(back))
		}
	}
	return all, nil
}

// between are the ways back from images from black to an image, for Integrated.
func between(black, image []float32, from int) (ways []way) {
	for k := range integralSteps {
		x, at := make([]float32, len(image)), (float32(k)+0.5)/integralSteps
		for j := range image {
			x[j] = black[j] + at*(image[j]-black[j])
		}
		ways = append(ways, way{rule: nn.ReLUGradient, x: x, from: from})
	}
	return ways
}

// integral is what Integrated makes of the gradients.
func integral(black, image []float32, gradients [][]float32) []float32 {
	sum := make([]float32, len(image))
	for _, g := range gradients {
		for j := range sum {
			sum[j] += g[j] / integralSteps * (image[j] - black[j])
		}
	}
	return sum
}

func times(a, b []float32) []float32 {
	product := make([]float32, len(a))
	for i := range product {
		product[i] = a[i] * b[i]
	}
	return product
}

// index is where a unit stands in what its layer gives for one image.
func (n *Net) index(u Unit) (int, error) {
	p, err := n.placed(u.Layer)
	if err != nil {
		return 0, err
	}
	return u.index(p.Out)
}

// index is where a unit stands in what its layer gives, of the shape dims.
func (u Unit) index(dims []int) (int, error) {
	place := []int{u.Row, u.Column, u.Map}
	switch len(dims) {
	case 1:
		place = []int{u.Map}
	case 2:
		place = []int{u.Row, u.Map}
	}
	index := 0
	for i, d := range dims {
		if place[i] < 0 || place[i] >= d {
			return 0, fmt.Errorf("look: %s gives %s, and has no row %d, column %d, map %d", u.Layer, net.Shape(dims), u.Row, u.Column, u.Map)
		}
		index = index*d + place[i]
	}
	return index, nil
}
