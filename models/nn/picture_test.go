package nn_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
	"unpool/models/nn"
	"unpool/models/nn/nntest"
)

// A picture's numbers are those of the variable, filter by filter or unit by unit.
func TestFirstLayer(t *testing.T) {
	for _, c := range []struct {
		arch                           recipe.Arch
		variable                       string
		count, height, width, channels int
		first, total                   int // columns of the variable that are shown, of how many
	}{
		{recipe.LeNet5, "/conv1/weights", 32, 5, 5, 1, 0, 32},
		{recipe.BNCNN, "/conv1/weights", 32, 5, 5, 1, 0, 32},
		{recipe.RNN, "/rnn/weights", 16, 1, 28, 1, 0, 16},
		{recipe.LSTM, "/lstm/weights", 16, 1, 28, 1, 32, 64}, // i, f, g, o
		{recipe.GRU, "/gru/weights", 16, 1, 28, 1, 32, 48},   // z, r, g
	} {
		r := nntest.Recipe(c.arch)
		store := model.NewStore()
		defer store.Finalize()
		if _, err := nn.FirstLayer(store, r); err == nil {
			t.Errorf("%s: no error without variables", c.arch)
		}
		if err := nn.Init(store, r); err != nil {
			t.Fatal(err)
		}
		p, err := nn.FirstLayer(store, r)
		if err != nil {
			t.Fatal(err)
		}
		size := c.height * c.width * c.channels
		if p.Count != c.count || p.Height != c.height || p.Width != c.width || p.Channels != c.channels || len(p.Values) != c.count*size {
			t.Errorf("%s: %d of %dx%dx%d, %d values", c.arch, p.Count, p.Height, p.Width, p.Channels, len(p.Values))
			continue
		}
		weights := tensors.MustCopyFlatData[float32](store.GetVariable(c.variable).MustValue())
		for i, got := range p.Values {
			if want := weights[i%size*c.total+c.first+i/size]; got != want {
				t.Fatalf("%s: value %d is %v, want %v", c.arch, i, got, want)
			}
		}
	}
}
