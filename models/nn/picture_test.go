package nn_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/models/net"
	"unpool/models/nn"
	"unpool/models/nn/nntest"
)

// A picture's numbers are those of the variable, filter by filter or unit by unit.
func TestFirstLayer(t *testing.T) {
	for _, c := range []struct {
		text, layer, variable          string
		count, height, width, channels int
		first, total                   int // columns of the variable that are shown, of how many
	}{
		{"conv 5x3x32, relu", "conv1", "/conv1/weights", 32, 5, 3, 3, 0, 32},
		{"batchnorm, pool 2, conv 5x5x7", "conv1", "/conv1/weights", 7, 5, 5, 3, 0, 7},
		{"rnn 16", "rnn, input weights", "/rnn/weights", 16, 1, 20 * 3, 1, 0, 16},
		{"rnn 16 columns", "rnn, input weights", "/rnn/weights", 16, 1, 24 * 3, 1, 0, 16},
		{"lstm 16 both", "lstm, input weights of the candidate", "/lstm/weights", 16, 1, 20 * 3, 1, 32, 64},         // i, f, g, o
		{"gru 16 sequence, gru 8", "gru, input weights of the candidate", "/gru/weights", 16, 1, 20 * 3, 1, 32, 48}, // z, r, g
		{"relu, dense 9", "fc1", "/fc1/weights", 9, 24, 20, 3, 0, 9},
		{"mean", "logits", "/logits/weights", 5, 1, 3, 1, 0, 5},
		{"residual(conv 3x3x3)", "conv1", "/conv1/weights", 3, 3, 3, 3, 0, 3},
		{"dense 64", "fc1", "/fc1/weights", 45, 24, 20, 3, 0, 64}, // as many as fit
	} {
		p := nntest.Plan(t, c.text, net.Task{Height: 24, Width: 20, Channels: 3, Classes: 5})
		store := model.NewStore()
		defer store.Finalize()
		if _, err := nn.FirstWeights(store, p); err == nil {
			t.Errorf("%s: no error without variables", c.text)
		}
		if err := nn.InitPlan(store, p, 1); err != nil {
			t.Fatal(err)
		}
		picture, err := nn.FirstWeights(store, p)
		if err != nil {
			t.Fatal(err)
		}
		size := c.height * c.width * c.channels
		if picture.Layer != c.layer || picture.Count != c.count || picture.Height != c.height || picture.Width != c.width || picture.Channels != c.channels || len(picture.Values) != c.count*size {
			t.Errorf("%s: %q, %d of %dx%dx%d, %d values", c.text, picture.Layer, picture.Count, picture.Height, picture.Width, picture.Channels, len(picture.Values))
			continue
		}
		weights := tensors.MustCopyFlatData[float32](store.GetVariable(c.variable).MustValue())
		for i, got := range picture.Values {
			if want := weights[i%size*c.total+c.first+i/size]; got != want {
				t.Fatalf("%s: value %d is %v, want %v", c.text, i, got, want)
			}
		}
	}
}
