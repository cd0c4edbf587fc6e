// Package looktest is the suite that every compute backend must pass with the projections of core/look: they are those of the
// deconvnet's paper and of the papers after it, and those of an independent deconvnet. A backend's own test calls it.
package looktest

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/recipe"
	"unpool/models/nn"
)

// The images of the tests: of an odd size, in colour.
const (
	side, channels, classes = 9, 3, 4
	size                    = side * side * channels
)

// nets are nets with a layer of each kind on the way back, and the layer to go back from.
var nets = []struct{ kind, net, layer string }{
	{"max pool", "conv 3x3x4, relu, pool 2, conv 3x3x5, relu", "relu2"},
	{"overlapping pool", "conv 3x3x4, relu, pool 3 stride 2, conv 3x3x5, relu, pool 2", "pool2"},
	{"average pool", "conv 3x3x4 valid, relu, avgpool 2, conv 2x2x3, relu", "relu2"},
	{"stride", "conv 4x4x4 stride 2, relu, conv 3x3x5, relu", "relu2"},
	{"residual", "conv 3x3x4, relu, residual(conv 3x3x4, relu, conv 3x3x4), relu", "relu3"},
	{"batch norm", "conv 3x3x4 nobias, batchnorm, relu, conv 3x3x4 nobias, batchnorm, relu", "relu2"},
	{"two relus", "conv 3x3x4, relu, relu, conv 3x3x4, relu", "relu3"},
	{"dense", "conv 3x3x4, relu, pool 2, dense 6, relu", "logits"},
}

// Run checks the projections on a backend.
func Run(t *testing.T, b compute.Backend) {
	for _, n := range nets {
		t.Run(n.kind, func(t *testing.T) { compare(t, b, n.net, n.layer) })
	}
	t.Run("one convolution", func(t *testing.T) { oneConvolution(t, b) })
	t.Run("adjoint", func(t *testing.T) { adjoint(t, b) })
	t.Run("seeds", func(t *testing.T) { seeds(t, b) })
	t.Run("switches", func(t *testing.T) { switches(t, b) })
	t.Run("arithmetic", func(t *testing.T) { arithmetic(t, b) })
	t.Run("completeness", func(t *testing.T) { completeness(t, b) })
}

// subject is a net with random weights, biases and averages.
type subject struct {
	*look.Net
	reference reference
	images    []byte // two
}

