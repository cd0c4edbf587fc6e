//go:build linux || darwin

package wasm_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"unpool/wasm"
	"unpool/wasm/host"
)

type (
	unaryOp  = func(f compute.Function, x compute.Value) (compute.Value, error)
	binaryOp = func(f compute.Function, x, y compute.Value) (compute.Value, error)
)

// strangeNumbers are those at which rules begin and end, and random ones.
func strangeNumbers() (x []float32) {
	for _, v := range []float64{0, 0.25, 0.5, 1, 1.5, 2.5, 88.7, 89, 104, 1e-42, 1e-38, 8388607.5, 1 << 31, 3e9, 1 << 32, 5e9,
		math.MaxFloat32, math.Inf(1)} {
		x = append(x, float32(v), float32(-v))
	}
	x = append(x, math.Float32frombits(1<<31)) // -0
	for _, nan := range []uint32{0x7fc00000, 0xffc00000, 0x7fc12345, 0xffe54321, 0x7f800001} {
		x = append(x, math.Float32frombits(nan))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for len(x) < 4000 {
		x = append(x, math.Float32frombits(r.Uint32()), float32(10*r.NormFloat64()))
	}
	return x
}

// asInts does an operation on the bits of its operands.
func asInts(t dtypes.DType, op binaryOp) binaryOp {
	return func(f compute.Function, x, y compute.Value) (compute.Value, error) {
		return f.Bitcast(must(op(f, must(f.Bitcast(x, t)), must(f.Bitcast(y, t)))), dtypes.Float32)
	}
}

// choice takes the first of two operands where a comparison holds, else the second.
func choice(compare binaryOp) binaryOp {
	return func(f compute.Function, x, y compute.Value) (compute.Value, error) {
		return f.Where(must(compare(f, x, y)), x, y)
	}
}

// Each operation gives the bits that WebAssembly gives, also of numbers that are rare, to the payload of a NaN.
func TestNativeArithmetic(t *testing.T) {
	native, simd := newNative(t, 1), newBackend(t, host.Tier{SIMD: true, Threads: 1})
	x := strangeNumbers()
	ops := map[string]unaryOp{
		"abs": compute.Function.Abs, "neg": compute.Function.Neg, "sign": compute.Function.Sign, "sqrt": compute.Function.Sqrt,
		"rsqrt": compute.Function.Rsqrt, "ceil": compute.Function.Ceil, "floor": compute.Function.Floor, "round": compute.Function.Round,
		"exp": compute.Function.Exp, "expm1": compute.Function.Expm1, "log": compute.Function.Log, "log1p": compute.Function.Log1p,
		"logistic": compute.Function.Logistic, "tanh": compute.Function.Tanh, "erf": compute.Function.Erf,
		"sin": compute.Function.Sin, "cos": compute.Function.Cos,
		"is finite": func(f compute.Function, x compute.Value) (compute.Value, error) {
			return f.ConvertDType(must(f.IsFinite(x)), dtypes.Float32)
		},
		"is NaN": func(f compute.Function, x compute.Value) (compute.Value, error) {
			return f.ConvertDType(must(f.IsNaN(x)), dtypes.Float32)
		},
		"by lane": func(f compute.Function, x compute.Value) (compute.Value, error) { return f.Pow(x, x) },
	}
	for name, dtype := range map[string]dtypes.DType{"i32": dtypes.Int32, "u32": dtypes.Uint32, "bool": dtypes.Bool} {
		ops["to "+name] = func(f compute.Function, x compute.Value) (compute.Value, error) {
			return f.ConvertDType(must(f.ConvertDType(x, dtype)), dtypes.Float32)
		}
		if dtype == dtypes.Bool {
			continue
		}
		ops["of "+name] = func(f compute.Function, x compute.Value) (compute.Value, error) {
			return f.ConvertDType(must(f.Bitcast(x, dtype)), dtypes.Float32)
		}
		unaries := map[string]unaryOp{"not": compute.Function.BitwiseNot}
		if dtype == dtypes.Int32 {
			unaries["neg"], unaries["abs"] = compute.Function.Neg, compute.Function.Abs
		}
		for op, unary := range unaries {
			ops[name+" "+op] = func(f compute.Function, x compute.Value) (compute.Value, error) {
				return f.Bitcast(must(unary(f, must(f.Bitcast(x, dtype)))), dtypes.Float32)
			}
		}
	}
	// Operations on two numbers, each with its neighbour and with others.
	both := map[string]binaryOp{"add": compute.Function.Add, "sub": compute.Function.Sub, "mul": compute.Function.Mul, "div": compute.Function.Div,
		"max": compute.Function.Max, "min": compute.Function.Min}
	compare := map[string]binaryOp{"equal": compute.Function.Equal, "not equal": compute.Function.NotEqual, "less": compute.Function.LessThan,
		"less or equal": compute.Function.LessOrEqual, "greater": compute.Function.GreaterThan, "greater or equal": compute.Function.GreaterOrEqual}
	bits := map[string]binaryOp{"and": compute.Function.BitwiseAnd, "or": compute.Function.BitwiseOr, "xor": compute.Function.BitwiseXor,
		"add": compute.Function.Add, "sub": compute.Function.Sub, "mul": compute.Function.Mul, "max": compute.Function.Max, "min": compute.Function.Min}
	for name, op := range compare {
		both[name] = choice(op)
		bits[name] = choice(op)
	}
	for name, op := range bits {
		both["i32 "+name], both["u32 "+name] = asInts(dtypes.Int32, op), asInts(dtypes.Uint32, op)
	}
	for name, op := range both {
		ops[name] = func(f compute.Function, x compute.Value) (compute.Value, error) {
			numbers := strangeNumbers()
			return op(f, x, must(f.Constant(append(numbers[31:], numbers[:31]...), len(numbers))))
		}
	}
	sameBits(t, native, simd, ops, x)
}

// sameBits compares what functions of numbers give natively and by WebAssembly.
func sameBits(t *testing.T, native, simd *wasm.Backend, ops map[string]unaryOp, x []float32) {
	t.Helper()
	for name, op := range ops {
		t.Run(name, func(t *testing.T) {
			got, want := apply(t, native, op, x), apply(t, simd, op, x)
			for i := range want {
				if g, w := math.Float32bits(got[i]), math.Float32bits(want[i]); g != w {
					t.Fatalf("number %d is %v (%#x), by WebAssembly %v (%#x)", i, got[i], g, want[i], w)
				}
			}
		})
	}
}

// Pools and their gradients give WebAssembly's bits, whether windows lie side by side, overlap, leave gaps or reach out of the image.
func TestNativePools(t *testing.T) {
	native, simd := newNative(t, 2), newBackend(t, host.Tier{SIMD: true, Threads: 1})
	numbers := slices.Repeat(strangeNumbers(), 3)
	for i := range numbers {
		if i%3 == 0 {
			numbers[i] = float32(i % 5) // many equal ones: the first must win
		}
	}
	for name, c := range map[string]struct{ images, side, channels, window, stride, out, after int }{
		"side by side": {65, 4, 8, 2, 2, 2, 0}, "of nine": {2, 9, 17, 3, 3, 3, 0}, "a rest": {3, 7, 16, 2, 2, 3, 0},
		"out of the image": {3, 7, 16, 2, 2, 4, 1},
		"overlapping":      {2, 7, 8, 3, 2, 3, 0}, "gaps": {2, 7, 8, 1, 3, 3, 0}, "few channels": {5, 4, 3, 2, 2, 2, 0},
	} {
		window, stride := []int{1, c.window, c.window, 1}, []int{1, c.stride, c.stride, 1}
		pad := [][2]int{{0, 0}, {0, c.after}, {0, c.after}, {0, 0}}
		image := func(f compute.Function, x compute.Value) compute.Value {
			return must(f.Reshape(x, c.images, c.side, c.side, c.channels))
		}
		ops := map[string]unaryOp{
			"pool": func(f compute.Function, x compute.Value) (compute.Value, error) {
				return f.ReduceWindow(image(f, x), compute.ReduceOpMax, window, stride, nil, nil, pad)
			},
			"gradient": func(f compute.Function, x compute.Value) (compute.Value, error) {
				dy := numbers[31:][:c.images*c.out*c.out*c.channels]
				return f.SelectAndScatterMax(image(f, x), must(f.Constant(dy, c.images, c.out, c.out, c.channels)), window, stride, pad)
			},
		}
		t.Run(name, func(t *testing.T) { sameBits(t, native, simd, ops, numbers[:c.images*c.side*c.side*c.channels]) })
	}
}
