package wasm_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"unpool/wasm"
	"unpool/wasm/host"
)

// apply computes a function of an array of f32 numbers on a backend.
func apply(t *testing.T, b *wasm.Backend, op func(f compute.Function, x compute.Value) (compute.Value, error), x []float32) []float32 {
	t.Helper()
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	builder := b.Builder("math")
	main := builder.Main()
	shape := shapes.Make(dtypes.Float32, len(x))
	p, err := main.Parameter("x", shape, nil)
	try(err)
	y, err := op(main, p)
	try(err)
	try(main.Return([]compute.Value{y}, nil))
	e, err := builder.Compile()
	try(err)
	defer e.Finalize()
	in, err := b.BufferFromFlatData(0, x, shape)
	try(err)
	defer in.Finalize()
	out, err := e.Execute([]compute.Buffer{in}, nil, 0)
	try(err)
	defer out[0].Finalize()
	got := make([]float32, e.Outputs()[0].Size())
	try(out[0].ToFlatData(got))
	return got
}

// The mathematical functions are within their stated bounds, in units of 2^-24 of the result, and the same bits in
// vectors and one by one.
func TestMathBounds(t *testing.T) {
	simd := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	scalar := newBackend(t, host.Tier{Threads: 1})
	grid := func(from, to float64) (x []float32) {
		for i := range 20_001 {
			x = append(x, float32(from+(to-from)*float64(i)/20_000))
		}
		return x
	}
	for _, c := range []struct {
		name  string
		op    func(f compute.Function, x compute.Value) (compute.Value, error)
		want  func(float64) float64
		x     []float32
		bound float64
	}{
		{"exp", compute.Function.Exp, math.Exp, grid(-80, 80), 2},
		{"expm1", compute.Function.Expm1, math.Expm1, grid(-20, 20), 4},
		{"log", compute.Function.Log, math.Log, grid(1e-3, 1e3), 3},
		{"log1p", compute.Function.Log1p, math.Log1p, append(grid(-0.9, 20), 1e30, 4e36), 4},
		{"logistic", compute.Function.Logistic, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, grid(-30, 30), 3},
		{"tanh", compute.Function.Tanh, math.Tanh, grid(-12, 12), 5},
		{"erf", compute.Function.Erf, math.Erf, grid(-5, 5), 6},
		{"sin", compute.Function.Sin, math.Sin, append(grid(-7, 7), grid(-8192, 8192)...), 3},
		{"cos", compute.Function.Cos, math.Cos, append(grid(-7, 7), grid(-8192, 8192)...), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, one := apply(t, simd, c.op, c.x), apply(t, scalar, c.op, c.x)
			worst, where := 0.0, float32(0)
			for i, x := range c.x {
				if math.Float32bits(got[i]) != math.Float32bits(one[i]) {
					t.Fatalf("at %v a vector gives %v, a single number %v", x, got[i], one[i])
				}
				want := c.want(float64(x))
				if want == 0 {
					continue
				}
				of := math.Abs(want)
				if c.name == "sin" || c.name == "cos" { // near their zeros what is left of a large argument has fewer bits
					of = max(of, math.Abs(float64(x))/1024)
				}
				if e := math.Abs(float64(got[i])-want) / of * (1 << 24); e > worst {
					worst, where = e, x
				}
			}
			if worst > c.bound {
				t.Errorf("at %v the error is %.2f units, want at most %v", where, worst, c.bound)
			}
		})
	}
}