func newSubject(t *testing.T, b compute.Backend, text string, set map[string]float32) *subject {
	t.Helper()
	r := recipe.Recipe{
		Version: recipe.Version, Net: text, Dataset: recipe.Folder("pictures"), Optimizer: recipe.Adam, LearningRate: 0.001,
		Batch: 1, Steps: 1, EvalEvery: 1, Eval: recipe.EvalSample, Seed: 1,
	}
	r.Fit(side, channels, classes)
	store := model.NewStore()
	defer store.Finalize()
	if err := nn.Init(store, r); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	c := &checkpoint.Checkpoint{Version: checkpoint.Version, Recipe: r}
	variables := map[string][]float64{}
	for v := range store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			t.Fatal(err)
		}
		tensor := checkpoint.Tensor{Name: v.Path(), DType: checkpoint.Float32, Shape: v.Shape().Dimensions, Data: make([]byte, value.ByteSize())}
		value.ConstBytes(func(b []byte) { copy(tensor.Data, b) })
		for i := range len(tensor.Data) / 4 {
			at := tensor.Data[4*i:]
			f := math.Float32frombits(binary.LittleEndian.Uint32(at))
			if constant, ok := set[v.Path()]; ok {
				f = constant
			} else if len(tensor.Shape) == 1 { // a bias, or a norm's: near what it begins as
				f += random.Float32()*0.4 - 0.2
			}
			binary.LittleEndian.PutUint32(at, math.Float32bits(f))
			variables[v.Path()] = append(variables[v.Path()], float64(f))
		}
		c.Tensors = append(c.Tensors, tensor)
	}
	n, err := look.Open(b, c, &data.Dataset{Name: r.Dataset, Height: side, Width: side, Channels: channels, Classes: make([]string, classes)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	s := &subject{Net: n, reference: reference{plan: n.Plan, variables: variables}, images: make([]byte, 2*size)}
	for i := range s.images {
		s.images[i] = byte(random.IntN(256))
	}
	return s
}

// pixels are an image as the net reads it.
func pixels(image []byte) []float64 {
	x := make([]float64, len(image))
	for i, v := range image {
		x[i] = float64(v) / 255
	}
	return x
}

// project is Project of one unit.
func (s *subject) project(t *testing.T, m look.Method, image []byte, u look.Unit) []float32 {
	t.Helper()
	all, err := s.Project(m, image, []look.Unit{u})
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// strongest is where a map of a layer is strongest in an image.
func (s *subject) strongest(t *testing.T, image []byte, layer string, m int) (u look.Unit, value float32) {
	t.Helper()
	layers, _, err := s.Maps(image)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if l.Layer != layer {
			continue
		}
		maps := l.Dims[len(l.Dims)-1]
		at := m
		for i := m; i < len(l.Values); i += maps {
			if l.Values[i] > l.Values[at] {
				at = i
			}
		}
		u := look.Unit{Layer: layer, Map: m}
		if len(l.Dims) == 3 {
			u.Row, u.Column = at/maps/l.Dims[1], at/maps%l.Dims[1]
		}
		return u, l.Values[at]
	}
	t.Fatalf("no layer %s", layer)
	return u, 0
}

// difference is the largest of two projections, as a share of the largest magnitude of the second.
func difference(got []float32, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	apart, magnitude := 0.0, 0.0
	for i := range want {
		apart, magnitude = max(apart, math.Abs(float64(got[i])-want[i])), max(magnitude, math.Abs(want[i]))
	}
	if apart == 0 {
		return 0
	}
	return apart / magnitude
}

// compare compares the projections with those in plain loops, which lie inside of what the unit sees; the deconvnet's are not those of
// guided backpropagation.
func compare(t *testing.T, b compute.Backend, text, layer string) {
	s := newSubject(t, b, text, nil)
	units, values := make([]look.Unit, 2), make([]float32, 2)
	apart := 0.0
	for m := range 3 {
		for i := range units {
			units[i], values[i] = s.strongest(t, s.images[i*size:(i+1)*size], layer, m)
		}
		projections := map[look.Method][][]float32{}
		for _, method := range []look.Method{look.Deconv, look.Saliency, look.Guided} {
			got, err := s.Project(method, s.images, units)
			if err != nil {
				t.Fatal(err)
			}
			projections[method] = got
			for i, u := range units {
				s.reference.method = method
				if d := difference(got[i], s.reference.project(pixels(s.images[i*size:(i+1)*size]), u)); !(d < 1e-5) {
					t.Errorf("%s of map %d, image %d differs by %.2g", method, m, i, d)
				}
				inside(t, s, u, got[i])
			}
		}
		for i, value := range values {
			if value <= 0 { // the two begin with opposite signs
				continue
			}
			guided := make([]float64, size)
			for j, v := range projections[look.Guided][i] {
				guided[j] = float64(v) * float64(value) // as if it began with the activation, as the deconvnet does
			}
			apart = max(apart, difference(projections[look.Deconv][i], guided))
		}
	}
	if apart < 0.01 {
		t.Error("the deconvnet and guided backpropagation come to the same: the net does not tell them apart")
	}
}

// inside checks that a projection is zero where the unit does not see.
func inside(t *testing.T, s *subject, u look.Unit, projection []float32) {
	t.Helper()
	p, err := s.Patch(u)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range projection {
		y, x := i/channels/side-p.Top, i/channels%side-p.Left
		if v != 0 && (y < 0 || y >= p.Height || x < 0 || x >= p.Width) {
			t.Fatalf("%v: pixel %d is %g, outside of %+v", u, i, v, p)
		}
	}
}

// Of one convolution and no pool, the deconvnet's projection is the filter at the patch, times the activation.
func oneConvolution(t *testing.T, b compute.Backend) {
	s := newSubject(t, b, "conv 3x3x4, relu", nil)
	for m := range 4 {
		u, value := s.strongest(t, s.images[:size], "relu1", m)
		p, err := s.Patch(u)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]float64, size)
		for dy := range 3 {
			for dx := range 3 {
				for c := range channels {
					if y, x := p.Top+dy, p.Left+dx; y >= 0 && y < side && x >= 0 && x < side {
						want[(y*side+x)*channels+c] = float64(value) * s.reference.variables["/conv1/weights"][((dy*3+dx)*channels+c)*4+m]
					}
				}
			}
		}
		if d := difference(s.project(t, look.Deconv, s.images[:size], u), want); !(d < 1e-5) {
			t.Errorf("map %d differs by %.2g", m, d)
		}
	}
}

