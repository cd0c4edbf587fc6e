package checkpoint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
)

// sample is a checkpoint with every field set, a scalar, an empty tensor, and elements of three sizes.
func sample() *Checkpoint {
	return &Checkpoint{
		Version: Version,
		Recipe: recipe.Recipe{
			Version: recipe.Version, Net: "rnn 32", Dataset: recipe.MNIST, Optimizer: recipe.Adam,
			LearningRate: 1e-3, Batch: 128, Steps: 500, Seed: 3, EvalEvery: 50, Eval: recipe.EvalFull, Holdout: 100,
		},
		Step: 100, Seconds: 12.5,
		Metric: &run.Metric{Step: 100, Test: run.Measure{Accuracy: 0.8, N: 1000}},
		Best:   &run.Metric{Step: 50, Test: run.Measure{Accuracy: 0.9, N: 1000}},
		Events: 7,
		Tensors: []Tensor{ // in the order of a file
			{"/step", Int64, []int{}, []byte{100, 0, 0, 0, 0, 0, 0, 0}},
			{"/empty", Float32, []int{0, 3}, []byte{}},
			{"/w", Float32, []int{2, 1}, []byte{0, 0, 128, 63, 0, 0, 0, 192}}, // 1, -2
			{`/"quoted" é`, Uint8, []int{3}, []byte{1, 2, 3}},
		},
	}
}

func written(t testing.TB, c *Checkpoint) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	file := written(t, want)
	got, err := Read(bytes.NewReader(file))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
	if n := binary.LittleEndian.Uint64(file); n%8 != 0 || file[8] != '{' {
		t.Errorf("the header has %d bytes and begins with %q", n, file[8])
	}
	want.Tensors[0], want.Tensors[3] = want.Tensors[3], want.Tensors[0]
	if !bytes.Equal(written(t, want), file) {
		t.Error("the order of tensors changes the file")
	}
}

