package npy

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"unpool/core/checkpoint"
)

func TestWrite(t *testing.T) {
	for _, c := range []struct {
		tensor checkpoint.Tensor
		python string // what NumPy prints of it
		want   any    // what the library reads again
	}{
		{Floats("m", []int{2, 1, 2}, []float32{1, -2, 0.5, 3}), "float32 (2, 1, 2) [1.0, -2.0, 0.5, 3.0]", []float32{1, -2, 0.5, 3}},
		{Floats("v", []int{3}, []float32{1, 2, 3}), "float32 (3,) [1.0, 2.0, 3.0]", []float32{1, 2, 3}},
		{checkpoint.Tensor{Name: "step", DType: checkpoint.Int64, Data: []byte{44, 1, 0, 0, 0, 0, 0, 0}}, "int64 () [300]", nil},
		{checkpoint.Tensor{Name: "u", DType: checkpoint.Uint16, Shape: []int{2}, Data: []byte{1, 2, 255, 255}}, "uint16 (2,) [513, 65535]", []uint16{513, 65535}},
	} {
		t.Run(c.tensor.Name, func(t *testing.T) {
			var file bytes.Buffer
			if err := Write(&file, c.tensor); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "a.npy")
			if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			if c.want != nil {
				var read tensor.Dense
				if err := read.ReadNpy(&file); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(read.Data(), c.want) || fmt.Sprint([]int(read.Shape())) != fmt.Sprint(c.tensor.Shape) {
					t.Errorf("read again it is %v of shape %v", read.Data(), read.Shape())
				}
			}
			if exec.Command("python3", "-c", "import numpy").Run() != nil {
				t.Skip("python3 with numpy is not installed (pip install numpy)")
			}
			out, err := exec.Command("python3", "-c",
				"import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a.flatten().tolist())", path).CombinedOutput()
			if got := strings.TrimSpace(string(out)); err != nil || got != c.python {
				t.Errorf("NumPy reads %s, %v; want %s", got, err, c.python)
			}
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	for says, c := range map[string]checkpoint.Tensor{
		"dtype BF16": {Name: "w", DType: checkpoint.BFloat16, Shape: []int{1}, Data: []byte{0, 0}},
		"3 bytes":    {Name: "w", DType: checkpoint.Uint8, Shape: []int{2}, Data: []byte{0, 0, 0}},
		"0 bytes":    {Name: "w", DType: checkpoint.Uint8, Shape: []int{0, 2}},
		"1 bytes":    {Name: "w", DType: checkpoint.Uint8, Shape: []int{2}, Data: []byte{0}},
	} {
		if err := Write(io.Discard, c); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), `"w"`) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}
