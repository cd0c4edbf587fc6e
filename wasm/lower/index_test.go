package lower

import (
	"slices"
	"testing"

	"unpool/wasm/ir"
)

func TestIndices(t *testing.T) {
	x := plus(linear(loop(3, 0), 6, 2), linear(loop(3, 2), -1, 4))
	if x.String() != "6i+-1k+6" {
		t.Error(x)
	}
	if y := linear(x, -2, 1); y.String() != "-12i+2k+-11" {
		t.Error(y)
	}
	if y := flat(3, []ir.Index{loop(3, 2), x, fixed(3, 1)}, []int{2, 5, 4}); y.String() != "24i+16k+25" {
		t.Error(y)
	}
	place := dynamic(3, ir.Int(ir.I32, 5))
	if y := linear(place, 3, 0); y.Dynamic.Op != ir.Mul {
		t.Error("a factor leaves what data decide as it is")
	}
	if y := linear(place, 0, 7); y.Dynamic != nil || y.Base != 7 {
		t.Error("what data decide counts in nothing times itself")
	}
	if y := plus(place, place); y.Dynamic.Op != ir.Add {
		t.Error("of two places that data decide one is lost")
	}
}

// Conditions are no longer than the loops' extents demand.
func TestBelow(t *testing.T) {
	extents := []int{4, 5}
	for _, test := range []struct {
		x      ir.Index
		lo, hi int
		want   string // of a nest that stores it
	}{
		{along(2, 0, 5, 1), 0, 20, "always"},
		{along(2, 0, 5, 1), 1, 20, "ge((5i+j), 1)"},
		{along(2, 0, 5, 1), 0, 19, "lt((5i+j), 19)"},
		{along(2, -1, 1, 1), 0, 6, "and(ge((i+j+-1), 0), lt((i+j+-1), 6))"},
		{along(2, 9, -1, -1), 2, 10, "always"},
		{along(2, 9, -1, -1), 3, 10, "ge((-1i+-1j+9), 3)"},
		{along(2, 20, 5, 1), 0, 20, "false"},
		{along(2, -20, 5, 1), 0, 20, "false"},
		{along(2, -9, 5, 1), anything, 8, "lt((5i+j+-9), 8)"},
		{dynamic(2, ir.Pos(along(2, 0, 1))), anything, 100, "lt((i), 100)"},
		{dynamic(2, ir.Pos(along(2, 0, 1))), 0, 100, "and(ge((i), 0), lt((i), 100))"},
	} {
		got := "always"
		if c := below(test.x, test.lo, test.hi, extents); c != nil {
			n := &ir.Nest{Dims: extents, Stores: []ir.Store{{Buf: &ir.Buffer{}, At: fixed(2, 0), Value: c}}}
			got = n.String()[len("nest [4 5]\n  %0[0] = ") : len(n.String())-1]
		}
		if got != test.want {
			t.Errorf("%v from %d below %d: %s, want %s", test.x, test.lo, test.hi, got, test.want)
		}
	}
}

func TestMerge(t *testing.T) {
	for _, test := range []struct {
		name    string
		extents []int
		strides []int
		want    int // the stride; 0 if they are not one loop
	}{
		{"one loop", []int{4}, []int{3}, 3},
		{"rows without gaps", []int{2, 4}, []int{12, 3}, 3},
		{"a gap", []int{2, 4}, []int{13, 3}, 0},
		{"the other way round", []int{2, 4}, []int{1, 2}, 0},
		{"a loop of one", []int{2, 1, 4}, []int{12, 99, 3}, 3},
		{"nothing but loops of one", []int{1, 1}, []int{7, 7}, 1},
		{"no loop", nil, nil, 1},
		{"backwards", []int{4}, []int{-3}, 0},
		{"standing still", []int{4}, []int{0}, 0},
	} {
		g, ok := merge(test.extents, test.strides)
		if ok != (test.want != 0) || ok && (g.strides[0] != test.want || g.size != ir.Product(test.extents)) {
			t.Errorf("%s: %+v, %v, want stride %d", test.name, g, ok, test.want)
		}
	}
	// Two arrays must agree.
	if _, ok := merge([]int{2, 4}, []int{4, 1}, []int{1, 2}); ok {
		t.Error("one array's gap is forgotten over the other's")
	}
}

func TestDense(t *testing.T) {
	dims := []int{2, 3, 1, 4}
	for _, test := range []struct {
		name string
		at   operand
		axes []int
		want bool
	}{
		{"row-major", operand{strides: []int{12, 4, 4, 1}}, []int{0, 1, 2, 3}, true},
		{"an axis of one anywhere", operand{strides: []int{12, 4, 77, 1}}, []int{0, 1, 2, 3}, true},
		{"in another order", operand{strides: []int{1, 8, 0, 2}}, []int{1, 3, 2, 0}, true},
		{"in the wrong order", operand{strides: []int{1, 8, 0, 2}}, []int{0, 1, 2, 3}, false},
		{"a part", operand{strides: []int{24, 8, 8, 1}}, []int{0, 1, 2, 3}, false},
		{"not from the start", operand{at: 1, strides: []int{12, 4, 4, 1}}, []int{0, 1, 2, 3}, false},
	} {
		if got := dense(dims, test.at, test.axes...); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestReshaped(t *testing.T) {
	idx := []ir.Index{loop(3, 0), loop(3, 1), loop(3, 2)}
	var got []string
	for _, x := range reshaped(3, []int{4, 1, 5}, []int{1, 4, 5, 1}, idx) {
		got = append(got, x.Affine.String())
	}
	if want := []string{"0", "i", "k", "0"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if !onlyOnes([]int{4, 1, 5}, []int{1, 4, 5, 1}) || onlyOnes([]int{4, 5}, []int{5, 4}) || onlyOnes([]int{4, 5}, []int{20}) {
		t.Error("the wrong shapes are said to differ in axes of length 1 alone")
	}
}
