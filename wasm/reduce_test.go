package wasm_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"

	"unpool/wasm/host"
)

// reductions are the operations that combine the elements of types that they are for.
var reductions = map[string]struct {
	reduce func(f compute.Function, x compute.Value, axes ...int) (compute.Value, error)
	types  []dtypes.DType
}{
	"sum":         {compute.Function.ReduceSum, numbers},
	"product":     {compute.Function.ReduceProduct, numbers},
	"max":         {compute.Function.ReduceMax, numbers},
	"min":         {compute.Function.ReduceMin, numbers},
	"and":         {compute.Function.ReduceBitwiseAnd, integers},
	"or":          {compute.Function.ReduceBitwiseOr, integers},
	"xor":         {compute.Function.ReduceBitwiseXor, integers},
	"logical and": {compute.Function.ReduceLogicalAnd, []dtypes.DType{dtypes.Bool}},
	"logical or":  {compute.Function.ReduceLogicalOr, []dtypes.DType{dtypes.Bool}},
	"logical xor": {compute.Function.ReduceLogicalXor, []dtypes.DType{dtypes.Bool}},
}

var (
	integers = []dtypes.DType{dtypes.Int8, dtypes.Int32, dtypes.Int64, dtypes.Uint8, dtypes.Uint16, dtypes.Uint32, dtypes.Uint64}
	numbers  = append([]dtypes.DType{dtypes.Float32, dtypes.Float64, dtypes.BFloat16}, integers...)
)

// reduced are sums, or the like, of the numbers 1 and 2, or true and false, in two arrays: over rows, over columns, over all, and over all of the
// array transposed.
func reduced(b compute.Backend, name string, t dtypes.DType) (results []any, err error) {
	builder := b.Builder(name)
	f := builder.Main()
	var outputs []compute.Value
	reduce := func(x compute.Value, axes ...int) {
		if err == nil {
			x, err = reductions[name].reduce(f, x, axes...)
			outputs = append(outputs, x)
		}
	}
	for _, dims := range [][]int{{3, 9}, {4, 8, 2}} {
		flat := dtypes.MakeAnySlice(t, shapes.Make(t, dims...).Size())
		for i := range reflect.ValueOf(flat).Len() {
			one := reflect.ValueOf(shapes.CastAsDType(i*i%3+1, t))
			if t == dtypes.Bool {
				one = reflect.ValueOf(i%5 > 0)
			}
			reflect.ValueOf(flat).Index(i).Set(one)
		}
		x, err := f.Constant(flat, dims...)
		if err != nil {
			return nil, err
		}
		var back []int
		for a := range dims {
			back = append(back, len(dims)-1-a)
		}
		turned, err := f.Transpose(x, back...)
		if err != nil {
			return nil, err
		}
		reduce(x, 0)
		reduce(x, len(dims)-1)
		reduce(x, back...)
		reduce(turned, back...)
		reduce(turned, 0)
	}
	if err == nil {
		err = f.Return(outputs, nil)
	}
	if err != nil {
		return nil, err
	}
	e, err := builder.Compile()
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	out, err := e.Execute(nil, nil, 0)
	if err != nil {
		return nil, err
	}
	for _, o := range out {
		shape, err := o.Shape()
		if err != nil {
			return nil, err
		}
		flat := dtypes.MakeAnySlice(t, shape.Size())
		if err := o.ToFlatData(flat); err != nil {
			return nil, err
		}
		results = append(results, flat)
	}
	return results, nil
}

// Reductions of every type give what they give on GoMLX's Go backend, on every tier.
func TestReductions(t *testing.T) {
	reference, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]compute.Backend{"with vectors": newBackend(t, host.Tier{SIMD: true, Threads: 1}), "scalar": newBackend(t, host.Tier{Threads: 1})}
	for name, r := range reductions {
		for _, dtype := range r.types {
			t.Run(fmt.Sprint(name, " of ", dtype), func(t *testing.T) {
				want, err := reduced(reference, name, dtype)
				if errors.Is(err, compute.ErrNotImplemented) {
					t.Skip(err)
				}
				if err != nil {
					t.Fatal(err)
				}
				for tier, b := range ours {
					if got, err := reduced(b, name, dtype); err != nil || !reflect.DeepEqual(got, want) {
						t.Errorf("%s: %v, %v, want %v", tier, got, err, want)
					}
				}
			})
		}
	}
}
