// Package npy writes float32 arrays as NumPy's .npy files, version 1.0 of the format (numpy.lib.format), with the standard library only: the
// trainer in the page does, too. It knows nothing of where arrays come from.
package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Write writes values, row by row an array of a shape. It refuses a number of values that does not fit the shape.
func Write(w io.Writer, shape []int, values []float32) error {
	size := 1
	dims := make([]string, len(shape))
	for i, d := range shape {
		if d < 0 {
			return fmt.Errorf("npy: a shape of %v", shape)
		}
		size *= d
		dims[i] = fmt.Sprint(d, ",") // a comma stands after the last, too, as in Python's (3,)
	}
	if size != len(values) {
		return fmt.Errorf("npy: %d values are not of the shape %v", len(values), shape)
	}
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", strings.Join(dims, " "))
	const before, align = 10, 64 // bytes before the header, and what data begin at a multiple of
	header += strings.Repeat(" ", align-1-(before+len(header))%align) + "\n"
	var file bytes.Buffer
	file.WriteString("\x93NUMPY\x01\x00")
	for _, part := range []any{uint16(len(header)), []byte(header), values} {
		binary.Write(&file, binary.LittleEndian, part) // a buffer takes every write
	}
	if _, err := file.WriteTo(w); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}
