package wasm_test

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// script builds a graph by reading bytes: each says which operation is next and on which values so far.
type script struct {
	f      compute.Function
	bytes  []byte
	values []value
}

// value is a float32 array of a script. Its elements are smaller than 2^whole, and multiples of 2^-frac: where both together
// are no more than a float32 holds, nothing is rounded, in whichever order it is computed.
type value struct {
	node        compute.Value
	dims        []int
	frac, whole int
}

const rounded = 1000 // a frac of what is not a multiple of anything

func (v value) exact() bool { return v.frac+v.whole <= 24 }

// inputs are the dimensions of the parameters.
var inputs = [][]int{{3, 4}, {4, 3}, {2, 3, 5}, {}, {128, 3}, {2, 6, 6, 3}, {1, 5}}

// next is a number below n from the next byte; 0 when they are used up.
func (s *script) next(n int) int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := int(s.bytes[0])
	s.bytes = s.bytes[1:]
	return b % n
}

// some are one or several of n axes, in order.
func (s *script) some(n int) (axes []int) {
	chosen := 1 + s.next(1<<n-1)
	for a := range n {
		if chosen>>a&1 == 1 {
			axes = append(axes, a)
		}
	}
	return axes
}

// add keeps the result of an operation, unless it is too large to be worth it.
func (s *script) add(v compute.Value, err error, frac, whole int) error {
	if err != nil {
		return err
	}
	shape, err := s.f.Shape(v)
	if err != nil {
		return err
	}
	if shape.Size() <= 4096 && shape.Rank() <= 5 && whole <= 60 {
		s.values = append(s.values, value{v, shape.Dimensions, frac, whole})
	}
	return nil
}

// like is a value of the same dimensions as x.
func (s *script) like(x value) value {
	j := s.next(len(s.values))
	for range s.values {
		if slices.Equal(x.dims, s.values[j].dims) {
			break
		}
		j = (j + 1) % len(s.values)
	}
	return s.values[j]
}

// step records one operation.
func (s *script) step() error {
	x := s.values[s.next(len(s.values))]
	o := operations[s.next(len(operations))]
	if len(x.dims) < o.rank {
		return nil
	}
	return o.record(s, x)
}

// operations are what a script may do with a value that has at least so many axes.
var operations = []struct {
	rank   int
	record func(s *script, x value) error
}{
	{0, (*script).unary},
	{0, (*script).binary},
	{0, (*script).binary},
	{0, (*script).where},
	{1, (*script).transpose},
	{1, (*script).slice},
	{1, (*script).dynamicSlice},
	{1, (*script).pad},
	{1, (*script).reverse},
	{1, (*script).concatenate},
	{0, (*script).reshape},
	{0, (*script).repeat},
	{1, (*script).reduce},
	{1, (*script).reduce},
	{1, (*script).argMinMax},
	{1, (*script).window},
	{1, (*script).scatterWindow},
	{1, (*script).product},
	{2, (*script).batchedProduct},
	{3, (*script).convolution},
	{1, (*script).normalise},
}

func (s *script) unary(x value) error {
	f := s.f
	smooth := []func(compute.Value) (compute.Value, error){f.Tanh, f.Logistic, f.Sin}
	exact := []func(compute.Value) (compute.Value, error){f.Neg, f.Abs, f.Floor, f.Sign}
	i := s.next(len(smooth) + len(exact))
	if i < len(smooth) {
		if x.whole > 4 { // the sine of large numbers is as rounded as they are
			return nil
		}
		v, err := smooth[i](x.node)
		return s.add(v, err, rounded, 1)
	}
	if i -= len(smooth); i > 1 && !x.exact() { // these jump
		return nil
	}
	v, err := exact[i](x.node)
	return s.add(v, err, x.frac, x.whole+1)
}

func (s *script) binary(x value) error {
	y := s.like(x)
	frac, whole := max(x.frac, y.frac), max(x.whole, y.whole)
	switch s.next(5) {
	case 0:
		v, err := s.f.Add(x.node, y.node)
		return s.add(v, err, frac, whole+1)
	case 1:
		v, err := s.f.Sub(x.node, y.node)
		return s.add(v, err, frac, whole+1)
	case 2:
		v, err := s.f.Max(x.node, y.node)
		return s.add(v, err, frac, whole)
	case 3:
		v, err := s.f.Min(x.node, y.node)
		return s.add(v, err, frac, whole)
	}
	v, err := s.f.Mul(x.node, y.node)
	return s.add(v, err, x.frac+y.frac, x.whole+y.whole)
}

// where chooses between two values by a comparison of two others.
func (s *script) where(x value) error {
	a, b, y := s.like(x), s.like(x), s.like(x)
	if !a.exact() || !b.exact() {
		return nil
	}
	condition, err := s.f.GreaterThan(a.node, b.node)
	if err != nil {
		return err
	}
	v, err := s.f.Where(condition, x.node, y.node)
	return s.add(v, err, max(x.frac, y.frac), max(x.whole, y.whole))
}

