package wasm

import (
	"encoding/binary"
	"math"
	"reflect"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"

	"unpool/wasm/ir"
)

// elementType is the dtype of a slice's elements; ok is false if it is not a slice of numbers.
func elementType(flat any) (t dtypes.DType, ok bool) {
	r := reflect.TypeOf(flat)
	if r == nil || r.Kind() != reflect.Slice {
		return dtypes.InvalidDType, false
	}
	t = dtypes.FromGoType(r.Elem())
	return t, t != dtypes.InvalidDType
}

// numberBytes is a number of some type in memory.
func numberBytes(t ir.DType, v float64) []byte {
	var b [8]byte
	le := binary.LittleEndian
	switch t {
	case ir.F64:
		le.PutUint64(b[:], math.Float64bits(v))
	case ir.F32:
		le.PutUint32(b[:], math.Float32bits(float32(v)))
	case ir.F16:
		le.PutUint16(b[:], uint16(float16.FromFloat64(v)))
	case ir.BF16:
		le.PutUint16(b[:], uint16(bfloat16.FromFloat64(v)))
	case ir.U64:
		le.PutUint64(b[:], uint64(v))
	default:
		le.PutUint64(b[:], uint64(int64(v)))
	}
	return b[:t.Size()]
}
