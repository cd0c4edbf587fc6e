package look

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"unpool/models/net"
	"unpool/models/nn"
)

// Arithmetic is how one activation comes about from what its layer reads: Then of the sum of the terms, the rest and the bias; of a
// recurrent layer see Cell.
type Arithmetic struct {
	Value float32 // the activation
	Kind  string  // the word that the layer's text begins with
	From  string  // the layer that it reads, "" for the image
	Patch Patch   // what it reads of each map of that; of a vector and of a step of a sequence every number is a map of one place
	Terms []Term  // what the maps add, the largest magnitude first: at most so many as arithmeticTerms
	// Inputs, Kernels and Products have an image of the patch a term, [Height, Width]: what From gives there, and zeros where it is padding;
	// the weights; each times the other. Kernels and Products are nil where the layer has no weights.
	Inputs, Kernels, Products [][]float32

	Others int     // maps that are not among the terms
	Rest   float32 // what they add
	Bias   float32 // or a normalisation's shift
	Then   string  // the function: that of an activation layer or a recurrent one's; "" for none
	Won    *[2]int // of a max pool: where in the map the largest is, row and column
	Cell   *Cell   // of a recurrent layer
}

// Term is what a map adds.
type Term struct {
	Map  int
	Sum  float32
	From string // the layer that the map is of, where that is not the one that is read: of a residual group its last
}

// arithmeticTerms is how many terms there are at most.
const arithmeticTerms = 16

