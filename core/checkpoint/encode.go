package checkpoint

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// Tensor is a named array.
type Tensor struct {
	Name  string
	DType DType
	Shape []int  // empty for a scalar
	Data  []byte // row-major, little-endian
}

// DType is the type of a tensor's elements, by its name in the file format.
type DType string

// The types of elements that a file may have.
const (
	Bool     DType = "BOOL"
	Int8     DType = "I8"
	Int16    DType = "I16"
	Int32    DType = "I32"
	Int64    DType = "I64"
	Uint8    DType = "U8"
	Uint16   DType = "U16"
	Uint32   DType = "U32"
	Uint64   DType = "U64"
	Float16  DType = "F16"
	BFloat16 DType = "BF16"
	Float32  DType = "F32"
	Float64  DType = "F64"
)

// Size returns the bytes of one element, or 0 if d is none of the types above.
func (d DType) Size() int {
	switch d {
	case Bool, Int8, Uint8:
		return 1
	case Int16, Uint16, Float16, BFloat16:
		return 2
	case Int32, Uint32, Float32:
		return 4
	case Int64, Uint64, Float64:
		return 8
	}
	return 0
}

// bytes returns the length that the tensor's data must have.
func (t Tensor) bytes() (int64, error) {
	size := int64(t.DType.Size())
	if size == 0 {
		return 0, fmt.Errorf("tensor %q has the unknown dtype %q", t.Name, t.DType)
	}
	for _, d := range t.Shape {
		if d < 0 {
			return 0, fmt.Errorf("tensor %q has a negative size in its shape %v", t.Name, t.Shape)
		}
		if d > 0 && size > math.MaxInt64/int64(d) {
			return 0, fmt.Errorf("tensor %q: the shape %v overflows", t.Name, t.Shape)
		}
		size *= int64(d)
	}
	return size, nil
}

// The format: the header's length as a little-endian u64, the header, the data. The header is a JSON object of all
// tensors by name, and of the metadata.
const (
	metadataKey = "__metadata__"
	// maxHeader bounds the header's bytes; the largest net's takes 5 kB.
	maxHeader = 1 << 20
	// maxData bounds the data's bytes; the largest net's state takes 40 MB.
	maxData = 1 << 30
	// MaxSize bounds the bytes of a file.
	MaxSize = 8 + maxHeader + maxData
	// alignment of the data in the file, so that it can be mapped into memory.
	alignment = 8
)

// entry is a tensor in the header.
type entry struct {
	DType   DType    `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// encode writes a safetensors file: the tensors in order of their elements' size, the largest first, so that each is
// aligned, and then of name.
func encode(w io.Writer, tensors []Tensor, about map[string]string) error {
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int {
		return cmp.Or(b.DType.Size()-a.DType.Size(), cmp.Compare(a.Name, b.Name))
	})
	var header bytes.Buffer
	field := func(key string, value any) error {
		if header.Len() == 0 {
			header.WriteByte('{')
		} else {
			header.WriteByte(',')
		}
		k, err := json.Marshal(key)
		if err != nil {
			return err
		}
		v, err := json.Marshal(value)
		header.Write(k)
		header.WriteByte(':')
		header.Write(v)
		return err
	}
	if err := field(metadataKey, about); err != nil {
		return err
	}
	var offset int64
	for i, t := range tensors {
		size, err := t.bytes()
		switch {
		case err != nil:
			return err
		case size != int64(len(t.Data)):
			return fmt.Errorf("tensor %q has %d bytes of data; %s of the shape %v needs %d", t.Name, len(t.Data), t.DType, t.Shape, size)
		case i > 0 && t.Name == tensors[i-1].Name, t.Name == metadataKey:
			return fmt.Errorf("two tensors cannot both be called %q", t.Name)
		}
		shape := t.Shape
		if shape == nil {
			shape = []int{} // null would be no shape
		}
		if err := field(t.Name, entry{t.DType, shape, [2]int64{offset, offset + size}}); err != nil {
			return err
		}
		offset += size
	}
	header.WriteByte('}')
	for header.Len()%alignment != 0 {
		header.WriteByte(' ')
	}
	if header.Len() > maxHeader || offset > maxData {
		return fmt.Errorf("a header of %d bytes and %d bytes of tensors exceed the limits for reading, %d and %d",
			header.Len(), offset, maxHeader, int64(maxData))
	}
	if err := binary.Write(w, binary.LittleEndian, uint64(header.Len())); err != nil {
		return err
	}
	if _, err := w.Write(header.Bytes()); err != nil {
		return err
	}
	for _, t := range tensors {
		if _, err := w.Write(t.Data); err != nil {
			return err
		}
	}
	return nil
}
