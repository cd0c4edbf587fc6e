// Package npy writes arrays as NumPy's .npy files, version 1.0 of the format (numpy.lib.format). It imports the standard library only, and
// knows nothing of where arrays come from.
package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Array is an array of numbers, row by row.
type Array struct {
	DType string // as NumPy names it: "<f4" for float32, "<i8" for int64, "|u1" for bytes
	Shape []int  // empty for a single number
	Data  []byte // little-endian
}

// sizes are the bytes of a number of each type.
var sizes = map[string]int{
	"|b1": 1, "|i1": 1, "<i2": 2, "<i4": 4, "<i8": 8, "|u1": 1, "<u2": 2, "<u4": 4, "<u8": 8, "<f2": 2, "<f4": 4, "<f8": 8,
}

// Floats makes an array of float32 values.
func Floats(shape []int, values []float32) Array {
	var data bytes.Buffer
	binary.Write(&data, binary.LittleEndian, values) // a buffer takes every write
	return Array{DType: "<f4", Shape: shape, Data: data.Bytes()}
}

// Write writes a as a file. It refuses an array whose data are not of its type and shape.
func (a Array) Write(w io.Writer) error {
	size, ok := sizes[a.DType]
	if !ok {
		return fmt.Errorf("npy: the dtype %q is not known", a.DType)
	}
	dims := make([]string, len(a.Shape))
	for i, d := range a.Shape {
		if d < 0 {
			return fmt.Errorf("npy: a shape of %v", a.Shape)
		}
		size *= d
		dims[i] = fmt.Sprint(d, ",") // a comma stands after the last, too, as in Python's (3,)
	}
	if size != len(a.Data) {
		return fmt.Errorf("npy: %d bytes are not %s of the shape %v", len(a.Data), a.DType, a.Shape)
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", a.DType, strings.Join(dims, " "))
	const before, align = 10, 64 // bytes before the header, and what data begin at a multiple of
	header += strings.Repeat(" ", align-1-(before+len(header))%align) + "\n"
	start := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	for _, part := range [][]byte{start, []byte(header), a.Data} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("npy: %w", err)
		}
	}
	return nil
}
