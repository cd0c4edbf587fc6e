package npy

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"
)

// The layout is that of the format's description.
func TestWrite(t *testing.T) {
	for shape, a := range map[string]struct {
		dims   []int
		values []float32
	}{
		"(2, 1, 2,)": {[]int{2, 1, 2}, []float32{1, -2, 0.5, 3}},
		"(3,)":       {[]int{3}, []float32{1, 2, 3}},
		"(0, 2,)":    {[]int{0, 2}, nil},
		"()":         {nil, []float32{7}},
	} {
		var file bytes.Buffer
		if err := Write(&file, a.dims, a.values); err != nil {
			t.Fatal(err)
		}
		b := file.Bytes()
		length := int(b[8]) + 256*int(b[9])
		header := string(b[10 : 10+length])
		want := "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }"
		if string(b[:8]) != "\x93NUMPY\x01\x00" || (10+length)%64 != 0 || !strings.HasSuffix(header, "\n") || strings.TrimSpace(header) != want {
			t.Errorf("%q, header %q, want %q", b[:10], header, want)
		}
		got := make([]float32, len(b[10+length:])/4)
		if _, err := binary.Decode(b[10+length:], binary.LittleEndian, got); err != nil || !slices.Equal(got, a.values) {
			t.Errorf("%v, %v, want %v", got, err, a.values)
		}
	}
	for _, shape := range [][]int{{2, 2}, {-1, -3}, nil} {
		if Write(io.Discard, shape, []float32{1, 2, 3}) == nil {
			t.Errorf("three values of the shape %v are not an error", shape)
		}
	}
}
