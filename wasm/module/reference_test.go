package module

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// word is an operand or a result: a vector, or a number in its first bytes.
type word [16]byte

func (w word) lane(width, i int) uint64 {
	var b [8]byte
	copy(b[:], w[i*width/8:(i+1)*width/8])
	return binary.LittleEndian.Uint64(b[:])
}

func (w *word) set(width, i int, v uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	copy(w[i*width/8:(i+1)*width/8], b[:])
}

func number(v uint64) (w word) {
	w.set(64, 0, v)
	return w
}

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

// intOp is what an operation on two integers of a width gives, by the specification's words.
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

// shapeOf reads "f32x4" or "i64": the width of a lane, the number of lanes (1 for a number), and whether it is a float.
func shapeOf(s string) (width, lanes int, isFloat bool) {
	n, count, vector := strings.Cut(s[1:], "x")
	width, _ = strconv.Atoi(n)
	lanes = 1
	if vector {
		lanes, _ = strconv.Atoi(count)
	}
	return width, lanes, s[0] == 'f'
}

// reference computes an instruction that does not touch memory. It knows none of the opcodes, only names.
func reference(name string, lane int, args []word) (out word, ok bool) {
	shape, op, _ := strings.Cut(name, ".")
	if shape == "v128" {
		return logical(op, args)
	}
	width, lanes, isFloat := shapeOf(shape)
	if out, ok := moveLanes(op, width, lanes, lane, args); ok {
		return out, true
	}
	if out, ok := convert(op, width, lanes, args); ok {
		return out, true
	}
	for i := range lanes {
		a, b := args[0].lane(width, i), uint64(0)
		if len(args) > 1 {
			b = args[1].lane(width, i)
			if lanes > 1 && strings.HasPrefix(op, "sh") { // shifts of vectors take one number
				b = args[1].lane(32, 0)
			}
		}
		binary, compare, unary := intOp, intCompare, intUnary
		if isFloat {
			binary, compare, unary = floatOp, floatCompare, floatUnary
		}
		var v uint64
		if len(args) == 1 {
			v, ok = unary(op, width, a)
		} else if v, ok = binary(op, width, a, b); !ok {
			var yes bool
			if yes, ok = compare(op, width, a, b); ok && lanes > 1 {
				v = -truth(yes)
			} else {
				v = truth(yes)
			}
		}
		if !ok {
			return word{}, false
		}
		out.set(width, i, v)
	}
	return out, true
}

func logical(op string, args []word) (out word, ok bool) {
	for i := range 2 {
		a := args[0].lane(64, i)
		v, found := uint64(0), true
		switch op {
		case "not":
			v = ^a
		case "any_true":
			return number(truth(args[0] != word{})), true
		case "bitselect":
			mask := args[2].lane(64, i)
			v = a&mask | args[1].lane(64, i)&^mask
		default:
			v, found = intOp(op, 64, a, args[1].lane(64, i))
		}
		if !found {
			return out, false
		}
		out.set(64, i, v)
	}
	return out, true
}

// moveLanes are the instructions that move lanes about or look at all of them.
func moveLanes(op string, width, lanes, lane int, args []word) (out word, ok bool) {
	a := args[0]
	switch op {
	case "eqz":
		return number(truth(a.lane(width, 0) == 0)), true
	case "splat":
		for i := range lanes {
			out.set(width, i, a.lane(width, 0))
		}
	case "extract_lane", "extract_lane_u":
		return number(a.lane(width, lane)), true
	case "extract_lane_s":
		return number(uint64(uint32(signed(width, a.lane(width, lane))))), true
	case "replace_lane":
		out = a
		out.set(width, lane, args[1].lane(width, 0))
	case "all_true":
		all := true
		for i := range lanes {
			all = all && a.lane(width, i) != 0
		}
		return number(truth(all)), true
	case "bitmask":
		mask := uint64(0)
		for i := range lanes {
			mask |= a.lane(width, i) >> (width - 1) << i
		}
		return number(mask), true
	case "swizzle":
		for i := range 16 {
			if from := args[1][i]; from < 16 {
				out[i] = a[from]
			}
		}
	default:
		return out, false
	}
	return out, true
}

