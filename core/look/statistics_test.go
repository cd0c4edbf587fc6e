package look

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
	"unpool/models/nn"
	"unpool/wasm"
	"unpool/wasm/host"
)

// weights is a checkpoint of a net with the weights that it begins with, and set puts one number into all of a variable's.
func weights(t *testing.T, entry string) (c *checkpoint.Checkpoint, set func(name string, values ...float32)) {
	t.Helper()
	e, err := models.Find(entry)
	if err != nil {
		t.Fatal(err)
	}
	return weightsOf(t, e.Recipe)
}

func weightsOf(t *testing.T, r recipe.Recipe) (c *checkpoint.Checkpoint, set func(name string, values ...float32)) {
	t.Helper()
	store := model.NewStore()
	defer store.Finalize()
	if err := nn.Init(store, r); err != nil {
		t.Fatal(err)
	}
	c = &checkpoint.Checkpoint{Version: checkpoint.Version, Recipe: r, Step: 7}
	for v := range store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			t.Fatal(err)
		}
		d := make([]byte, value.ByteSize())
		value.ConstBytes(func(b []byte) { copy(d, b) })
		c.Tensors = append(c.Tensors, checkpoint.Tensor{Name: v.Path(), DType: checkpoint.Float32, Shape: v.Shape().Dimensions, Data: d})
	}
	return c, func(name string, values ...float32) {
		t.Helper()
		for _, x := range c.Tensors {
			if x.Name == name {
				for i := range len(x.Data) / 4 {
					binary.LittleEndian.PutUint32(x.Data[4*i:], math.Float32bits(values[i%len(values)]))
				}
				return
			}
		}
		t.Fatalf("no variable %s", name)
	}
}

// black is a set of n black test images.
func black(n int) *data.Dataset {
	split := data.Split{Images: make([]byte, n*784), Labels: make([]byte, n)}
	return &data.Dataset{Name: recipe.MNIST, Height: 28, Width: 28, Channels: 1, Classes: make([]string, 10), Train: split, Test: split}
}

func TestStatistics(t *testing.T) {
	engine, err := host.New(host.Options{Tier: wasm.Tier(true)})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	defer b.Finalize()

	c, set := weights(t, "mnist-cnn")
	// The image is black, so the first layer puts out its biases: 3 in one map, 1 in another, nothing in the other 30.
	biases := make([]float32, 32)
	for i := range biases {
		biases[i] = -1
	}
	biases[4], biases[9] = 3, 1
	set("/conv1/bias", biases...)
	set("/conv2/weights", 0)
	set("/conv2/bias", 0.5)
	d := black(601) // the last do not fill a batch
	statistics := func(c *checkpoint.Checkpoint, d *data.Dataset) (*run.Statistics, error) {
		n, err := Open(b, c, d)
		if err != nil {
			return nil, err
		}
		defer n.Close()
		return n.Statistics(t.Context(), d, nil)
	}
	got, err := statistics(c, d)
	if err != nil {
		t.Fatal(err)
	}
	if got.Step != 7 || got.Images != 601 || len(got.Layers) != 2 {
		t.Fatalf("%+v", got)
	}
	mean := 4.0 / 32
	want := []run.LayerStatistics{
		{Layer: "relu1", Mean: mean, Deviation: math.Sqrt(10.0/32 - mean*mean), Max: 3, Zeros: 30.0 / 32, Maps: 32, Dead: 30},
		{Layer: "relu2", Mean: 0.5, Min: 0.5, Max: 0.5, Maps: 64},
	}
	for i, w := range want {
		if math.Abs(got.Layers[i].Deviation-w.Deviation) < 1e-6 {
			w.Deviation = got.Layers[i].Deviation
		}
		if got.Layers[i] != w {
			t.Errorf("layer %d: %+v, want %+v", i, got.Layers[i], w)
		}
	}

	for name, wrong := range map[string]func(){
		"a tensor missing":       func() { c.Tensors = c.Tensors[1:] },
		"no images":              func() { d = black(0) },
		"images of another size": func() { d.Height, d.Width = 14, 56 },
	} {
		wrong()
		if _, err := statistics(c, d); err == nil {
			t.Errorf("%s: no error", name)
		}
		c, _ = weights(t, "mnist-cnn")
		d = black(540)
	}
	rnn, _ := weights(t, "mnist-rnn-32")
	if _, err := statistics(rnn, d); !errors.Is(err, ErrNoConvolutions) {
		t.Errorf("a recurrent net: %v", err)
	}
}
