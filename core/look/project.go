package look

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

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

const (
	// projectBatch is how many projections are made at a time where there are several: the nine strongest of a map.
	projectBatch = 9
	// integralSteps is how many images from black to the image Integrated takes, at the middles of as many stretches.
	integralSteps = 36
)

// ErrNoReLU means that a method is defined for nets with ReLUs only.
var ErrNoReLU = errors.New("look: the deconvnet and guided backpropagation are defined by what a ReLU passes back, and the net has none")

// Project returns for each image which of its pixels the unit of the same index comes from, f32 [height, width, channels]. Images are as
// those of the data set, one after the other; the units are of one layer.
func (n *Net) Project(m Method, images []byte, units []Unit) ([][]float32, error) {
	count, err := n.count(images)
	switch {
	case err != nil:
		return nil, err
	case count != len(units):
		return nil, fmt.Errorf("look: %d images and %d units", count, len(units))
	case !slices.Contains(Methods, m):
		return nil, fmt.Errorf("look: no method is called %q; there are %v", m, Methods)
	case m.rule() != nn.ReLUGradient && !n.hasReLU():
		return nil, ErrNoReLU
	}
	masks := make([]seed, count)
	for i, u := range units {
		if u.Layer != units[0].Layer {
			return nil, fmt.Errorf("look: units of %s and of %s in one projection", units[0].Layer, u.Layer)
		}
		if masks[i], err = n.seed(u, 1); err != nil {
			return nil, err
		}
	}
	x := make([]float32, len(images))
	n.normalizer.Apply(x, images)
	if m == Integrated {
		return n.integrate(units[0].Layer, x, masks)
	}
	all, err := n.project(m, units[0].Layer, x, masks)
	if m == GradientTimesInput {
		for i, one := range all {
			for j := range one {
				one[j] *= x[i*n.size()+j]
			}
		}
	}
	return all, err
}

func (n *Net) hasReLU() bool {
	for p := range n.Plan.All() {
		if p.Layer == net.ReLU {
			return true
		}
	}
	return false
}

// seed is what goes backward from a layer: a factor at an index of its output for one image.
type seed struct {
	index  int
	factor float32
}

func (n *Net) seed(u Unit, factor float32) (seed, error) {
	p, err := n.placed(u.Layer)
	if err != nil {
		return seed{}, err
	}
	place := []int{u.Row, u.Column, u.Map}
	switch len(p.Out) {
	case 1:
		place = []int{u.Map}
	case 2:
		place = []int{u.Row, u.Map}
	}
	index := 0
	for i, d := range p.Out {
		if place[i] < 0 || place[i] >= d {
			return seed{}, fmt.Errorf("look: %s gives %s, and has no row %d, column %d, map %d", u.Layer, p.Out, u.Row, u.Column, u.Map)
		}
		index = index*d + place[i]
	}
	return seed{index, factor}, nil
}

// project goes backward from a layer to the pixels of images as the net reads them, each with a seed.
func (n *Net) project(m Method, layer string, x []float32, seeds []seed) (all [][]float32, err error) {
	batch := projectBatch
	if len(seeds) == 1 {
		batch = 1
	}
	p, err := n.placed(layer)
	if err != nil {
		return nil, err
	}
	out := 1
	for _, d := range p.Out {
		out *= d
	}
	for start := 0; start < len(seeds); start += batch {
		some := seeds[start:min(start+batch, len(seeds))]
		images, mask := make([]float32, batch*n.size()), make([]float32, batch*out)
		copy(images, x[start*n.size():(start+len(some))*n.size()])
		for i, s := range some {
			mask[i*out+s.index] = s.factor
		}
		got, err := n.call(key("project "+string(m)+" "+layer, batch), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			x, mask := in[0], in[1]
			_, taps := n.build(scope, x, m.rule())
			y := tapped(taps, layer)
			if m == Deconv { // the activation itself goes back, all others of its layer being zero
				mask = graph.Mul(mask, graph.StopGradient(y))
			}
			return graph.Gradient(graph.ReduceAllSum(graph.Mul(y, mask)), x)
		}, n.tensor(images, batch), tensors.FromFlatDataAndDimensions(mask, append([]int{batch}, p.Out...)...))
		if err != nil {
			return nil, err
		}
		all = slices.AppendSeq(all, slices.Chunk(got[0][:len(some)*n.size()], n.size()))
	}
	return all, nil
}

// integrate is Integrated.
func (n *Net) integrate(layer string, x []float32, seeds []seed) (all [][]float32, err error) {
	black := make([]float32, n.size())
	n.normalizer.Apply(black, make([]byte, n.size()))
	for i, s := range seeds {
		image := x[i*n.size() : (i+1)*n.size()]
		between, same := make([]float32, 0, integralSteps*n.size()), make([]seed, integralSteps)
		for k := range same {
			same[k] = s
			at := (float32(k) + 0.5) / integralSteps
			for j := range image {
				between = append(between, black[j]+at*(image[j]-black[j]))
			}
		}
		gradients, err := n.project(Saliency, layer, between, same)
		if err != nil {
			return nil, err
		}
		sum := make([]float32, n.size())
		for _, g := range gradients {
			for j := range sum {
				sum[j] += g[j] / integralSteps * (image[j] - black[j])
			}
		}
		all = append(all, sum)
	}
	return all, nil
}

// key names a computation on so many images at a time.
func key(what string, batch int) string { return fmt.Sprint(what, " ", batch) }