// convert are the instructions whose operands have another shape than their result. Their names end in it.
func convert(op string, width, lanes int, args []word) (out word, ok bool) {
	verb, rest, found := strings.Cut(op, "_")
	if !found {
		return out, false
	}
	half := 0 // first lane read
	switch {
	case verb == "trunc" && strings.HasPrefix(rest, "sat_"):
		rest = strings.TrimPrefix(rest, "sat_")
	case strings.HasPrefix(rest, "high_"):
		half, rest = lanes, strings.TrimPrefix(rest, "high_")
	case strings.HasPrefix(rest, "low_"):
		rest = strings.TrimPrefix(rest, "low_")
	case strings.HasPrefix(rest, "pairwise_"):
		rest = strings.TrimPrefix(rest, "pairwise_")
	}
	from, _, _ := strings.Cut(rest, "_")
	fromWidth, fromLanes, _ := shapeOf(from)
	if fromWidth == 0 {
		return out, false
	}
	isSigned := strings.Contains(rest, "_s")
	wide := func(w word, i int) uint64 {
		if isSigned {
			return uint64(signed(fromWidth, w.lane(fromWidth, i)))
		}
		return w.lane(fromWidth, i)
	}
	for i := range lanes {
		var v uint64
		switch verb {
		case "wrap", "reinterpret":
			v = args[0].lane(fromWidth, 0)
		case "trunc":
			if i < fromLanes {
				v = truncate(width, float(fromWidth, args[0].lane(fromWidth, i)), isSigned)
			}
		case "convert":
			v = fromInt(width, fromWidth, args[0].lane(fromWidth, i), isSigned)
		case "demote", "promote":
			if i < fromLanes {
				v = floatBits(width, float(fromWidth, args[0].lane(fromWidth, i)))
			}
		case "extend":
			v = wide(args[0], half+i)
		case "extmul":
			v = wide(args[0], half+i) * wide(args[1], half+i)
		case "extadd":
			v = wide(args[0], 2*i) + wide(args[0], 2*i+1)
		case "dot":
			v = wide(args[0], 2*i)*wide(args[1], 2*i) + wide(args[0], 2*i+1)*wide(args[1], 2*i+1)
		case "narrow":
			v = saturate(width, signed(fromWidth, args[i/fromLanes].lane(fromWidth, i%fromLanes)), isSigned)
		default:
			return out, false
		}
		out.set(width, i, v)
	}
	return out, true
}

// memoryReference computes an access to the 16 bytes at the address in mem, which it changes.
func memoryReference(name string, width, lane int, mem *word, args []word) (out word, ok bool) {
	shape, op, _ := strings.Cut(name, ".")
	op = strings.TrimPrefix(op, "atomic.")
	bits := 8 * width
	switch {
	case strings.HasSuffix(op, "_splat"):
		for i := range 128 / bits {
			out.set(bits, i, mem.lane(bits, 0))
		}
	case strings.HasSuffix(op, "_lane") && strings.HasPrefix(op, "load"):
		out = args[1]
		out.set(bits, lane, mem.lane(bits, 0))
	case strings.HasSuffix(op, "_lane"):
		mem.set(bits, 0, args[1].lane(bits, lane))
	case strings.Contains(op, "x8_") || strings.Contains(op, "x4_") || strings.Contains(op, "x2_"): // load16x4_s
		narrow, lanes, _ := shapeOf("i" + strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(op, "load"), "_s"), "_u"))
		for i := range lanes {
			out.set(2*narrow, i, extendLane(narrow, mem.lane(narrow, i), op))
		}
	case strings.HasPrefix(op, "load"):
		if bits == 128 {
			return *mem, true
		}
		out = number(extendLane(bits, mem.lane(bits, 0), op))
		if shape == "i32" {
			out = number(out.lane(32, 0))
		}
	case strings.HasPrefix(op, "store"):
		copy(mem[:width], args[1][:width])
	case strings.HasPrefix(op, "rmw."):
		old := mem.lane(bits, 0)
		out = number(old)
		b := args[1].lane(bits, 0)
		switch op = strings.TrimPrefix(op, "rmw."); op {
		case "xchg":
			mem.set(bits, 0, b)
		case "cmpxchg":
			if b == old {
				mem.set(bits, 0, args[2].lane(bits, 0))
			}
		default:
			v, ok := intOp(op, bits, old, b)
			mem.set(bits, 0, v)
			return out, ok
		}
	default:
		return out, false
	}
	return out, true
}
