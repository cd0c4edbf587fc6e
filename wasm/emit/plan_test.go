package emit

import (
	"slices"
	"testing"

	"unpool/wasm/ir"
)

// sum is a nest that adds up an array over the loops of reduce; to are the result's strides, from the operand's.
func sum(dims, reduce, to, from []int) *ir.Nest {
	along := func(strides ...int) ir.Index { return ir.Index{Affine: ir.Affine{Strides: strides}} }
	place := along(append(slices.Clone(to), make([]int, len(reduce))...)...)
	acc := &ir.Expr{Op: ir.Accumulator, Type: ir.F32}
	x := ir.At(&ir.Buffer{Type: ir.F32}, along(from...))
	return &ir.Nest{Dims: dims, Reduce: reduce,
		Accs:   []ir.Acc{{Type: ir.F32, Init: ir.Float(ir.F32, 0), Step: ir.New(ir.Add, ir.F32, acc, x)}},
		Stores: []ir.Store{{Buf: &ir.Buffer{Type: ir.F32}, At: place, Value: acc}}}
}

// The loop of vectors is the one along memory, which then is the last of the points or the last of the sums; threads divide
// what is the outermost loop after that.
func TestPlan(t *testing.T) {
	for _, test := range []struct {
		name         string
		nest         *ir.Nest
		dims, reduce []int // of the plan
		vector, rows int
	}{
		{"columns added up", sum([]int{8}, []int{100}, []int{1}, []int{1, 8}), []int{8}, []int{100}, 0, 1},
		{"columns of many images", sum([]int{64, 8}, []int{5}, []int{8, 1}, []int{40, 1, 8}), []int{64, 8}, []int{5}, 1, 64},
		{"columns written as rows", sum([]int{8, 64}, []int{5}, []int{1, 8}, []int{1, 40, 8}), []int{64, 8}, []int{5}, 1, 64},
		{"few rows", sum([]int{3}, []int{8}, []int{1}, []int{8, 1}), []int{3}, []int{8}, 1, 3},
		{"few rows of transposed matrices", sum([]int{3}, []int{8, 100}, []int{1}, []int{800, 1, 8}), []int{3}, []int{100, 8}, 2, 3},
		{"a matrix to one number", sum(nil, []int{100, 8}, nil, []int{8, 1}), []int{}, []int{800}, 0, 0},
		{"its transpose to one number", sum(nil, []int{8, 100}, nil, []int{1, 8}), []int{}, []int{100, 8}, 1, 0},
		{"three transposed axes to one number", sum(nil, []int{4, 5, 6}, nil, []int{1, 4, 20}), []int{}, []int{5, 6, 4}, 2, 0},
	} {
		p := NewPlan(test.nest, true)
		if !slices.Equal(p.Dims, test.dims) || !slices.Equal(p.Reduce, test.reduce) || p.Vector != test.vector || p.Rows != test.rows {
			t.Errorf("%s: points %v, sums %v, vectors %d, rows %d; want %v, %v, %d, %d", test.name,
				p.Dims, p.Reduce, p.Vector, p.Rows, test.dims, test.reduce, test.vector, test.rows)
		}
	}
}
