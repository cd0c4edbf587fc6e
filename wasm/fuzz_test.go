package wasm_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"

	"unpool/wasm"
	"unpool/wasm/host"
)

// script builds a graph by reading bytes: each says which operation is next and on which values so far.
type script struct {
	f      compute.Function
	bytes  []byte
	values []compute.Value
	dims   [][]int
}

// next is a number below n from the next byte; 0 when they are used up.
func (s *script) next(n int) int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := int(s.bytes[0])
	s.bytes = s.bytes[1:]
	return b % n
}

func (s *script) pick() int { return s.next(len(s.values)) }

// add keeps the result of an operation, unless it is too large to be worth it.
func (s *script) add(v compute.Value, err error) error {
	if err != nil {
		return err
	}
	shape, err := s.f.Shape(v)
	if err != nil {
		return err
	}
	if shape.Size() <= 4096 && shape.Rank() <= 5 {
		s.values, s.dims = append(s.values, v), append(s.dims, shape.Dimensions)
	}
	return nil
}

// other is a value of the same dimensions as value i.
func (s *script) other(i int) compute.Value {
	j := s.pick()
	for range s.values {
		if slices.Equal(s.dims[i], s.dims[j]) {
			break
		}
		j = (j + 1) % len(s.values)
	}
	return s.values[j]
}

// step records one operation.
func (s *script) step() error {
	f, i := s.f, s.pick()
	x, dims := s.values[i], s.dims[i]
	axis := 0
	if len(dims) > 0 {
		axis = s.next(len(dims))
	}
	unary := []func(compute.Value) (compute.Value, error){f.Neg, f.Abs, f.Tanh, f.Logistic, f.Floor, f.Sign, f.Sin}
	binary := []func(a, b compute.Value) (compute.Value, error){f.Add, f.Sub, f.Mul, f.Max, f.Min}
	switch s.next(12) {
	case 0, 1:
		return s.add(unary[s.next(len(unary))](x))
	case 2, 3:
		return s.add(binary[s.next(len(binary))](x, s.other(i)))
	case 4: // turn the axes
		perm := make([]int, len(dims))
		for a := range perm {
			perm[a] = (a + 1) % len(dims)
		}
		return s.add(f.Transpose(x, perm...))
	case 5: // cut a piece out
		starts, limits, strides := make([]int, len(dims)), slices.Clone(dims), make([]int, len(dims))
		for a := range dims {
			strides[a] = 1
		}
		if len(dims) > 0 {
			starts[axis] = s.next(dims[axis])
			strides[axis] = 1 + s.next(2)
		}
		return s.add(f.Slice(x, starts, limits, strides))
	case 6: // add a border
		zero, err := f.Constant([]float32{0})
		if err != nil {
			return err
		}
		pads := make([]compute.PadAxis, len(dims))
		if len(dims) > 0 {
			pads[axis] = compute.PadAxis{Start: s.next(3), End: s.next(3), Interior: s.next(2)}
		}
		return s.add(f.Pad(x, zero, pads...))
	case 7:
		if len(dims) == 0 {
			return nil
		}
		return s.add(f.Reverse(x, axis))
	case 8:
		if len(dims) == 0 {
			return nil
		}
		if s.next(2) == 0 {
			return s.add(f.ReduceSum(x, axis))
		}
		return s.add(f.ReduceMax(x, axis))
	case 9: // repeat along a new first axis
		axes := make([]int, len(dims))
		for a := range axes {
			axes[a] = a + 1
		}
		return s.add(f.BroadcastInDim(x, shapes.Make(dtypes.Float32, append([]int{1 + s.next(4)}, dims...)...), axes))
	case 10: // the product with its like, over one axis
		if len(dims) == 0 {
			return nil
		}
		return s.add(f.DotGeneral(x, []int{axis}, nil, s.other(i), []int{axis}, nil, compute.DotGeneralConfig{}))
	}
	if len(dims) == 0 {
		return nil
	}
	return s.add(f.Concatenate(axis, x, s.other(i)))
}

// execute builds the graph on a backend and runs it.
func execute(b compute.Backend, bytes []byte) (results [][]float32, err error) {
	builder := b.Builder("fuzz")
	s := &script{f: builder.Main(), bytes: bytes}
	var inputs []compute.Buffer
	for i, dims := range [][]int{{3, 4}, {4, 3}, {2, 3, 5}, {}} {
		shape := shapes.Make(dtypes.Float32, dims...)
		if err := s.add(s.f.Parameter(fmt.Sprint("p", i), shape, nil)); err != nil {
			return nil, err
		}
		flat := make([]float32, shape.Size())
		for j := range flat {
			flat[j] = float32((j*7+i*3)%11)/4 - 1.25
		}
		buffer, err := b.BufferFromFlatData(0, flat, shape)
		if err != nil {
			return nil, err
		}
		defer buffer.Finalize()
		inputs = append(inputs, buffer)
	}
	for range 12 {
		if err := s.step(); err != nil {
			return nil, err
		}
	}
	outputs := s.values[max(0, len(s.values)-3):]
	if err := s.f.Return(outputs, nil); err != nil {
		return nil, err
	}
	e, err := builder.Compile()
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	out, err := e.Execute(inputs, nil, 0)
	if err != nil {
		return nil, err
	}
	for _, o := range out {
		shape, err := o.Shape()
		if err != nil {
			return nil, err
		}
		flat := make([]float32, shape.Size())
		if err := o.ToFlatData(flat); err != nil {
			return nil, err
		}
		results = append(results, flat)
		o.Finalize()
	}
	return results, nil
}

// Random graphs give the same numbers as on GoMLX's Go backend, but for the rounding of long sums.
func FuzzGraphs(f *testing.F) {
	reference, err := gobackend.New("")
	if err != nil {
		f.Fatal(err)
	}
	engine, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: 1}})
	if err != nil {
		f.Fatal(err)
	}
	ours := wasm.New(engine)
	state := uint32(1)
	for range 60 {
		seed := make([]byte, 64)
		for i := range seed {
			state = state*1664525 + 1013904223
			seed[i] = byte(state >> 24)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		want, err := execute(reference, bytes)
		if err != nil {
			t.Skip(err) // not a graph that GoMLX takes
		}
		got, err := execute(ours, bytes)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			for j, w := range want[i] {
				g, w := float64(got[i][j]), float64(w)
				if math.IsNaN(w) && math.IsNaN(g) || g == w {
					continue
				}
				if !(math.Abs(g-w) <= 1e-4*(1+math.Abs(w))) {
					t.Fatalf("output %d, element %d is %v, want %v", i, j, g, w)
				}
			}
		}
	})
}
