package look

import (
	"errors"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
)

// A kernel is the part of a convolution's weights that one map takes of another.
func TestKernels(t *testing.T) {
	n := began(t, withNet("conv 3x3x5, relu, residual(conv 3x3x5), conv 2x3x7 stride 2, dense 8"))
	v := n.store.RootScope().At("conv3").GetVariable("weights")
	values := make([]float32, 2*3*5*7)
	for i := range values {
		values[i] = float32(i)
	}
	if err := v.SetValue(tensors.FromFlatDataAndDimensions(values, 2, 3, 5, 7)); err != nil {
		t.Fatal(err)
	}
	k, err := n.Kernels("conv3")
	if err != nil || k.Out != 7 || k.In != 5 || k.Height != 2 || k.Width != 3 || len(k.Values) != len(values) {
		t.Fatalf("%+v, %v", k, err)
	}
	for out := range 7 {
		for in := range 5 {
			for y := range 2 {
				for x := range 3 {
					if got, want := k.Of(out, in)[y*3+x], values[((y*3+x)*5+in)*7+out]; got != want {
						t.Fatalf("from %d to %d, row %d, column %d: %g, want %g", in, out, y, x, got, want)
					}
				}
			}
		}
	}
	copy(k.Of(6, 0), []float32{0, 0, 0, 0, 0, -900})
	copy(k.Of(6, 1), make([]float32, 6))
	if got := k.Strongest(6); !slices.Equal(got, []int{0, 4, 3, 2, 1}) {
		t.Errorf("the strongest of map 6 are %v", got)
	}
	if inner, err := n.Kernels("conv2"); err != nil || inner.In != 5 {
		t.Errorf("of a group: %v, %v", inner, err)
	}
	if _, err := n.Kernels("relu1"); err == nil {
		t.Error("a ReLU has kernels")
	}
	if _, err := n.Kernels("conv9"); !errors.Is(err, ErrNoLayer) {
		t.Errorf("no such layer: %v", err)
	}
}
