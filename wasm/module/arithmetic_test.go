package module

import (
	"math"
	"math/bits"
	"strings"
)

func signed(width int, v uint64) int64 { return int64(v<<(64-width)) >> (64 - width) }

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// saturate limits a number to what a width holds.
func saturate(width int, v int64, isSigned bool) uint64 {
	lo, hi := int64(0), int64(1)<<width-1
	if isSigned {
		lo, hi = -1<<(width-1), 1<<(width-1)-1
	}
	return uint64(min(max(v, lo), hi))
}

// intOp is what an operation on two integers of a width gives, by the specification.
func intOp(op string, width int, a, b uint64) (uint64, bool) {
	sa, sb := signed(width, a), signed(width, b)
	shift := uint(b % uint64(width))
	switch op {
	case "add":
		return a + b, true
	case "sub":
		return a - b, true
	case "mul":
		return a * b, true
	case "and":
		return a & b, true
	case "or":
		return a | b, true
	case "xor":
		return a ^ b, true
	case "andnot":
		return a &^ b, true
	case "shl":
		return a << shift, true
	case "shr_s":
		return uint64(sa >> shift), true
	case "shr_u":
		return a >> shift, true
	case "rotl":
		return a<<shift | a>>(uint(width)-shift), true
	case "rotr":
		return a>>shift | a<<(uint(width)-shift), true
	case "div_s":
		return uint64(sa / sb), true
	case "div_u":
		return a / b, true
	case "rem_s":
		return uint64(sa % sb), true
	case "rem_u":
		return a % b, true
	case "min_s":
		return uint64(min(sa, sb)), true
	case "min_u":
		return min(a, b), true
	case "max_s":
		return uint64(max(sa, sb)), true
	case "max_u":
		return max(a, b), true
	case "avgr_u":
		return (a + b + 1) / 2, true
	case "add_sat_s":
		return saturate(width, sa+sb, true), true
	case "add_sat_u":
		return saturate(width, int64(a+b), false), true
	case "sub_sat_s":
		return saturate(width, sa-sb, true), true
	case "sub_sat_u":
		return saturate(width, int64(a-b), false), true
	case "q15mulr_sat_s":
		return saturate(width, (sa*sb+1<<14)>>15, true), true
	}
	return 0, false
}

func intCompare(op string, width int, a, b uint64) (result, ok bool) {
	sa, sb := signed(width, a), signed(width, b)
	switch op {
	case "eq":
		return a == b, true
	case "ne":
		return a != b, true
	case "lt_s":
		return sa < sb, true
	case "lt_u":
		return a < b, true
	case "gt_s":
		return sa > sb, true
	case "gt_u":
		return a > b, true
	case "le_s":
		return sa <= sb, true
	case "le_u":
		return a <= b, true
	case "ge_s":
		return sa >= sb, true
	case "ge_u":
		return a >= b, true
	}
	return false, false
}

func intUnary(op string, width int, a uint64) (uint64, bool) {
	switch op {
	case "clz":
		return uint64(bits.LeadingZeros64(a) - 64 + width), true
	case "ctz":
		return uint64(min(bits.TrailingZeros64(a), width)), true
	case "popcnt":
		return uint64(bits.OnesCount64(a)), true
	case "abs":
		return uint64(max(signed(width, a), -signed(width, a))), true
	case "neg":
		return -a, true
	case "not":
		return ^a, true
	case "extend8_s":
		return uint64(signed(8, a)), true
	case "extend16_s":
		return uint64(signed(16, a)), true
	case "extend32_s":
		return uint64(signed(32, a)), true
	}
	return 0, false
}

// float and its inverse convert between bits and numbers; a double holds every single.
func float(width int, v uint64) float64 {
	if width == 32 {
		return float64(math.Float32frombits(uint32(v)))
	}
	return math.Float64frombits(v)
}

func floatBits(width int, v float64) uint64 {
	if width == 32 {
		return uint64(math.Float32bits(float32(v)))
	}
	return math.Float64bits(v)
}

// floatOp computes in doubles and rounds: for these operations that gives the right single too.
func floatOp(op string, width int, a, b uint64) (uint64, bool) {
	x, y := float(width, a), float(width, b)
	sign := uint64(1) << (width - 1)
	switch op {
	case "add":
		return floatBits(width, x+y), true
	case "sub":
		return floatBits(width, x-y), true
	case "mul":
		return floatBits(width, x*y), true
	case "div":
		return floatBits(width, x/y), true
	case "min":
		return floatBits(width, min(x, y)), true
	case "max":
		return floatBits(width, max(x, y)), true
	case "copysign":
		return a&^sign | b&sign, true
	case "pmin":
		if y < x {
			return b, true
		}
		return a, true
	case "pmax":
		if x < y {
			return b, true
		}
		return a, true
	}
	return 0, false
}

func floatCompare(op string, width int, a, b uint64) (result, ok bool) {
	x, y := float(width, a), float(width, b)
	switch op {
	case "eq":
		return x == y, true
	case "ne":
		return x != y, true
	case "lt":
		return x < y, true
	case "gt":
		return x > y, true
	case "le":
		return x <= y, true
	case "ge":
		return x >= y, true
	}
	return false, false
}

func floatUnary(op string, width int, a uint64) (uint64, bool) {
	x, sign := float(width, a), uint64(1)<<(width-1)
	switch op {
	case "abs":
		return a &^ sign, true
	case "neg":
		return a ^ sign, true
	case "ceil":
		return floatBits(width, math.Ceil(x)), true
	case "floor":
		return floatBits(width, math.Floor(x)), true
	case "trunc":
		return floatBits(width, math.Trunc(x)), true
	case "nearest":
		return floatBits(width, math.RoundToEven(x)), true
	case "sqrt":
		return floatBits(width, math.Sqrt(x)), true
	}
	return 0, false
}

// truncate is a float as an integer of a width, limited to its range; NaN is 0.
func truncate(width int, x float64, isSigned bool) uint64 {
	lo, hi := 0.0, math.Ldexp(1, width)
	if isSigned {
		lo, hi = -math.Ldexp(1, width-1), math.Ldexp(1, width-1)
	}
	x = math.Trunc(x)
	switch {
	case math.IsNaN(x):
		return 0
	case x <= lo && isSigned:
		return 1 << (width - 1)
	case x <= lo:
		return 0
	case x >= hi && isSigned:
		return 1<<(width-1) - 1
	case x >= hi:
		return ^uint64(0)
	case x < 0:
		return uint64(int64(x))
	}
	return uint64(x)
}

// fromInt is an integer as a float of a width, rounded once.
func fromInt(width, from int, v uint64, isSigned bool) uint64 {
	switch {
	case isSigned && width == 32:
		return uint64(math.Float32bits(float32(signed(from, v))))
	case isSigned:
		return math.Float64bits(float64(signed(from, v)))
	case width == 32:
		return uint64(math.Float32bits(float32(v)))
	}
	return math.Float64bits(float64(v))
}

func extendLane(width int, v uint64, suffix string) uint64 {
	if strings.HasSuffix(suffix, "_s") {
		return uint64(signed(width, v))
	}
	return v
}
