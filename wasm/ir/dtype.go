package ir

import "fmt"

// DType is the type of a buffer's elements and of expressions.
type DType uint8

// The types. A Bool is a byte, 0 or 1.
const (
	Bool DType = iota
	I8
	I16
	I32
	I64
	U8
	U16
	U32
	U64
	F16
	BF16
	F32
	F64
)

var dtypes = [...]struct {
	name string
	size int
}{
	Bool: {"bool", 1}, I8: {"i8", 1}, I16: {"i16", 2}, I32: {"i32", 4}, I64: {"i64", 8},
	U8: {"u8", 1}, U16: {"u16", 2}, U32: {"u32", 4}, U64: {"u64", 8},
	F16: {"f16", 2}, BF16: {"bf16", 2}, F32: {"f32", 4}, F64: {"f64", 8},
}

func (t DType) String() string {
	if int(t) < len(dtypes) {
		return dtypes[t].name
	}
	return fmt.Sprintf("dtype(%d)", uint8(t))
}

// Size is an element's size in bytes.
func (t DType) Size() int { return dtypes[t].size }

// Float reports whether the type is one of floating point.
func (t DType) Float() bool { return t >= F16 }

// Unsigned reports whether the type is an unsigned integer or Bool.
func (t DType) Unsigned() bool { return t >= U8 && t <= U64 || t == Bool }

// Narrow reports whether values are computed in a wider type than they are stored in: integers of less than 32 bits,
// and floats of 16, whose constants are given as float32.
func (t DType) Narrow() bool { return t.Size() < 4 }
