package wasm

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapeinference"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// unary records an operation on each element.
func (f *Function) unary(op compute.OpType, fn ir.Op, x compute.Value) (compute.Value, error) {
	in, err := f.nodes(op.String(), x)
	if err != nil {
		return nil, err
	}
	s, err := inferred(op.String())(shapeinference.UnaryOp(op, shapeOf(in[0])))
	if err != nil {
		return nil, err
	}
	return f.elementwise(fn, s.Type, in[0]), nil
}

// question records what is true or false of each element of an array of floats.
func (f *Function) question(op string, fn ir.Op, x compute.Value) (compute.Value, error) {
	in, err := f.nodes(op, x)
	if err != nil {
		return nil, err
	}
	if !in[0].Type.Float() {
		return nil, errors.Errorf("wasm: %s of %v, which are not floats", op, in[0].Shape)
	}
	return f.elementwise(fn, ir.Bool, in[0]), nil
}

// binary records an operation on the elements of two arrays; axes of length 1 and scalars are repeated.
func (f *Function) binary(op compute.OpType, fn ir.Op, x, y compute.Value) (compute.Value, error) {
	in, err := f.nodes(op.String(), x, y)
	if err != nil {
		return nil, err
	}
	s, err := inferred(op.String())(shapeinference.BinaryOp(op, shapeOf(in[0]), shapeOf(in[1])))
	if err != nil {
		return nil, err
	}
	return f.elementwise(fn, s.Type, f.stretch(in[0], s.Dims), f.stretch(in[1], s.Dims)), nil
}

// compare records a comparison of the elements of two arrays.
func (f *Function) compare(op compute.OpType, fn ir.Op, x, y compute.Value, total bool) (compute.Value, error) {
	in, err := f.nodes(op.String(), x, y)
	if err != nil {
		return nil, err
	}
	s, err := inferred(op.String())(shapeinference.ComparisonOp(op, shapeOf(in[0]), shapeOf(in[1])))
	if err != nil {
		return nil, err
	}
	a, b := f.stretch(in[0], s.Dims), f.stretch(in[1], s.Dims)
	if total && a.Type.Float() {
		a, b = f.ordered(a), f.ordered(b)
	}
	return f.elementwise(fn, s.Type, a, b), nil
}

// ordered turns floats into integers that compare as IEEE 754's total order does: -NaN, -Inf, … -0, 0, … Inf, NaN.
func (f *Function) ordered(x *graph.Node) *graph.Node {
	t := map[int]ir.DType{2: ir.I16, 4: ir.I32, 8: ir.I64}[x.Type.Size()]
	bits := f.elementwise(ir.Bitcast, t, x)
	sign := f.elementwise(ir.ShrA, t, bits, f.scalar(t, float64(8*t.Size()-1), x.Dims...))
	// Of a negative number all bits but the sign are inverted.
	mask := f.elementwise(ir.ShrL, t, sign, f.scalar(t, 1, x.Dims...))
	return f.elementwise(ir.Xor, t, bits, mask)
}

// stretch repeats axes of length 1, or a scalar, to some dimensions.
func (f *Function) stretch(n *graph.Node, dims []int) *graph.Node {
	if len(n.Dims) == 0 {
		return f.broadcast(n, dims)
	}
	for i, d := range dims {
		if n.Dims[i] != d {
			axes := make([]int, len(dims))
			for a := range axes {
				axes[a] = a
			}
			return f.add(graph.Broadcast{Axes: axes}, graph.Shape{Type: n.Type, Dims: dims}, n)
		}
	}
	return n
}

func (f *Function) Abs(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeAbs, ir.Abs, x)
}

func (f *Function) BitCount(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeBitCount, ir.Popcnt, x)
}

func (f *Function) BitwiseNot(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeBitwiseNot, ir.Not, x)
}

func (f *Function) Ceil(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeCeil, ir.Ceil, x)
}

func (f *Function) Clz(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeClz, ir.Clz, x)
}

func (f *Function) Cos(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeCos, ir.Cos, x)
}

func (f *Function) Erf(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeErf, ir.Erf, x)
}

func (f *Function) Exp(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeExp, ir.Exp, x)
}

func (f *Function) Expm1(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeExpm1, ir.Expm1, x)
}

func (f *Function) Floor(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeFloor, ir.Floor, x)
}

func (f *Function) IsFinite(x compute.Value) (compute.Value, error) {
	return f.question("IsFinite", ir.IsFinite, x)
}

func (f *Function) IsNaN(x compute.Value) (compute.Value, error) {
	return f.question("IsNaN", ir.IsNaN, x)
}

func (f *Function) Log(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeLog, ir.Log, x)
}

func (f *Function) Log1p(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeLog1p, ir.Log1p, x)
}

func (f *Function) LogicalNot(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeLogicalNot, ir.Not, x)
}

func (f *Function) Logistic(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeLogistic, ir.Logistic, x)
}

func (f *Function) Neg(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeNeg, ir.Neg, x)
}

func (f *Function) Round(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeRound, ir.Round, x)
}

func (f *Function) Rsqrt(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeRsqrt, ir.Rsqrt, x)
}

func (f *Function) Sign(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeSign, ir.Sign, x)
}

func (f *Function) Sin(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeSin, ir.Sin, x)
}

func (f *Function) Sqrt(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeSqrt, ir.Sqrt, x)
}

func (f *Function) Tanh(x compute.Value) (compute.Value, error) {
	return f.unary(compute.OpTypeTanh, ir.Tanh, x)
}

func (f *Function) Add(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeAdd, ir.Add, x, y)
}

func (f *Function) Atan2(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeAtan2, ir.Atan2, x, y)
}

