package lesson

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/protocol"
	"unpool/wasm"
	"unpool/wasm/host"
)

func backend(t *testing.T) compute.Backend {
	t.Helper()
	engine, err := host.New(host.Options{Tier: wasm.Tier(true)})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	t.Cleanup(b.Finalize)
	return b
}

// count is an image of 8 by 8 with the numbers from 0 on.
func count() []float32 {
	all := make([]float32, 64)
	for i := range all {
		all[i] = float32(i)
	}
	return all
}

func layers(t *testing.T, e protocol.Example) *protocol.Outputs {
	t.Helper()
	e.Height, e.Width, e.Channels = 8, 8, 1
	out, err := Layers(backend(t), e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A convolution's output is that computed by hand: in an image that grows by 1 to the right and by 8 downwards, right minus left is 2.
func TestConvolution(t *testing.T) {
	kernel := map[string][]float32{"conv1/weights": {0, 0, 0, -1, 0, 1, 0, 0, 0}}
	for text, want := range map[string]struct {
		shape  []int
		values []float32
	}{
		"conv 3x3x1 nobias valid":          {[]int{6, 6, 1}, slices.Repeat([]float32{2}, 36)},
		"conv 3x3x1 nobias valid stride 2": {[]int{3, 3, 1}, slices.Repeat([]float32{2}, 9)},
		// With padding the first column has 0 at its left, and the last at its right.
		"conv 3x3x1 nobias, relu": {[]int{8, 8, 1}, nil},
	} {
		out := layers(t, protocol.Example{Net: text, Input: count(), Weights: kernel})
		first := out.Layers[0]
		if !slices.Equal(first.Shape, want.shape) || want.values != nil && !slices.Equal(first.Values, want.values) {
			t.Errorf("%s: %+v", text, first)
		}
		if want.values == nil {
			relu := out.Layers[1].Values
			for row := range 8 {
				if left, right := first.Values[8*row], first.Values[8*row+7]; left != float32(8*row+1) || right != -float32(8*row+6) || relu[8*row+7] != 0 {
					t.Errorf("row %d begins with %g and ends with %g", row, left, right)
				}
			}
		}
	}
}

// Unpooling puts each maximum back where it was, and zeros elsewhere.
func TestUnpooling(t *testing.T) {
	out := layers(t, protocol.Example{Net: "pool 2", Input: count(), Back: true})
	for i, v := range out.Back {
		row, column := i/8, i%8
		want := float32(0)
		if row%2 == 1 && column%2 == 1 { // the largest is at the bottom right
			want = float32(i)
		}
		if v != want {
			t.Errorf("at %d, %d it is %g, want %g", row, column, v, want)
		}
		if want > 0 && out.Layers[0].Values[row/2*4+column/2] != want {
			t.Errorf("the pool gives %v", out.Layers[0].Values)
		}
	}
}

// In training dropout drops some values, others at another step, and doubles the rest; else it is not there.
func TestDropout(t *testing.T) {
	ones := slices.Repeat([]float32{1}, 64)
	at := func(step int) []float32 {
		return layers(t, protocol.Example{Net: "dropout 0.5", Input: ones, Train: true, Step: step}).Layers[0].Values
	}
	first, second := at(0), at(1)
	for _, v := range first {
		if v != 0 && v != 2 {
			t.Errorf("dropout gives %g", v)
		}
	}
	if slices.Equal(first, second) {
		t.Error("it drops the same at each step")
	}
	if out := layers(t, protocol.Example{Net: "dropout 0.5", Input: ones}); len(out.Layers) != 0 {
		t.Errorf("outside training: %+v", out.Layers)
	}
}

// Batch normalisation in training: the values of each map have mean 0 and deviation 1 over the batch.
func TestBatchNorm(t *testing.T) {
	out := layers(t, protocol.Example{Net: "batchnorm", Input: count(), Train: true}).Layers[0].Values
	var sum, squares float64
	for _, v := range out {
		sum, squares = sum+float64(v), squares+float64(v)*float64(v)
	}
	if math.Abs(sum) > 1e-3 || math.Abs(squares/64-1) > 1e-3 {
		t.Errorf("the mean is %g, the mean square %g", sum/64, squares/64)
	}
}

// Of three equal logits each class has a third, the loss is ln 3, and the gradient is what each probability is above the truth.
func TestLoss(t *testing.T) {
	l, err := Loss(backend(t), protocol.Logits{Logits: []float32{1, 1, 1}, Label: 2})
	if err != nil {
		t.Fatal(err)
	}
	near := func(a float32, b float64) bool { return math.Abs(float64(a)-b) < 1e-6 }
	if !near(l.Loss, math.Log(3)) || !near(l.Probabilities[0], 1./3) || !near(l.Gradient[0], 1./3) || !near(l.Gradient[2], -2./3) {
		t.Errorf("%+v", l)
	}
	if l, err = Loss(backend(t), protocol.Logits{Logits: []float32{0, 2}, Label: 0}); err != nil || !near(l.Loss, math.Log(1+math.Exp(2))) {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestErrors(t *testing.T) {
	good := protocol.Example{Net: "conv 3x3x1", Height: 8, Width: 8, Channels: 1, Input: count()}
	for says, change := range map[string]func(*protocol.Example){
		"convolution":        func(e *protocol.Example) { e.Net = "convolution" },
		"side":               func(e *protocol.Example) { e.Height = 2 },
		"63 numbers":         func(e *protocol.Example) { e.Input = e.Input[:63] },
		"conv2/weights":      func(e *protocol.Example) { e.Weights = map[string][]float32{"conv2/weights": nil} },
		"has 9 numbers, not": func(e *protocol.Example) { e.Weights = map[string][]float32{"conv1/weights": {1}} },
	} {
		e := good
		change(&e)
		if _, err := Layers(backend(t), e); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
	for _, l := range []protocol.Logits{{}, {Logits: []float32{1}}, {Logits: []float32{1, 2}, Label: 2}, {Logits: []float32{1, 2}, Label: -1}} {
		if _, err := Loss(backend(t), l); err == nil {
			t.Errorf("%+v is not an error", l)
		}
	}
}
