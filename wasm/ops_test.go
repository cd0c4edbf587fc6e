package wasm_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/nn"

	"unpool/wasm/host"
)

// Operations in forms that GoMLX's suite for backends does not try, through GoMLX's graphs.
func TestForms(t *testing.T) {
	b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	ones := func(g *graph.Graph, dims ...int) *graph.Node {
		return graph.Ones(g, shapes.Make(dtypes.Float32, dims...))
	}
	count := func(g *graph.Graph, dims ...int) *graph.Node {
		return graph.IotaFull(g, shapes.Make(dtypes.Float32, dims...))
	}
	for _, test := range []struct {
		name  string
		build func(g *graph.Graph) *graph.Node
		want  any
	}{
		{"a transposed matrix, to one number", func(g *graph.Graph) *graph.Node {
			return graph.ReduceAllSum(graph.Transpose(count(g, 4, 4), 0, 1))
		}, float32(120)},
		{"rows times a column, to one number", func(g *graph.Graph) *graph.Node {
			return graph.ReduceAllSum(graph.Mul(ones(g, 128, 3), graph.InsertAxes(count(g, 128), -1)))
		}, float32(3 * 127 * 64)},
		{"the largest of three transposed axes", func(g *graph.Graph) *graph.Node {
			return graph.ReduceAllMax(graph.TransposeAllAxes(count(g, 4, 5, 6), 2, 0, 1))
		}, float32(119)},
		{"a layer norm whose scale has all axes", func(g *graph.Graph) *graph.Node {
			x := graph.Concatenate([]*graph.Node{ones(g, 1, 2, 4), graph.Neg(ones(g, 1, 2, 4))}, -1)
			return nn.LayerNorm(x, []int{-1}, 0, graph.AddScalar(ones(g, 1, 1, 8), 1), ones(g, 1, 1, 8), nil)
		}, [][][]float32{{{3, 3, 3, 3, -1, -1, -1, -1}, {3, 3, 3, 3, -1, -1, -1, -1}}}},
		{"a layer norm over an axis that is not the last", func(g *graph.Graph) *graph.Node {
			x := graph.Concatenate([]*graph.Node{ones(g, 1, 2), graph.Neg(ones(g, 1, 2))}, 0)
			return nn.LayerNorm(x, []int{0}, 0, graph.Const(g, []float32{1, 10}), nil, nil)
		}, [][]float32{{1, 10}, {-1, -10}}},
		{"a slice whose place is one array", func(g *graph.Graph) *graph.Node {
			return graph.DynamicSlice(count(g, 3, 2), []*graph.Node{graph.Const(g, []int32{5, 1})}, []int{2, 1})
		}, [][]float32{{3}, {5}}},
		{"a slice of a list whose place is an array of one", func(g *graph.Graph) *graph.Node {
			return graph.DynamicSlice(count(g, 5), []*graph.Node{graph.Const(g, []int64{3})}, []int{2})
		}, []float32{3, 4}},
		{"an update whose place is one array", func(g *graph.Graph) *graph.Node {
			return graph.DynamicUpdateSlice(count(g, 3, 2), ones(g, 2, 1), []*graph.Node{graph.Const(g, []uint8{0, 1})})
		}, [][]float32{{0, 1}, {2, 1}, {4, 5}}},
		{"the first that is true", func(g *graph.Graph) *graph.Node {
			return graph.ArgMax(graph.Const(g, [][]bool{{false, true, true}, {false, false, false}}), -1)
		}, []int32{1, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			exec, err := graph.NewExec(b, test.build)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Call()
			if err != nil {
				t.Fatal(err)
			}
			if got := out[0].Value(); !reflect.DeepEqual(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

// A fused operation that does not take its operands is not implemented, rather than an error: GoMLX then makes it of others.
func TestFusedOrNot(t *testing.T) {
	f := newBackend(t, host.Tier{SIMD: true, Threads: 1}).Builder("fused").Main()
	param := func(t dtypes.DType, dims ...int) compute.Value {
		v, err := f.Parameter("x", shapes.Make(t, dims...), nil)
		if err != nil {
			panic(err)
		}
		return v
	}
	float := func(dims ...int) compute.Value { return param(dtypes.Float32, dims...) }
	dense := func(x, w, b compute.Value, a compute.ActivationType) (compute.Value, error) {
		return f.FusedDense(x, w, b, compute.DenseConfig{Activation: a})
	}
	for name, record := range map[string]func() (compute.Value, error){
		"scale of all axes":       func() (compute.Value, error) { return f.FusedLayerNorm(float(2, 4), []int{1}, 0, float(1, 4), nil) },
		"scale of another length": func() (compute.Value, error) { return f.FusedLayerNorm(float(2, 4), []int{1}, 0, float(1), nil) },
		"scale of the first axis": func() (compute.Value, error) { return f.FusedLayerNorm(float(4, 4), []int{0}, 0, float(4), nil) },
		"offset of all axes":      func() (compute.Value, error) { return f.FusedLayerNorm(float(2, 4), []int{1}, 0, nil, float(1, 4)) },
		"scale of doubles": func() (compute.Value, error) {
			return f.FusedLayerNorm(float(2, 4), []int{1}, 0, param(dtypes.Float64, 4), nil)
		},
		"axes counted from the end": func() (compute.Value, error) { return f.FusedLayerNorm(float(2, 4), []int{-1}, 0, nil, nil) },
		"whole numbers' layer norm": func() (compute.Value, error) {
			return f.FusedLayerNorm(param(dtypes.Int32, 2, 4), []int{1}, 0, nil, nil)
		},
		"whole numbers' GELU":    func() (compute.Value, error) { return f.FusedGelu(param(dtypes.Int32, 4), true) },
		"whole numbers' softmax": func() (compute.Value, error) { return f.FusedSoftmax(param(dtypes.Int32, 4), 0) },
		"softmax along the last": func() (compute.Value, error) { return f.FusedSoftmax(float(4), -1) },
		"whole numbers' dense layer": func() (compute.Value, error) {
			return dense(param(dtypes.Int32, 2, 4), param(dtypes.Int32, 4, 3), nil, compute.ActivationTanh)
		},
		"one number's dense layer": func() (compute.Value, error) { return dense(float(), float(4, 3), nil, compute.ActivationNone) },
		"bias of all axes": func() (compute.Value, error) {
			return dense(float(2, 4), float(4, 3), float(1, 3), compute.ActivationNone)
		},
		"an unknown activation": func() (compute.Value, error) {
			return dense(float(2, 4), float(4, 3), float(3), compute.ActivationType(99))
		},
	} {
		if _, err := record(); !errors.Is(err, compute.ErrNotImplemented) {
			t.Errorf("%s: %v, want ErrNotImplemented", name, err)
		}
	}
}

// Invalid operations are refused when the graph is built.
func TestMistakes(t *testing.T) {
	f := newBackend(t, host.Tier{SIMD: true, Threads: 1}).Builder("mistakes").Main()
	param := func(t dtypes.DType, dims ...int) compute.Value {
		v, err := f.Parameter("x", shapes.Make(t, dims...), nil)
		if err != nil {
			panic(err)
		}
		return v
	}
	x, zero := param(dtypes.Float32, 2, 3), param(dtypes.Int32)
	at := []compute.Value{zero, zero}
	for name, record := range map[string]func() (compute.Value, error){
		"an update larger than what it updates": func() (compute.Value, error) { return f.DynamicUpdateSlice(x, param(dtypes.Float32, 2, 4), at) },
		"too few places":                        func() (compute.Value, error) { return f.DynamicSlice(x, at[:1], []int{1, 1}) },
		"places in an array too long": func() (compute.Value, error) {
			return f.DynamicSlice(x, []compute.Value{param(dtypes.Int32, 3)}, []int{1, 1})
		},
		"places between elements": func() (compute.Value, error) {
			return f.DynamicSlice(x, []compute.Value{param(dtypes.Float32, 2)}, []int{1, 1})
		},
	} {
		if _, err := record(); err == nil || errors.Is(err, compute.ErrNotImplemented) {
			t.Errorf("%s: %v, want a mistake", name, err)
		}
	}
}
