package npy

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var arrays = []struct {
	Array
	header string
	python string // what NumPy prints of it
}{
	{Floats([]int{2, 1, 2}, []float32{1, -2, 0.5, 3}), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 2,), }", "float32 (2, 1, 2) [1.0, -2.0, 0.5, 3.0]"},
	{Floats([]int{3}, []float32{1, 2, 3}), "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "float32 (3,) [1.0, 2.0, 3.0]"},
	{Floats([]int{0, 2}, nil), "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2,), }", "float32 (0, 2) []"},
	{Array{DType: "<i8", Data: []byte{44, 1, 0, 0, 0, 0, 0, 0}}, "{'descr': '<i8', 'fortran_order': False, 'shape': (), }", "int64 () [300]"},
	{Array{DType: "<u2", Shape: []int{2}, Data: []byte{1, 2, 255, 255}}, "{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }", "uint16 (2,) [513, 65535]"},
}

// The format's description says what stands where.
func TestWrite(t *testing.T) {
	for _, a := range arrays {
		var file bytes.Buffer
		if err := a.Write(&file); err != nil {
			t.Fatal(err)
		}
		b := file.Bytes()
		length := int(b[8]) + 256*int(b[9])
		header := string(b[10 : 10+length])
		if string(b[:8]) != "\x93NUMPY\x01\x00" || (10+length)%64 != 0 || !strings.HasSuffix(header, "\n") || strings.TrimSpace(header) != a.header {
			t.Errorf("%q, header %q", b[:10], header)
		}
		if !bytes.Equal(b[10+length:], a.Data) {
			t.Errorf("the data are %v, want %v", b[10+length:], a.Data)
		}
	}
}

func TestNumPyReads(t *testing.T) {
	if exec.Command("python3", "-c", "import numpy").Run() != nil {
		t.Skip("python3 with numpy is not installed (pip install numpy)")
	}
	for i, a := range arrays {
		path := filepath.Join(t.TempDir(), fmt.Sprint(i, ".npy"))
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Write(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("python3", "-c",
			"import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a.flatten().tolist())", path).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != a.python {
			t.Errorf("NumPy reads %s, %v; want %s", got, err, a.python)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	for says, a := range map[string]Array{
		`dtype "BF16"`: {DType: "BF16", Shape: []int{1}, Data: []byte{0, 0}},
		"3 bytes":      {DType: "|u1", Shape: []int{2}, Data: []byte{0, 0, 0}},
		"1 bytes":      {DType: "<f4", Shape: []int{0, 2}, Data: []byte{0}},
		"[-1 -2]":      {DType: "|u1", Shape: []int{-1, -2}, Data: []byte{0, 0}},
	} {
		if err := a.Write(io.Discard); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}
