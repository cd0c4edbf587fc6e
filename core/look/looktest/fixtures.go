package looktest

import (
	"embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/recipe"
	"unpool/models/net"
)

// fixture is what another program made of a net: see testdata/deconv/README.md.
type fixture struct {
	Net   string `json:"net"`
	Cases []struct {
		Name   string      `json:"name"`
		Method look.Method `json:"method"`
		Image  int         `json:"image"`
		Layer  string      `json:"layer"`
		Map    int         `json:"map"`
		Row    int         `json:"row"`
		Column int         `json:"column"`
		Logit  int         `json:"logit"`
	} `json:"cases"`

	arrays map[string]checkpoint.Tensor
}

func readFixture(t *testing.T, dir fs.FS) fixture {
	t.Helper()
	var f fixture
	text, err := fs.ReadFile(dir, "cases.json")
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	file, err := fs.ReadFile(dir, "fixture.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	header := file[8 : 8+binary.LittleEndian.Uint64(file)]
	var entries map[string]struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(header, &entries); err != nil {
		t.Fatal(err)
	}
	f.arrays = map[string]checkpoint.Tensor{}
	body := file[8+len(header):]
	for name, e := range entries {
		if name == "__metadata__" {
			continue
		}
		if e.DType != "F32" {
			t.Fatalf("%s is of %s", name, e.DType)
		}
		f.arrays[name] = checkpoint.Tensor{Name: name, DType: checkpoint.Float32, Shape: e.Shape, Data: body[e.Offsets[0]:e.Offsets[1]]}
	}
	return f
}

// values are those of an array, which is then done with.
func (f *fixture) values(t *testing.T, name string) []float64 {
	t.Helper()
	a, ok := f.arrays[name]
	if !ok {
		t.Fatalf("the fixture has no %s", name)
	}
	delete(f.arrays, name)
	values := make([]float64, len(a.Data)/4)
	for i := range values {
		values[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(a.Data[4*i:])))
	}
	return values
}

// checkpoint is the fixture's net as ours: a last layer that is dense is the logits, and one without a bias says so.
func (f *fixture) checkpoint(t *testing.T) *checkpoint.Checkpoint {
	t.Helper()
	layers := strings.Split(f.Net, ", ")
	layers = layers[:len(layers)-1]
	convolutions := 0
	for i, l := range layers {
		if l == "norm" {
			layers[i] = "batchnorm"
		}
		if strings.HasPrefix(l, "conv ") {
			convolutions++
			if _, ok := f.arrays[fmt.Sprintf("conv%d/bias", convolutions)]; !ok {
				layers[i] += " nobias"
			}
		}
	}
	r := recipe.Recipe{
		Version: recipe.Version, Net: strings.Join(layers, ", "), Dataset: recipe.MNIST, Optimizer: recipe.Adam, LearningRate: 0.001,
		Batch: 1, Steps: 1, EvalEvery: 1, Eval: recipe.EvalSample,
	}
	plan, err := r.Plan()
	if err != nil {
		t.Fatal(err)
	}
	c := &checkpoint.Checkpoint{Version: checkpoint.Version, Recipe: r}
	norms := 0
	for p := range plan.All() {
		theirs := p.Name
		if p.Layer == (net.BatchNorm{}) {
			norms++
			theirs = fmt.Sprintf("norm%d", norms)
		}
		for _, v := range p.Variables {
			name := theirs + "/" + v.Name
			a, ok := f.arrays[name]
			if !ok {
				t.Fatalf("the fixture has no %s", name)
			}
			delete(f.arrays, name)
			a.Name = "/" + p.Name + "/" + v.Name
			c.Tensors = append(c.Tensors, a)
		}
	}
	return c
}

//go:embed testdata/deconv
var ours embed.FS

// Fixtures compares the projections on a backend with those of a deconvnet, saliency and guided backpropagation written by others in
// PyTorch. UNPOOL_FIXTURES names a folder with more such fixtures; run with -count=1, since go test does not see that files outside of the
// module have changed.
func Fixtures(t *testing.T, b compute.Backend) {
	here, err := fs.Sub(ours, "testdata/deconv")
	if err != nil {
		t.Fatal(err)
	}
	fixturesIn(t, b, here)
	if more := os.Getenv("UNPOOL_FIXTURES"); more != "" {
		fixturesIn(t, b, os.DirFS(more))
	}
}

func fixturesIn(t *testing.T, b compute.Backend, dir fs.FS) {
	found, err := fs.Glob(dir, "*/cases.json")
	if err != nil || len(found) == 0 {
		t.Fatalf("no cases.json in the folders of %v (%v)", dir, err)
	}
	for _, cases := range found {
		name := path.Dir(cases)
		t.Run(name, func(t *testing.T) {
			one, err := fs.Sub(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			readFixture(t, one).check(t, b)
		})
	}
}

// check compares all that the fixture has with what the backend gives.
func (f fixture) check(t *testing.T, b compute.Backend) {
	const tolerance = 1e-4 // of an array's largest magnitude
	same := func(name string, got []float32) {
		t.Helper()
		if d := difference(got, f.values(t, name)); !(d <= tolerance) {
			t.Errorf("%s differs by %.2g of its largest magnitude", name, d)
		}
	}
	n, err := look.Open(b, f.checkpoint(t), &data.Dataset{Name: recipe.MNIST, Height: 28, Width: 28, Channels: 1, Classes: make([]string, 10)})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	images := f.values(t, "images")
	pixels := make([]byte, len(images))
	for i, v := range images {
		whole := math.Round(v * 255)
		if pixels[i] = byte(whole); !(math.Abs(v*255-whole) <= tolerance) || whole != float64(pixels[i]) {
			t.Fatalf("value %d of images is %v, which is no pixel of 0 to 255 divided by 255", i, v)
		}
	}
	layers, _, err := n.Maps(pixels)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if _, ok := f.arrays[l.Layer]; ok {
			same(l.Layer, l.Values)
		}
	}
	for _, c := range f.Cases {
		u := look.Unit{Layer: c.Layer, Row: c.Row, Column: c.Column, Map: c.Map}
		if c.Layer == "" {
			u = look.Unit{Layer: "logits", Map: c.Logit}
		}
		got, err := n.Project(c.Method, pixels[c.Image*784:(c.Image+1)*784], []look.Unit{u})
		if err != nil {
			t.Fatal(err)
		}
		same(c.Name, got[0])
	}
	for name := range f.arrays {
		t.Errorf("nothing was compared with %s", name)
	}
}