// <conv x, y> = <x, transposed conv y> for any y.
func adjoint(t *testing.T, b compute.Backend) {
	s := newSubject(t, b, "conv 4x3x2 stride 2 nobias, relu", nil)
	layers, _, err := s.Maps(s.images[:size])
	if err != nil {
		t.Fatal(err)
	}
	conv := layers[0]
	var images []byte
	var units []look.Unit
	for i := range conv.Values {
		images = append(images, s.images[:size]...)
		units = append(units, look.Unit{Layer: conv.Layer, Row: i / 2 / conv.Dims[1], Column: i / 2 % conv.Dims[1], Map: i % 2})
	}
	rows, err := s.Project(look.Saliency, images, units)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	x := pixels(s.images[:size])
	left, right, magnitude := 0.0, 0.0, 0.0
	for i, v := range conv.Values {
		y := random.NormFloat64()
		left += float64(v) * y
		for j, w := range rows[i] {
			right += x[j] * float64(w) * y
		}
		magnitude += math.Abs(float64(v) * y)
	}
	if math.Abs(left-right) > 1e-5*magnitude {
		t.Errorf("<conv x, y> = %g, <x, convT y> = %g", left, right)
	}
}

// What goes back from a ReLU's output is rectified: twice as much comes to twice as much, and less than nothing to nothing. What goes back
// here is what the last convolution gives, the sum of the ReLU's maps and a bias.
func seeds(t *testing.T, b compute.Backend) {
	project := func(bias float32) (projection []float32, seed float32) {
		s := newSubject(t, b, "conv 3x3x4, relu, pool 2, conv 3x3x4, relu, conv 1x1x1", map[string]float32{"/conv3/weights": 1, "/conv3/bias": bias})
		u := look.Unit{Layer: "conv3", Row: 2, Column: 2}
		layers, _, err := s.Maps(s.images[:size])
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range layers {
			if l.Layer == u.Layer {
				seed, _ = l.Value(u)
			}
		}
		return s.project(t, look.Deconv, s.images[:size], u), seed
	}
	once, sum := project(0)
	if !(sum > 0) || !slices.ContainsFunc(once, func(v float32) bool { return v != 0 }) {
		t.Fatalf("nothing goes back from %g", sum)
	}
	twice := make([]float64, size)
	for i, v := range once {
		twice[i] = 2 * float64(v)
	}
	if got, seed := project(sum); !(difference(got, twice) < 1e-5) {
		t.Errorf("from %g comes not twice what comes from %g: it differs by %.2g", seed, sum, difference(got, twice))
	}
	if got, seed := project(-2 * sum); !(seed < 0) || slices.ContainsFunc(got, func(v float32) bool { return v != 0 }) {
		t.Errorf("something goes back from %g", seed)
	}
}

// Integrated gradients add up to what the image has more than black; gradient times input is what it says.
func completeness(t *testing.T, b compute.Backend) {
	s := newSubject(t, b, "conv 3x3x4, relu, conv 3x3x4, relu, dense 5, relu", nil)
	image := s.images[:size]
	_, _, err := s.Maps(image)
	if err != nil {
		t.Fatal(err)
	}
	logits := func(image []byte) []float32 {
		layers, _, err := s.Maps(image)
		if err != nil {
			t.Fatal(err)
		}
		return layers[len(layers)-1].Values
	}
	with, without := logits(image), logits(make([]byte, size))
	for class := range classes {
		u := look.Unit{Layer: "logits", Map: class}
		total := 0.0
		for _, v := range s.project(t, look.Integrated, image, u) {
			total += float64(v)
		}
		if want := float64(with[class] - without[class]); math.Abs(total-want) > 0.02*max(1, math.Abs(want)) {
			t.Errorf("class %d: integrated gradients add up to %g, want %g", class, total, want)
		}
		gradient := s.project(t, look.Saliency, image, u)
		want := make([]float64, size)
		for i, x := range pixels(image) {
			want[i] = x * float64(gradient[i])
		}
		if d := difference(s.project(t, look.GradientTimesInput, image, u), want); !(d < 1e-5) {
			t.Errorf("class %d: gradient times input differs by %.2g", class, d)
		}
	}
}

// A projection goes back to where the largest of each pool's window was, and elsewhere when that was elsewhere.
func switches(t *testing.T, b compute.Backend) {
	s := newSubject(t, b, "conv 1x1x1, relu, pool 2, conv 1x1x1, relu", map[string]float32{
		"/conv1/weights": 1, "/conv1/bias": 0, "/conv2/weights": 1, "/conv2/bias": 0,
	})
	for _, at := range [][2]int{{4, 4}, {4, 5}, {5, 4}, {5, 5}} {
		image := make([]byte, size)
		for i := range image {
			image[i] = 10
		}
		brightest := (at[0]*side + at[1]) * channels
		image[brightest] = 200
		got := s.project(t, look.Deconv, image, look.Unit{Layer: "relu2", Row: 2, Column: 2})
		for i, v := range got {
			if want := i/channels == brightest/channels; (v != 0) != want {
				t.Errorf("with the largest at %v, pixel %d comes back as %g", at, i, v)
			}
		}
	}
}
