// Package npy writes arrays as NumPy's .npy files. It knows a checkpoint's arrays, and nothing of nets or runs.
package npy

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"gorgonia.org/tensor"

	"unpool/core/checkpoint"
)

// Write writes a tensor that is not empty. NumPy has no bfloat16, and the library no float16: those are an error.
func Write(w io.Writer, t checkpoint.Tensor) error {
	err := write(w, t)
	if err != nil {
		return fmt.Errorf("npy: tensor %q: %w", t.Name, err)
	}
	return nil
}

func write(w io.Writer, t checkpoint.Tensor) error {
	switch t.DType {
	case checkpoint.Bool:
		return writeAs[bool](w, t)
	case checkpoint.Int8:
		return writeAs[int8](w, t)
	case checkpoint.Int16:
		return writeAs[int16](w, t)
	case checkpoint.Int32:
		return writeAs[int32](w, t)
	case checkpoint.Int64:
		return writeAs[int64](w, t)
	case checkpoint.Uint8:
		return writeAs[uint8](w, t)
	case checkpoint.Uint16:
		return writeAs[uint16](w, t)
	case checkpoint.Uint32:
		return writeAs[uint32](w, t)
	case checkpoint.Uint64:
		return writeAs[uint64](w, t)
	case checkpoint.Float32:
		return writeAs[float32](w, t)
	case checkpoint.Float64:
		return writeAs[float64](w, t)
	}
	return fmt.Errorf(".npy has no form for the dtype %s", t.DType)
}

func writeAs[T any](w io.Writer, t checkpoint.Tensor) error {
	size := t.DType.Size()
	for _, d := range t.Shape {
		size *= d
	}
	if size != len(t.Data) || size == 0 { // the library has no empty arrays
		return fmt.Errorf("%d bytes of data are not %s of the shape %v", len(t.Data), t.DType, t.Shape)
	}
	values := make([]T, len(t.Data)/t.DType.Size())
	if _, err := binary.Decode(t.Data, binary.LittleEndian, values); err != nil {
		return err
	}
	var array *tensor.Dense
	if len(t.Shape) == 0 {
		array = tensor.New(tensor.FromScalar(values[0]))
	} else {
		array = tensor.New(tensor.WithShape(t.Shape...), tensor.WithBacking(values))
	}
	b := bufio.NewWriter(w) // the library writes element by element
	if err := array.WriteNpy(b); err != nil {
		return err
	}
	return b.Flush()
}

// Floats makes a tensor of float32 values, to be written.
func Floats(name string, shape []int, values []float32) checkpoint.Tensor {
	var data bytes.Buffer
	binary.Write(&data, binary.LittleEndian, values) // a buffer takes every write
	return checkpoint.Tensor{Name: name, DType: checkpoint.Float32, Shape: shape, Data: data.Bytes()}
}
