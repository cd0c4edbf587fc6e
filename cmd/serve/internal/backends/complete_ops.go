package backends

import (
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"unpool/core/guard"
)

// completeFunction has the operations that GoMLX's backend in Go lacks, built from those that it has.
type completeFunction struct{ compute.Function }

// must is v; an error is a panic, which made turns into an error again.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func made(build func() compute.Value) (v compute.Value, err error) {
	err = guard.Protect(func() error {
		v = build()
		return nil
	})
	return v, err
}

// scalar is a constant, f32 [].
func (f completeFunction) scalar(v float64) compute.Value {
	return must(f.Constant([]float32{float32(v)}))
}

// Pad pads, and then cuts off where the padding is negative. GoMLX's writes past the ends of rows there, and panics past the last.
func (f completeFunction) Pad(x, fill compute.Value, axes ...compute.PadAxis) (compute.Value, error) {
	return made(func() compute.Value {
		padding := slices.Clone(axes)
		for i, a := range axes {
			padding[i].Start, padding[i].End = max(a.Start, 0), max(a.End, 0)
		}
		padded := must(f.Function.Pad(x, fill, padding...))
		limits := slices.Clone(must(f.Shape(padded)).Dimensions)
		starts := make([]int, len(limits))
		for i, a := range axes {
			starts[i] = max(-a.Start, 0)
			limits[i] -= max(-a.End, 0)
		}
		return must(f.Slice(padded, starts, limits, nil))
	})
}

// SelectAndScatterMax adds each number of source, f32, to where its window of x, f32 of as many axes, has the largest number for the
// first time: the gradient of a max pool.
//
// It takes one place in all windows at a time. The numbers of x there are a slice, with the windows' strides; source goes back to
// those that are the largest of their windows.
func (f completeFunction) SelectAndScatterMax(x, source compute.Value, window, strides []int, paddings [][2]int) (compute.Value, error) {
	return made(func() compute.Value {
		largest := must(f.ReduceWindow(x, compute.ReduceOpMax, window, strides, nil, nil, paddings))
		windows := must(f.Shape(largest)).Dimensions
		pad, cut := make([]compute.PadAxis, len(windows)), make([]compute.PadAxis, len(windows))
		for i, p := range paddings {
			pad[i] = compute.PadAxis{Start: p[0], End: p[1]}
			cut[i] = compute.PadAxis{Start: -p[0], End: -p[1]}
		}
		padded := must(f.Pad(x, f.scalar(math.Inf(-1)), pad...))
		size := must(f.Shape(padded))
		zero := f.scalar(0)
		sum := must(f.BroadcastInDim(zero, size, nil))
		found := must(f.BroadcastInDim(must(f.Constant([]bool{false})), shapes.Make(dtypes.Bool, windows...), nil)) // at an earlier place
		for _, place := range shapes.Make(dtypes.Bool, window...).Iter() {
			limits, back := make([]int, len(place)), make([]compute.PadAxis, len(place))
			for i, start := range place {
				limits[i] = start + (windows[i]-1)*strides[i] + 1
				back[i] = compute.PadAxis{Start: start, End: size.Dimensions[i] - limits[i], Interior: strides[i] - 1}
			}
			here := must(f.Equal(must(f.Slice(padded, slices.Clone(place), limits, strides)), largest))
			first := must(f.LogicalAnd(here, must(f.LogicalNot(found))))
			found = must(f.LogicalOr(found, here))
			sum = must(f.Add(sum, must(f.Pad(must(f.Where(first, source, zero)), zero, back...))))
		}
		return must(f.Pad(sum, zero, cut...))
	})
}
