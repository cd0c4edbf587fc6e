package module

import (
	"encoding/binary"
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