// Arithmetic works out how a unit's activation comes about for an image; layers are what Maps returns for that.
func (n *Net) Arithmetic(image []byte, layers []Activations, u Unit) (*Arithmetic, error) {
	p, err := n.placed(u.Layer)
	if err != nil {
		return nil, err
	}
	gives, err := activationsOf(layers, u.Layer)
	if err != nil {
		return nil, err
	}
	a := &Arithmetic{Kind: kindOf(p.Layer)}
	if a.Value, err = gives.Value(u); err != nil {
		return nil, err
	}
	a.From, _ = before(n.Plan.Layers, u.Layer, "")
	in, err := n.reads(a.From, image, layers)
	if err != nil {
		return nil, err
	}
	variables, err := n.variables(p)
	if err != nil {
		return nil, err
	}
	switch l := p.Layer.(type) {
	case net.Conv:
		a.Patch = Patch{u.Row*l.Stride - p.Padding[0][0], u.Column*l.Stride - p.Padding[1][0], l.Height, l.Width}
		a.weigh(in, variables, l.Maps, u.Map)
	case net.Dense, net.Logits:
		a.Patch = Patch{0, 0, in.rows, in.columns}
		a.weigh(in, variables, p.Out[0], u.Map)
	case net.Pool:
		a.Patch = Patch{u.Row*l.Stride - p.Padding[0][0], u.Column*l.Stride - p.Padding[1][0], l.Window, l.Window}
		a.pool(in, u.Map, !l.Average)
	case net.Mean:
		a.Patch = Patch{0, 0, in.rows, in.columns}
		a.pool(in, u.Map, false)
	case net.Activation:
		a.Then = string(l)
		a.one(in, u)
	case net.BatchNorm:
		a.one(in, u)
		a.normalize(variables, u.Map, float64(variables["mean"][u.Map]), float64(variables["variance"][u.Map]))
	case net.LayerNorm:
		a.one(in, u)
		mean, variance := in.moments(u.Row, u.Column)
		a.normalize(variables, u.Map, mean, variance)
	case net.Residual:
		err = a.residual(in, layers, p, u)
	case net.Cell:
		a.cell(in, p, l, u, variables)
	default:
		err = fmt.Errorf("look: there is no arithmetic of a %T", p.Layer)
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// kindOf is the word that a layer's text begins with.
func kindOf(l net.Layer) string {
	text := l.String()
	if end := strings.IndexAny(text, " ("); end >= 0 {
		text = text[:end]
	}
	return text
}

// before is the layer that the one of a name reads; first is what the first of layers reads. Dropout is none.
func before(layers []net.Placed, name, first string) (from string, found bool) {
	for i := range layers {
		l := &layers[i]
		if l.Name == name {
			return first, true
		}
		if from, found = before(l.Layers, name, first); found {
			return from, true
		}
		if _, ok := l.Layer.(net.Dropout); !ok {
			first = l.Name
		}
	}
	return "", false
}

// volume is what a layer gives as maps, [rows, columns, maps].
type volume struct {
	rows, columns, maps int
	values              []float32
}

func newVolume(dims []int, values []float32) volume {
	v := volume{1, 1, dims[len(dims)-1], values}
	switch len(dims) {
	case 2:
		v.rows = dims[0]
	case 3:
		v.rows, v.columns = dims[0], dims[1]
	}
	return v
}

// inside reports whether a place is none of padding.
func (v volume) inside(row, column int) bool {
	return row >= 0 && row < v.rows && column >= 0 && column < v.columns
}

// at is the number of a map at a place, 0 in padding.
func (v volume) at(row, column, m int) float32 {
	if !v.inside(row, column) {
		return 0
	}
	return v.values[(row*v.columns+column)*v.maps+m]
}

// moments are the mean and the variance over the maps at a place.
func (v volume) moments(row, column int) (mean, variance float64) {
	for m := range v.maps {
		mean += float64(v.at(row, column, m)) / float64(v.maps)
	}
	for m := range v.maps {
		d := float64(v.at(row, column, m)) - mean
		variance += d * d / float64(v.maps)
	}
	return mean, variance
}

// reads are the numbers of a layer, or of the image as the net reads it.
func (n *Net) reads(layer string, image []byte, layers []Activations) (volume, error) {
	if layer == "" {
		if len(image) != n.size() {
			return volume{}, fmt.Errorf("look: an image of %d bytes, and the net reads %d", len(image), n.size())
		}
		t, pixels := n.Plan.Task, make([]float32, n.size())
		n.normalizer.Apply(pixels, image)
		return newVolume([]int{t.Height, t.Width, t.Channels}, pixels), nil
	}
	l, err := activationsOf(layers, layer)
	if err != nil {
		return volume{}, err
	}
	return newVolume(l.Dims, l.Values), nil
}

// activationsOf are those of a layer.
func activationsOf(layers []Activations, layer string) (Activations, error) {
	at := slices.IndexFunc(layers, func(l Activations) bool { return l.Layer == layer })
	if at < 0 {
		return Activations{}, fmt.Errorf("%w: %q", ErrNoLayer, layer)
	}
	return layers[at], nil
}

// weigh makes the terms of a layer with weights [Height, Width, maps, columns], and perhaps biases, of which one column is the unit's.
func (a *Arithmetic) weigh(in volume, variables map[string][]float32, columns, column int) {
	if bias := variables["bias"]; bias != nil {
		a.Bias = bias[column]
	}
	weight := func(y, x, m int) float32 {
		return variables["weights"][((y*a.Patch.Width+x)*in.maps+m)*columns+column]
	}
	sums := make([]float64, in.maps)
	a.places(func(y, x, row, column int) {
		if in.inside(row, column) {
			for m := range sums {
				sums[m] += float64(in.at(row, column, m)) * float64(weight(y, x, m))
			}
		}
	})
	a.Terms, a.Others, a.Rest = largestTerms(sums)
	for _, t := range a.Terms {
		inputs, kernel, products := a.image(), a.image(), a.image()
		a.places(func(y, x, row, column int) {
			i, w := y*a.Patch.Width+x, weight(y, x, t.Map)
			inputs[i], kernel[i] = in.at(row, column, t.Map), w
			products[i] = inputs[i] * w
		})
		a.Inputs, a.Kernels, a.Products = append(a.Inputs, inputs), append(a.Kernels, kernel), append(a.Products, products)
	}
}

func (a *Arithmetic) image() []float32 { return make([]float32, a.Patch.Height*a.Patch.Width) }

// places calls f with each place of the patch, and with its row and column in the map.
func (a *Arithmetic) places(f func(y, x, row, column int)) {
	for y := range a.Patch.Height {
		for x := range a.Patch.Width {
			f(y, x, a.Patch.Top+y, a.Patch.Left+x)
		}
	}
}

// largestTerms are the largest of what maps add, and what the others add together.
func largestTerms(sums []float64) (terms []Term, others int, rest float32) {
	for m, s := range sums {
		terms = append(terms, Term{Map: m, Sum: float32(s)})
	}
	slices.SortStableFunc(terms, func(a, b Term) int { return cmp.Compare(math.Abs(float64(b.Sum)), math.Abs(float64(a.Sum))) })
	shown := terms[:min(len(terms), arithmeticTerms)]
	left := 0.0
	for _, t := range terms[len(shown):] {
		left += sums[t.Map]
	}
	return shown, len(terms) - len(shown), float32(left)
}

// pool makes the term of a layer that takes the largest or the mean of the patch, without padding.
func (a *Arithmetic) pool(in volume, m int, largest bool) {
	sum, count := 0.0, 0
	inputs := a.image()
	a.places(func(y, x, row, column int) {
		v := in.at(row, column, m)
		inputs[y*a.Patch.Width+x] = v
		if !in.inside(row, column) {
			return
		}
		count++
		sum += float64(v)
		if largest && (a.Won == nil || v > in.at(a.Won[0], a.Won[1], m)) {
			a.Won = &[2]int{row, column}
		}
	})
	value := float32(sum / float64(count))
	if largest {
		value = in.at(a.Won[0], a.Won[1], m)
	}
	a.Terms, a.Inputs = []Term{{Map: m, Sum: value}}, [][]float32{inputs}
}

// one makes the term of a layer that makes each number of one.
func (a *Arithmetic) one(in volume, u Unit) {
	a.Patch = Patch{u.Row, u.Column, 1, 1}
	value := in.at(u.Row, u.Column, u.Map)
	a.Terms, a.Inputs = []Term{{Map: u.Map, Sum: value}}, [][]float32{{value}}
}

// normalize makes of the one term that of a normalisation: a factor, which is a weight, and a shift.
func (a *Arithmetic) normalize(variables map[string][]float32, m int, mean, variance float64) {
	factor := float64(variables["scale"][m]) / math.Sqrt(variance+nn.NormEpsilon)
	product := float32(float64(a.Inputs[0][0]) * factor)
	a.Bias = float32(float64(variables["offset"][m]) - mean*factor)
	a.Kernels, a.Products, a.Terms[0].Sum = [][]float32{{float32(factor)}}, [][]float32{{product}}, product
}

// residual makes the terms of a group: what it reads, and what its layers make of that.
func (a *Arithmetic) residual(in volume, layers []Activations, p *net.Placed, u Unit) error {
	last := p.Layers[len(p.Layers)-1].Name
	if _, ok := p.Layers[len(p.Layers)-1].Layer.(net.Dropout); ok {
		last, _ = before(p.Layers, last, a.From)
	}
	branch := in
	if last != a.From {
		l, err := activationsOf(layers, last)
		if err != nil {
			return err
		}
		branch = newVolume(l.Dims, l.Values)
	}
	a.one(in, u)
	other := branch.at(u.Row, u.Column, u.Map)
	a.Terms, a.Inputs = append(a.Terms, Term{Map: u.Map, Sum: other, From: last}), append(a.Inputs, []float32{other})
	if math.Abs(float64(other)) > math.Abs(float64(a.Terms[0].Sum)) {
		slices.Reverse(a.Terms)
		slices.Reverse(a.Inputs)
	}
	return nil
}
