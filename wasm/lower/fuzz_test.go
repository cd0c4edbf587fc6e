package lower

import (
	"slices"
	"testing"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// script builds a graph of operations that move elements about by reading bytes.
type script struct {
	fn
	bytes  []byte
	values []*graph.Node
}

func (s *script) next(n int) int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := int(s.bytes[0])
	s.bytes = s.bytes[1:]
	return b % n
}

// step adds one operation on matrices.
func (s *script) step() {
	x := s.values[s.next(len(s.values))]
	var y *graph.Node
	if s.next(2) == 0 {
		y = s.moved(x, s.next(2))
	} else {
		y = s.found(x)
	}
	if y != nil && y.Size() > 0 && y.Size() < 4096 {
		s.values = append(s.values, y)
	}
}

// place is a parameter that says where something is.
func (s *script) place() *graph.Node { return s.paramOf([]ir.DType{ir.I32, ir.I64, ir.U8}[s.next(3)]) }

// moved is x with elements in other places.
func (s *script) moved(x *graph.Node, axis int) *graph.Node {
	dims := slices.Clone(x.Dims)
	start, ones := []int{0, 0}, []int{1, 1}
	switch s.next(7) {
	case 0: // pad, perhaps with gaps, perhaps cut
		gaps := []int{0, 0}
		start[axis], gaps[axis] = s.next(5)-2, s.next(3)
		dims[axis] = max(0, start[axis]+(dims[axis]-1)*(gaps[axis]+1)+1+s.next(5)-2)
		return s.op(graph.Pad{Start: start, Interior: gaps}, ir.F32, dims, x, s.number(7))
	case 1:
		start[axis] = s.next(dims[axis])
		ones[axis] = 1 + s.next(2)
		dims[axis] = (dims[axis]-start[axis]-1)/ones[axis] + 1
		return s.sliced(x, start, ones, dims)
	case 2:
		return s.reversed(x, axis)
	case 3:
		return s.transposed(x)
	case 4:
		dims[axis] *= 2
		return s.op(graph.Concat{Axis: axis}, ir.F32, dims, x, s.each(ir.Neg, x))
	case 5:
		dims[axis] = 1 + s.next(dims[axis])
		return s.op(graph.DynamicSlice{}, ir.F32, dims, x, s.place(), s.place())
	}
	dims[axis] = 1 + s.next(dims[axis])
	return s.op(graph.DynamicUpdate{}, ir.F32, x.Dims, x, s.sliced(x, start, ones, dims), s.place(), s.place())
}

// found is what is at places of x that data decide or a window leads to; nil if there is nothing.
func (s *script) found(x *graph.Node) *graph.Node {
	columns := x.Dims[1]
	gather := graph.Gather{VectorAxis: 1, Offset: []int{1}, Collapsed: []int{0}, Starts: []int{0}, Sizes: []int{1, columns}}
	switch s.next(6) {
	case 0: // some rows
		n := 1 + s.next(4)
		return s.op(gather, ir.F32, []int{n, columns}, x, s.paramOf(ir.I32, n, 1))
	case 1: // the rows of the largest elements
		best := s.op(graph.ArgMinMax{Axis: 0}, ir.I32, []int{columns}, x)
		return s.op(gather, ir.F32, []int{columns, columns}, x, s.op(graph.Reshape{}, ir.I32, []int{columns, 1}, best))
	case 2: // with some rows added to
		n := 1 + s.next(4)
		o := graph.Scatter{Fn: ir.Add, VectorAxis: 1, Window: []int{1}, Inserted: []int{0}, Starts: []int{0}}
		return s.op(o, ir.F32, x.Dims, x, s.paramOf(ir.I32, n, 1), s.param(n, columns))
	case 3:
		o, dims := s.sliding(x, 1+s.next(2))
		if dims == nil {
			return nil
		}
		return s.op(graph.Window{Fn: ir.Add, Sliding: o}, ir.F32, dims, x)
	case 4: // the gradient of pooling
		o, dims := s.sliding(x, 1)
		if dims == nil {
			return nil
		}
		return s.op(graph.SelectScatter{Sliding: o}, ir.F32, x.Dims, x, s.param(dims...))
	}
	return s.convolved(x)
}

// sliding is a window over x, whose columns have gaps between them, and how often it fits; nil if it does not.
func (s *script) sliding(x *graph.Node, dilation int) (o graph.Sliding, dims []int) {
	o = sliding([]int{1 + s.next(3), 1 + s.next(3)}, []int{1 + s.next(2), 1}, []int{s.next(4), s.next(3)})
	o.BaseDilation = []int{1, dilation}
	for a, d := range x.Dims {
		rest := (d-1)*o.BaseDilation[a] + 1 + 2*o.Start[a] - o.Dims[a]
		if rest < 0 {
			return o, nil
		}
		dims = append(dims, rest/o.Strides[a]+1)
	}
	return o, dims
}

// convolved is a convolution along the rows of x, in groups, with gaps between the rows and padding or a cut around them.
func (s *script) convolved(x *graph.Node) *graph.Node {
	rows, columns := x.Dims[0], x.Dims[1]
	groups := 1 + s.next(2)
	if columns%groups != 0 {
		groups = 1
	}
	o := graph.Conv{Input: []int{0, 2, 1}, Kernel: []int{0, 1, 2}, Output: []int{0, 2, 1}, Strides: []int{1 + s.next(2)},
		Start: []int{s.next(4) - 1}, InputDilation: []int{1 + s.next(3)}, KernelDilate: []int{1 + s.next(2)}, ChannelGroups: groups, BatchGroups: 1}
	k := 1 + s.next(3)
	rest := (rows-1)*o.InputDilation[0] + 1 + 2*o.Start[0] - ((k-1)*o.KernelDilate[0] + 1)
	if rest < 0 {
		return nil
	}
	n := rest/o.Strides[0] + 1
	image := s.op(graph.Reshape{}, ir.F32, []int{1, rows, columns}, x)
	y := s.op(o, ir.F32, []int{1, n, 2 * groups}, image, s.param(2*groups, columns/groups, k))
	return s.op(graph.Reshape{}, ir.F32, []int{n, 2 * groups}, y)
}

// However elements are moved about, the verifier can follow, with kernels and without.
func FuzzVerify(f *testing.F) {
	state := uint32(1)
	for range 200 {
		seed := make([]byte, 48)
		for i := range seed {
			state = state*1664525 + 1013904223
			seed[i] = byte(state >> 24)
		}
		f.Add(seed)
	}
	// A row that data choose, cut off by padding that is padded again: of what a guard that never holds computes.
	f.Add([]byte{0, 0, 0, 5, 0, 1, 1, 2, 0, 0, 0, 0, 1, 4, 3, 0, 0, 0, 3, 1, 3, 4, 0, 0, 3})
	f.Fuzz(func(t *testing.T, bytes []byte) {
		for _, kernels := range []bool{true, false} {
			s := &script{fn: newFn(), bytes: bytes}
			s.values = []*graph.Node{s.param(3, 4), s.param(5, 2)}
			for range 6 {
				s.step()
			}
			outputs := s.values[max(2, len(s.values)-2):]
			if len(outputs) == 0 {
				t.Skip("nothing was computed")
			}
			s.program(t, kernels, outputs...)
		}
	})
}