func (f *Function) BitwiseAnd(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeBitwiseAnd, ir.And, x, y)
}

func (f *Function) BitwiseOr(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeBitwiseOr, ir.Or, x, y)
}

func (f *Function) BitwiseXor(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeBitwiseXor, ir.Xor, x, y)
}

func (f *Function) Div(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeDiv, ir.Div, x, y)
}

func (f *Function) LogicalAnd(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLogicalAnd, ir.And, x, y)
}

func (f *Function) LogicalOr(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLogicalOr, ir.Or, x, y)
}

func (f *Function) LogicalXor(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLogicalXor, ir.Xor, x, y)
}

func (f *Function) Max(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeMax, ir.Max, x, y)
}

func (f *Function) Min(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeMin, ir.Min, x, y)
}

func (f *Function) Mul(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeMul, ir.Mul, x, y)
}

func (f *Function) Pow(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypePow, ir.Pow, x, y)
}

func (f *Function) Rem(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeRem, ir.Rem, x, y)
}

func (f *Function) ShiftLeft(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeShiftLeft, ir.Shl, x, y)
}

func (f *Function) ShiftRightArithmetic(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeShiftRightArithmetic, ir.ShrA, x, y)
}

func (f *Function) ShiftRightLogical(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeShiftRightLogical, ir.ShrL, x, y)
}

func (f *Function) Sub(x, y compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeSub, ir.Sub, x, y)
}

func (f *Function) Equal(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeEqual, ir.Eq, x, y, false)
}

func (f *Function) NotEqual(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeNotEqual, ir.Ne, x, y, false)
}

func (f *Function) GreaterOrEqual(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeGreaterOrEqual, ir.Ge, x, y, false)
}

func (f *Function) GreaterThan(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeGreaterThan, ir.Gt, x, y, false)
}

func (f *Function) LessOrEqual(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeLessOrEqual, ir.Le, x, y, false)
}

func (f *Function) LessThan(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeLessThan, ir.Lt, x, y, false)
}

func (f *Function) EqualTotalOrder(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeEqualTotalOrder, ir.Eq, x, y, true)
}

func (f *Function) NotEqualTotalOrder(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeNotEqualTotalOrder, ir.Ne, x, y, true)
}

func (f *Function) GreaterOrEqualTotalOrder(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeGreaterOrEqualTotalOrder, ir.Ge, x, y, true)
}

func (f *Function) GreaterThanTotalOrder(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeGreaterThanTotalOrder, ir.Gt, x, y, true)
}

func (f *Function) LessOrEqualTotalOrder(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeLessOrEqualTotalOrder, ir.Le, x, y, true)
}

func (f *Function) LessThanTotalOrder(x, y compute.Value) (compute.Value, error) {
	return f.compare(compute.OpTypeLessThanTotalOrder, ir.Lt, x, y, true)
}

// Clamp moves x between two arrays or scalars.
func (f *Function) Clamp(low, x, high compute.Value) (compute.Value, error) {
	v, err := f.Max(x, low)
	if err != nil {
		return nil, err
	}
	return f.Min(v, high)
}

// Where takes elements of one array where a condition holds, else of another; scalars are repeated.
func (f *Function) Where(condition, onTrue, onFalse compute.Value) (compute.Value, error) {
	in, err := f.nodes("Where", condition, onTrue, onFalse)
	if err != nil {
		return nil, err
	}
	s, err := inferred("Where")(shapeinference.Where(shapeOf(in[0]), shapeOf(in[1]), shapeOf(in[2])))
	if err != nil {
		return nil, err
	}
	for i := range in {
		in[i] = f.stretch(in[i], s.Dims)
	}
	return f.elementwise(ir.Select, s.Type, in...), nil
}

// ConvertDType converts each element.
func (f *Function) ConvertDType(x compute.Value, dtype dtypes.DType) (compute.Value, error) {
	in, err := f.nodes("ConvertDType", x)
	if err != nil {
		return nil, err
	}
	s, err := fixedShape("ConvertDType", shapes.Make(dtype, in[0].Dims...))
	if err != nil {
		return nil, err
	}
	return f.convert(in[0], s.Type), nil
}

// Bitcast reads the same memory as another type.
func (f *Function) Bitcast(x compute.Value, target dtypes.DType) (compute.Value, error) {
	in, err := f.nodes("Bitcast", x)
	if err != nil {
		return nil, err
	}
	s, err := inferred("Bitcast")(shapeinference.Bitcast(shapeOf(in[0]), target))
	if err != nil {
		return nil, err
	}
	if s.Type.Size() == in[0].Type.Size() {
		return f.elementwise(ir.Bitcast, s.Type, in[0]), nil
	}
	return f.add(graph.Bitcast{}, s, in[0]), nil
}

// Identity is its operand.
func (f *Function) Identity(x compute.Value) (compute.Value, error) {
	in, err := f.nodes("Identity", x)
	if err != nil {
		return nil, err
	}
	return in[0], nil
}

// OptimizationBarrier is its operands: what is compiled has one order anyway.
func (f *Function) OptimizationBarrier(operands ...compute.Value) ([]compute.Value, error) {
	if _, err := f.nodes("OptimizationBarrier", operands...); err != nil {
		return nil, err
	}
	if len(operands) == 0 {
		return nil, errors.New("wasm: OptimizationBarrier needs an operand")
	}
	return operands, nil
}

// SchedulingBarrier is its operand.
func (f *Function) SchedulingBarrier(operand compute.Value, dependencies ...compute.Value) (compute.Value, error) {
	if _, err := f.nodes("SchedulingBarrier", append([]compute.Value{operand}, dependencies...)...); err != nil {
		return nil, err
	}
	return operand, nil
}
