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
	axis := s.next(2)
	dims := slices.Clone(x.Dims)
	start, ones := []int{0, 0}, []int{1, 1}
	scalar := func() *graph.Node { return s.paramOf([]ir.DType{ir.I32, ir.I64, ir.U8}[s.next(3)]) }
	var y *graph.Node
	switch s.next(9) {
	case 0: // pad, perhaps with gaps, perhaps cut
		gaps := []int{0, 0}
		start[axis], gaps[axis] = s.next(5)-2, s.next(3)
		dims[axis] = max(0, start[axis]+(dims[axis]-1)*(gaps[axis]+1)+1+s.next(5)-2)
		y = s.op(graph.Pad{Start: start, Interior: gaps}, ir.F32, dims, x, s.number(7))
	case 1:
		start[axis] = s.next(dims[axis])
		ones[axis] = 1 + s.next(2)
		dims[axis] = (dims[axis]-start[axis]-1)/ones[axis] + 1
		y = s.sliced(x, start, ones, dims)
	case 2:
		y = s.reversed(x, axis)
	case 3:
		y = s.transposed(x)
	case 4:
		dims[axis] *= 2
		y = s.op(graph.Concat{Axis: axis}, ir.F32, dims, x, s.each(ir.Neg, x))
	case 5:
		dims[axis] = 1 + s.next(dims[axis])
		y = s.op(graph.DynamicSlice{}, ir.F32, dims, x, scalar(), scalar())
	case 6:
		dims[axis] = 1 + s.next(dims[axis])
		y = s.op(graph.DynamicUpdate{}, ir.F32, x.Dims, x, s.sliced(x, start, ones, dims), scalar(), scalar())
	case 7: // some rows
		n := 1 + s.next(4)
		o := graph.Gather{VectorAxis: 1, Offset: []int{1}, Collapsed: []int{0}, Starts: []int{0}, Sizes: []int{1, dims[1]}}
		y = s.op(o, ir.F32, []int{n, dims[1]}, x, s.paramOf(ir.I32, n, 1))
	default:
		o := sliding([]int{1 + s.next(3), 1 + s.next(3)}, []int{1 + s.next(2), 1}, []int{s.next(4), s.next(3)})
		o.BaseDilation = []int{1, 1 + s.next(2)}
		dims[0] = (dims[0]+2*o.Start[0]-o.Dims[0])/o.Strides[0] + 1
		dims[1] = (dims[1]-1)*o.BaseDilation[1] + 1 + 2*o.Start[1] - o.Dims[1] + 1
		if dims[0] < 1 || dims[1] < 1 {
			return
		}
		y = s.op(graph.Window{Fn: ir.Add, Sliding: o}, ir.F32, dims, x)
	}
	if y.Size() > 0 && y.Size() < 4096 {
		s.values = append(s.values, y)
	}
}

// However elements are moved about, the verifier can follow.
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
	f.Add([]byte("00X000000200010Z211A0Z010000")) // a guard that never holds, in which nothing can be had
	f.Fuzz(func(t *testing.T, bytes []byte) {
		s := &script{fn: newFn(), bytes: bytes}
		s.values = []*graph.Node{s.param(3, 4), s.param(5, 2)}
		for range 6 {
			s.step()
		}
		outputs := s.values[max(2, len(s.values)-2):]
		if len(outputs) == 0 {
			t.Skip("nothing was computed")
		}
		s.program(t, true, outputs...)
	})
}