func TestBetter(t *testing.T) {
	test := func(a float64) *run.Metric { return &run.Metric{Test: run.Measure{Accuracy: a}} }
	validated := func(test, validation float64) *run.Metric {
		return &run.Metric{Test: run.Measure{Accuracy: test}, Validation: &run.Measure{Accuracy: validation}}
	}
	for _, c := range []struct {
		a, b *run.Metric
		want bool
	}{
		{test(0), nil, true},
		{test(0.6), test(0.5), true},
		{test(0.5), test(0.5), false},
		{validated(0.1, 0.6), validated(0.9, 0.5), true},
		{validated(0.9, 0.5), validated(0.1, 0.5), false},
	} {
		if got := run.Better(c.a, c.b); got != c.want {
			t.Errorf("%+v better than %+v: %v", c.a, c.b, got)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	for says, change := range map[string]func(*Checkpoint){
		"8 bytes of data; F32 of the shape [3] needs 12": func(c *Checkpoint) { c.Tensors[2].Shape = []int{3} },
		"unknown dtype":                          func(c *Checkpoint) { c.Tensors[2].DType = "F31" },
		"negative":                               func(c *Checkpoint) { c.Tensors[2].Shape = []int{-2, -1} },
		`two tensors cannot both be called "/w"`: func(c *Checkpoint) { c.Tensors[1] = c.Tensors[2] },
		`"__metadata__"`:                         func(c *Checkpoint) { c.Tensors[1].Name = "__metadata__" },
	} {
		c := sample()
		change(c)
		if err := c.Write(io.Discard); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
	broken := errors.New("disk full")
	if err := sample().Write(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("a disk that is full gives %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// file makes a safetensors file of a header and so many bytes of data.
func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

// about makes a file of metadata alone.
func about(json string) []byte { return file(fmt.Sprintf(`{"__metadata__":{"unpool":%q}}`, json), 0) }

func TestReadRefuses(t *testing.T) {
	const w = `"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	good := written(t, sample())
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"nothing":                   {nil, "ends before its header"},
		"half a length":             {good[:5], "ends before its header"},
		"half a header":             {good[:40], "ends within its header"},
		"half of the data":          {good[:len(good)-1], "ends after"},
		"more data":                 {append(bytes.Clone(good), 0), "has more bytes after"},
		"a huge header":             {binary.LittleEndian.AppendUint64(nil, 1<<62), "a header of 4611686018427387904 bytes"},
		"a negative header":         {bytes.Repeat([]byte{255}, 8), "header of 18446744073709551615 bytes"},
		"a claim of much data":      {file(`{"w":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]}}`, 9), "the limit is"},
		"an empty header":           {file("", 0), "not a JSON object"},
		"an array":                  {file("[]", 0), "not a JSON object"},
		"half of JSON":              {file(`{"w":`, 0), "ends too early"},
		"two objects":               {file(`{}{}`, 0), "more than one"},
		"not UTF-8":                 {file("{\"\xff\":{}}", 0), "not UTF-8"},
		"a tensor twice":            {file("{"+w+","+w+"}", 8), `"w" comes twice`},
		"a tensor twice, escaped":   {file("{"+w+`,"\u0077"`+w[3:]+"}", 8), `"w" comes twice`},
		"a tensor that is null":     {file(`{"w":null}`, 0), "not a JSON object"},
		"an empty tensor entry":     {file(`{"w":{}}`, 0), "needs a dtype"},
		"no offsets":                {file(`{"w":{"dtype":"F32","shape":[0]}}`, 0), "needs a dtype"},
		"an offset missing":         {file(`{"w":{"dtype":"F32","shape":[0],"data_offsets":[0]}}`, 0), "1 data offsets"},
		"an unknown field":          {file(`{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"at":1}}`, 0), `unknown field "at"`},
		"an unknown dtype":          {file(`{"w":{"dtype":"F33","shape":[0],"data_offsets":[0,0]}}`, 0), `unknown dtype "F33"`},
		"no shape":                  {file(`{"w":{"dtype":"F32","shape":null,"data_offsets":[0,4]}}`, 4), "no shape"},
		"a negative shape":          {file(`{"w":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}`, 8), "negative"},
		"a shape that is not whole": {file(`{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`, 4), "1.5"},
		"a shape that overflows":    {file(`{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`, 0), "overflows"},
		"too few bytes":             {file(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4), "needs 8"},
		"a hole":                    {file(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), "begins at byte 4"},
		"an overlap":                {file(`{`+w+`,"v":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), "begins at byte 4"},
		"backwards":                 {file(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}`, 8), "begin before they end"},
		"negative offsets":          {file(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 8), "begin before they end"},
		"metadata of numbers":       {file(`{"__metadata__":{"a":1}}`, 0), `"a" is not a string`},
		"metadata of null":          {file(`{"__metadata__":{"a":null}}`, 0), `"a" is not a string`},
		"another's file":            {file("{"+w+"}", 8), "no recipe"},
		"no JSON about the run":     {about("x"), "metadata"},
		"an unknown fact":           {about(`{"version":1,"color":"red"}`), "color"},
		"a later version":           {about(`{"version":2}`), "version 2"},
		"an unknown setting":        {about(`{"version":1,"recipe":{"version":2,"sede":1}}`), "sede is not known"},
		"no recipe":                 {about(`{"version":1}`), "net"},
		"a negative step":           {about(`{"version":1,"step":-1}`), "-1 steps"},
		"another step's metric":     {about(`{"version":1,"step":1,"metric":{"step":2}}`), "step 2"},
		"a best step to come":       {about(`{"version":1,"step":1,"best":{"step":2}}`), "best step of 2"},
	} {
		if got, err := Read(bytes.NewReader(c.file)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v does not say %q", name, got, err, c.says)
		}
	}
}

// A file from when recipes named an architecture is of a run that can be resumed.
func TestReadVersion1Recipe(t *testing.T) {
	const old = `{"version":1,"step":3,"recipe":{"version":1,"arch":"gru","units":8,"dataset":"mnist","optimizer":"adam","learning_rate":0.1,"batch":4,` +
		`"steps":5,"seed":1,"eval_every":5,"eval":"sample"}}`
	c, err := Read(bytes.NewReader(about(old)))
	if err != nil || c.Recipe.Net != "gru 8" || c.Recipe.Version != recipe.Version || c.Step != 3 {
		t.Errorf("%+v, %v", c, err)
	}
}

// A header may state a gigabyte: memory is used for what arrives, not for what is stated.
func TestReadTakesMemoryForWhatComes(t *testing.T) {
	promise := file(fmt.Sprintf(`{"w":{"dtype":"U8","shape":[%d],"data_offsets":[0,%[1]d]}}`, maxData), 100)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(bytes.NewReader(promise))
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "after 100 of") {
		t.Error(err)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
		t.Errorf("%d bytes of memory for a file of %d", taken, len(promise))
	}
}

func FuzzRead(f *testing.F) {
	good := written(f, sample())
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(file(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(file(`{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"b":{"dtype":"I64","shape":[1],"data_offsets":[1,9]}}`, 9))
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		// What can be read can be written, and reads the same again; the tensors' order is the writer's.
		first := written(t, c)
		again, err := Read(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("written again it cannot be read: %v", err)
		}
		if !bytes.Equal(written(t, again), first) {
			t.Error("written again it is another file")
		}
	})
}

// Python's safetensors, where it is installed, must see the same tensors as we do.
func TestPythonOpensIt(t *testing.T) {
	const need = "import numpy, safetensors.numpy"
	if err := exec.Command("python3", "-c", need).Run(); err != nil {
		t.Skip("python3 with numpy and safetensors is not installed (pip install numpy safetensors)")
	}
	path := filepath.Join(t.TempDir(), "c.safetensors")
	if err := os.WriteFile(path, written(t, sample()), 0o644); err != nil {
		t.Fatal(err)
	}
	const script = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="numpy") as f:
    print(json.loads(f.metadata()["unpool"])["step"])
    for k in sorted(f.keys()):
        t = f.get_tensor(k)
        print(k, t.dtype, list(t.shape), t.flatten().tolist())
`
	cmd := exec.Command("python3", "-c", script, path)
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
	out, err := cmd.CombinedOutput()
	want := `100
/"quoted" é uint8 [3] [1, 2, 3]
/empty float32 [0, 3] []
/step int64 [] [100]
/w float32 [2, 1] [1.0, -2.0]
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}