func (s *script) transpose(x value) error {
	permutation := make([]int, len(x.dims))
	for a := range permutation {
		permutation[a] = a
	}
	for a := range permutation {
		b := a + s.next(len(permutation)-a)
		permutation[a], permutation[b] = permutation[b], permutation[a]
	}
	v, err := s.f.Transpose(x.node, permutation...)
	return s.add(v, err, x.frac, x.whole)
}

func (s *script) slice(x value) error {
	axis := s.next(len(x.dims))
	starts, strides := make([]int, len(x.dims)), slices.Repeat([]int{1}, len(x.dims))
	starts[axis], strides[axis] = s.next(x.dims[axis]), 1+s.next(2)
	v, err := s.f.Slice(x.node, starts, slices.Clone(x.dims), strides)
	return s.add(v, err, x.frac, x.whole)
}

func (s *script) dynamicSlice(x value) error {
	dims, starts := slices.Clone(x.dims), make([]compute.Value, len(x.dims))
	for a := range dims {
		dims[a] = 1 + s.next(dims[a])
		at, err := s.f.Constant([]int32{int32(s.next(8) - 2)})
		if err != nil {
			return err
		}
		starts[a] = at
	}
	v, err := s.f.DynamicSlice(x.node, starts, dims)
	return s.add(v, err, x.frac, x.whole)
}

func (s *script) pad(x value) error {
	zero, err := s.f.Constant([]float32{0})
	if err != nil {
		return err
	}
	pads := make([]compute.PadAxis, len(x.dims))
	pads[s.next(len(x.dims))] = compute.PadAxis{Start: s.next(3), End: s.next(3), Interior: s.next(3)}
	v, err := s.f.Pad(x.node, zero, pads...)
	return s.add(v, err, x.frac, x.whole)
}

func (s *script) reverse(x value) error {
	v, err := s.f.Reverse(x.node, s.some(len(x.dims))...)
	return s.add(v, err, x.frac, x.whole)
}

func (s *script) concatenate(x value) error {
	y := s.like(x)
	v, err := s.f.Concatenate(s.next(len(x.dims)), x.node, y.node)
	return s.add(v, err, max(x.frac, y.frac), max(x.whole, y.whole))
}

// reshape puts an axis of one somewhere, or makes one of two axes.
func (s *script) reshape(x value) error {
	dims, axis := slices.Clone(x.dims), s.next(len(x.dims)+1)
	if axis+1 < len(dims) && s.next(2) == 0 {
		dims[axis] *= dims[axis+1]
		dims = slices.Delete(dims, axis+1, axis+2)
	} else {
		dims = slices.Insert(dims, axis, 1)
	}
	v, err := s.f.Reshape(x.node, dims...)
	return s.add(v, err, x.frac, x.whole)
}

// repeat puts a new axis somewhere and repeats x along it, and along its axes of one.
func (s *script) repeat(x value) error {
	dims, at := slices.Clone(x.dims), s.next(len(x.dims)+1)
	axes := make([]int, len(dims))
	for a := range dims {
		if axes[a] = a; a >= at {
			axes[a]++
		}
		if dims[a] == 1 {
			dims[a] += s.next(4)
		}
	}
	dims = slices.Insert(dims, at, 1+s.next(6))
	v, err := s.f.BroadcastInDim(x.node, shapes.Make(dtypes.Float32, dims...), axes)
	return s.add(v, err, x.frac, x.whole)
}

func (s *script) reduce(x value) error {
	axes := s.some(len(x.dims))
	count := 1
	for _, a := range axes {
		count *= x.dims[a]
	}
	switch s.next(5) {
	case 0:
		v, err := s.f.ReduceMax(x.node, axes...)
		return s.add(v, err, x.frac, x.whole)
	case 1:
		v, err := s.f.ReduceMin(x.node, axes...)
		return s.add(v, err, x.frac, x.whole)
	case 2:
		if count > 8 { // a product of many is nothing or infinite
			return nil
		}
		v, err := s.f.ReduceProduct(x.node, axes...)
		return s.add(v, err, count*x.frac, count*x.whole)
	}
	v, err := s.f.ReduceSum(x.node, axes...)
	return s.add(v, err, x.frac, x.whole+bits.Len(uint(count)))
}

func (s *script) argMinMax(x value) error {
	if !x.exact() {
		return nil
	}
	axis := s.next(len(x.dims))
	v, err := s.f.ArgMinMax(x.node, axis, dtypes.Int32, s.next(2) == 0)
	if err != nil {
		return err
	}
	v, err = s.f.ConvertDType(v, dtypes.Float32)
	return s.add(v, err, 0, bits.Len(uint(x.dims[axis])))
}

// sliding is a window that fits into some dimensions.
type sliding struct {
	dims, strides, dilations []int
	padding                  [][2]int
	count                    int // of the elements in it
}

