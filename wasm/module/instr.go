package module

import (
	"encoding/binary"
	"fmt"
	"math"
)

// instruction is a row of the table of instructions.
type instruction struct {
	name    string
	code    []byte // opcode with its prefix, and immediates that never change
	in, out []Type
	width   int // bytes touched in memory; 0 if none
	lanes   int // the lane immediate is below this; 0 if there is none
}

// Name is the instruction's name in the text format.
func (in *instruction) Name() string { return in.name }

// An instruction's Go type says what it needs beside its operands.
type (
	Op        struct{ *instruction } // nothing
	MemOp     struct{ *instruction } // an offset: a load, store or atomic access
	LaneOp    struct{ *instruction } // a lane number
	MemLaneOp struct{ *instruction } // an offset and a lane number
)

// Op appends instructions that need nothing but their operands.
func (f *Func) Op(ops ...Op) {
	for _, op := range ops {
		f.emit(op.instruction)
	}
}

// Mem appends an access to memory at the address on the stack plus an offset. The alignment hint is the access's
// width, as atomic accesses demand; others may be unaligned all the same.
func (f *Func) Mem(op MemOp, offset uint32) {
	f.needMemory(op.instruction)
	f.emit(op.instruction)
	f.memarg(op.instruction, offset)
}

// MemLane appends an access of one lane of a vector to memory.
func (f *Func) MemLane(op MemLaneOp, offset uint32, lane int) {
	f.needMemory(op.instruction)
	f.checkLane(op.name, lane, op.lanes)
	f.emit(op.instruction)
	f.memarg(op.instruction, offset)
	f.body = append(f.body, byte(lane))
}

// Lane appends the extraction or replacement of one lane of a vector.
func (f *Func) Lane(op LaneOp, lane int) {
	f.checkLane(op.name, lane, op.lanes)
	f.emit(op.instruction)
	f.body = append(f.body, byte(lane))
}

// Shuffle takes vectors a and b and makes one whose byte i is byte lanes[i] of the 32 of a and b.
func (f *Func) Shuffle(lanes [16]byte) {
	for _, lane := range lanes {
		f.checkLane("i8x16.shuffle", int(lane), 32)
	}
	f.emit(shuffle)
	f.body = append(f.body, lanes[:]...)
}

// Shuffle32 is Shuffle in units of four bytes: lane i is lane lanes[i] of the 8 of a and b.
func (f *Func) Shuffle32(lanes [4]int) {
	var bytes [16]byte
	for i, lane := range lanes {
		f.checkLane("i8x16.shuffle", lane, 8)
		for j := range 4 {
			bytes[4*i+j] = byte(4*lane + j)
		}
	}
	f.Shuffle(bytes)
}

func (f *Func) checkLane(name string, lane, lanes int) {
	if lane < 0 || lane >= lanes {
		f.fail(name, "lane %d of %d", lane, lanes)
	}
}

func (f *Func) needMemory(in *instruction) {
	if f.m.memory == nil {
		f.fail(in.name, "the module has no memory")
	}
}

func (f *Func) memarg(in *instruction, offset uint32) {
	align := 0
	for 1<<align < in.width {
		align++
	}
	f.body = appendUint(append(f.body, byte(align)), uint64(offset))
}

// I32Const puts a constant on the stack.
func (f *Func) I32Const(v int32) {
	f.emit(i32Const)
	f.body = appendInt(f.body, int64(v))
}

// I64Const puts a constant on the stack.
func (f *Func) I64Const(v int64) {
	f.emit(i64Const)
	f.body = appendInt(f.body, v)
}

// F32Const puts a constant on the stack, bit for bit.
func (f *Func) F32Const(v float32) {
	f.emit(f32Const)
	f.body = appendF32(f.body, v)
}

// F64Const puts a constant on the stack, bit for bit.
func (f *Func) F64Const(v float64) {
	f.emit(f64Const)
	f.body = appendFixed(f.body, math.Float64bits(v), 8)
}

// V128Const puts a constant vector on the stack.
func (f *Func) V128Const(v [16]byte) {
	f.emit(v128Const)
	f.body = append(f.body, v[:]...)
}

// F32x4Const puts a constant vector of four floats on the stack.
func (f *Func) F32x4Const(a, b, c, d float32) {
	f.I32x4Const(int32(math.Float32bits(a)), int32(math.Float32bits(b)), int32(math.Float32bits(c)), int32(math.Float32bits(d)))
}

// F64x2Const puts a constant vector of two doubles on the stack.
func (f *Func) F64x2Const(a, b float64) {
	f.I64x2Const(int64(math.Float64bits(a)), int64(math.Float64bits(b)))
}

// I32x4Const puts a constant vector of four integers on the stack.
func (f *Func) I32x4Const(a, b, c, d int32) {
	var v [16]byte
	for i, x := range []int32{a, b, c, d} {
		binary.LittleEndian.PutUint32(v[4*i:], uint32(x))
	}
	f.V128Const(v)
}

// I64x2Const puts a constant vector of two integers on the stack.
func (f *Func) I64x2Const(a, b int64) {
	var v [16]byte
	binary.LittleEndian.PutUint64(v[:], uint64(a))
	binary.LittleEndian.PutUint64(v[8:], uint64(b))
	f.V128Const(v)
}

// signature reads the operand and result types of an instruction, written as in "iv:v":
// i, I, f, F and v stand for i32, i64, f32, f64 and v128.
func signature(s string) (in, out []Type) {
	to := &in
	for _, c := range s {
		switch c {
		case ':':
			to = &out
		case 'i':
			*to = append(*to, I32)
		case 'I':
			*to = append(*to, I64)
		case 'f':
			*to = append(*to, F32)
		case 'F':
			*to = append(*to, F64)
		case 'v':
			*to = append(*to, V128)
		default:
			panic(fmt.Sprintf("module: signature %q", s))
		}
	}
	return in, out
}

// table holds every instruction that is defined below, for tests.
var table []*instruction

func define(name, sig string, width, lanes int, code ...byte) *instruction {
	in, out := signature(sig)
	i := &instruction{name: name, code: code, in: in, out: out, width: width, lanes: lanes}
	table = append(table, i)
	return i
}
