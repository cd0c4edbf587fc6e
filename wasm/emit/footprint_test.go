package emit

import (
	"testing"

	"unpool/wasm/ir"
)

func TestConflict(t *testing.T) {
	temp := func(offset int) *ir.Buffer {
		return &ir.Buffer{Place: ir.Temp, Type: ir.F32, Len: 1 << 20, Offset: offset}
	}
	b, input := temp(0), &ir.Buffer{Place: ir.Input, Type: ir.F32, Len: 1 << 20}
	output := &ir.Buffer{Place: ir.Output, Type: ir.F32, Len: 1 << 20, Replaces: input}
	// A matrix of 128 rows, each of width numbers and step numbers after the one before.
	rows := func(b *ir.Buffer, writes bool, at, width, step int) footprint {
		return within(b, writes, true, at, []int{128, width}, []int{step, 1})
	}
	all := func(b *ir.Buffer, writes bool, at, n int) footprint {
		return within(b, writes, false, at, []int{n}, []int{1})
	}
	const read, write = false, true
	for _, test := range []struct {
		name string
		x, y footprint
		want bool
	}{
		{"rows written, the same rows read", rows(b, write, 0, 64, 64), rows(b, read, 0, 64, 64), false},
		{"rows written, a part of each read", rows(b, write, 0, 64, 64), rows(b, read, 16, 8, 64), false},
		{"rows read, the same rows written", rows(b, read, 0, 64, 64), rows(b, write, 0, 64, 64), false},
		{"rows written, all read by every thread", rows(b, write, 0, 64, 64), all(b, read, 0, 10), true},
		{"rows written, rows of another width read", rows(b, write, 0, 64, 64), rows(b, read, 0, 32, 32), true},
		{"rows written, the rows that follow read", rows(b, write, 0, 64, 64), rows(b, read, 64, 64, 64), true},
		{"rows written, a column that reaches into the next row read", rows(b, write, 0, 64, 64), rows(b, read, 60, 8, 64), true},
		{"rows written, transposed rows read", rows(b, write, 0, 128, 128), within(b, read, true, 0, []int{128, 128}, []int{1, 128}), true},
		{"two readers", all(b, read, 0, 100), all(b, read, 0, 100), false},
		{"neighbours", all(b, write, 0, 100), all(b, write, 100, 100), false},
		{"overlap", all(b, write, 0, 101), all(b, write, 100, 100), true},
		{"backwards", all(b, write, 0, 10), within(b, read, false, 20, []int{12}, []int{-1}), true},
		{"backwards, not as far", all(b, write, 0, 10), within(b, read, false, 20, []int{11}, []int{-1}), false},
		{"memory used again for the same rows", rows(temp(256), write, 0, 64, 64), rows(b, read, 64, 64, 64), false},
		{"memory used again for other rows", rows(temp(256), write, 0, 64, 64), rows(b, read, 0, 64, 64), true},
		{"different memory", whole(input, write), whole(b, write), false},
		{"an output that may lie in the input", whole(input, read), whole(output, write), true},
		{"an output that may lie in the input, by rows", rows(input, read, 0, 64, 64), rows(output, write, 0, 64, 64), false},
		{"rows of no thread", within(b, write, true, 0, []int{128, 1}, []int{0, 1}), within(b, read, true, 0, []int{128, 1}, []int{0, 1}), true},
	} {
		for _, pair := range [][2]footprint{{test.x, test.y}, {test.y, test.x}} {
			if got := conflict(pair[0], pair[1]); got != test.want {
				t.Errorf("%s: conflict %v, want %v", test.name, got, test.want)
			}
		}
	}
}

// A product of few rows is divided in tiles, a loop of few rows is not: a thread may not continue with "its" rows.
func TestFewRowsAreDividedInTwoWays(t *testing.T) {
	k := NewKernels(nil, Target{SIMD: true}, Imports{})
	for m, divided := range map[int]bool{16: false, dividedRows - 1: false, dividedRows: true} {
		buffer := func() *ir.Buffer { return &ir.Buffer{Place: ir.Temp, Type: ir.F32, Len: 1 << 20} }
		product := &ir.MatMul{
			MatMulShape: ir.MatMulShape{M: m, N: 10, K: 256, ARow: 256, ACol: 1, BRow: 10, BCol: 1, CRow: 10, Batch: 1},
			A:           buffer(), B: buffer(), C: buffer(),
		}
		for _, f := range k.footprints(product) {
			if f.buffer != product.B && (f.rows > 0) != divided {
				t.Errorf("a product of %d rows: a footprint of %d rows, divided should be %v", m, f.rows, divided)
			}
		}
	}
}