func (s *script) sliding(dims []int) sliding {
	w := sliding{count: 1}
	for _, d := range dims {
		size, dilation := 1+s.next(min(d, 3)), 1
		if 2*size-1 <= d {
			dilation += s.next(2)
		}
		w.dims, w.strides, w.dilations = append(w.dims, size), append(w.strides, 1+s.next(2)), append(w.dilations, dilation)
		w.padding = append(w.padding, [2]int{s.next(size), s.next(size)})
		w.count *= size
	}
	return w
}

func (s *script) window(x value) error {
	op := []compute.ReduceOpType{compute.ReduceOpSum, compute.ReduceOpMax, compute.ReduceOpMin}[s.next(3)]
	w := s.sliding(x.dims)
	if op != compute.ReduceOpSum { // a window of padding alone is infinite
		clear(w.padding)
	}
	v, err := s.f.ReduceWindow(x.node, op, w.dims, w.strides, nil, w.dilations, w.padding)
	return s.add(v, err, x.frac, x.whole+bits.Len(uint(w.count)))
}

// scatterWindow is the gradient of pooling, of which each element is given itself.
func (s *script) scatterWindow(x value) error {
	if !x.exact() {
		return nil
	}
	w := s.sliding(x.dims)
	clear(w.padding)
	pooled, err := s.f.ReduceWindow(x.node, compute.ReduceOpMax, w.dims, w.strides, nil, nil, w.padding)
	if err != nil {
		return err
	}
	v, err := s.f.SelectAndScatterMax(x.node, pooled, w.dims, w.strides, w.padding)
	return s.add(v, err, x.frac, x.whole+bits.Len(uint(w.count)))
}

// product is x times its like, summed over one axis.
func (s *script) product(x value) error {
	axis, y := s.next(len(x.dims)), s.like(x)
	v, err := s.f.DotGeneral(x.node, []int{axis}, nil, y.node, []int{axis}, nil, compute.DotGeneralConfig{})
	return s.add(v, err, x.frac+y.frac, x.whole+y.whole+bits.Len(uint(x.dims[axis])))
}

// batchedProduct sums over one axis for each element of another.
func (s *script) batchedProduct(x value) error {
	y, axis := s.like(x), s.next(len(x.dims))
	batch := (axis + 1 + s.next(len(x.dims)-1)) % len(x.dims)
	v, err := s.f.DotGeneral(x.node, []int{axis}, []int{batch}, y.node, []int{axis}, []int{batch}, compute.DotGeneralConfig{})
	return s.add(v, err, x.frac+y.frac, x.whole+y.whole+bits.Len(uint(x.dims[axis])))
}

// convolution is one with a kernel of the numbers -1, 0 and 1 along its first axis; images come first in x and channels last.
func (s *script) convolution(x value) error {
	spatial := len(x.dims) - 2
	axes := compute.ConvolveAxesConfig{InputChannels: spatial + 1, KernelInputChannels: spatial, KernelOutputChannels: spatial + 1,
		OutputChannels: spatial + 1}
	for a := range spatial {
		axes.InputSpatial, axes.KernelSpatial, axes.OutputSpatial = append(axes.InputSpatial, 1+a), append(axes.KernelSpatial, a), append(axes.OutputSpatial, 1+a)
	}
	channels := x.dims[spatial+1]
	w := s.sliding(x.dims[1 : 1+spatial])
	kernel := append(slices.Clone(w.dims), channels, 1+s.next(9))
	places, err := s.f.Iota(shapes.Make(dtypes.Float32, kernel...), s.next(len(kernel)))
	if err != nil {
		return err
	}
	one, err := s.f.Constant([]float32{1})
	if err != nil {
		return err
	}
	k, err := s.f.Sub(places, one)
	if err != nil {
		return err
	}
	v, err := s.f.ConvGeneral(x.node, k, axes, w.strides, w.padding, nil, w.dilations, 1, 1)
	return s.add(v, err, x.frac, x.whole+4+bits.Len(uint(w.count*channels)))
}

// normalise takes the softmax along an axis, or gives it the mean 0.
func (s *script) normalise(x value) error {
	if x.whole > 6 {
		return nil
	}
	axis := s.next(len(x.dims))
	if s.next(2) == 0 {
		v, err := s.f.FusedSoftmax(x.node, axis)
		return s.add(v, err, rounded, 1)
	}
	v, err := s.f.FusedLayerNorm(x.node, []int{axis}, 1, nil, nil)
	return s.add(v, err, rounded, x.whole+1)
}

// build records the script that some bytes are, and returns what it computes last.
func build(f compute.Function, bytes []byte) (outputs []value, err error) {
	s := &script{f: f, bytes: bytes}
	for i, dims := range inputs {
		p, err := f.Parameter(fmt.Sprint("p", i), shapes.Make(dtypes.Float32, dims...), nil)
		if err := s.add(p, err, 2, 1); err != nil {
			return nil, err
		}
	}
	for range 12 {
		if err := s.step(); err != nil {
			return nil, err
		}
	}
	outputs = s.values[max(0, len(s.values)-3):]
	results := make([]compute.Value, len(outputs))
	for i, v := range outputs {
		results[i] = v.node
	}
	return outputs, f.Return(results, nil)
}
