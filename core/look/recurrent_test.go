package look

import (
	"context"
	"errors"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"unpool/models/net"
)

// The gates of each kind of cell are the columns of its weights, and begin with orthogonal recurrent weights.
func TestRecurrent(t *testing.T) {
	for text, want := range map[string]struct {
		layer string
		reads int
		gates []string
		at    []int // the columns' block of each
	}{
		"rnn 6":                   {"rnn", 28, []string{"state"}, []int{0}},
		"conv 3x3x2, lstm 6":      {"lstm", 56, []string{"candidate", "input", "forget", "output"}, []int{net.LSTMCandidate, net.LSTMInput, net.LSTMForget, net.LSTMOutput}},
		"gru 6 sequence, rnn 4":   {"gru", 28, []string{"candidate", "update", "reset"}, []int{net.GRUCandidate, net.GRUUpdate, net.GRUReset}},
		"gru 6 both":              {"gru", 28, []string{"candidate", "update", "reset", "candidate", "update", "reset"}, []int{2, 0, 1, 2, 0, 1}},
		"rnn 6 columns, dense 12": {"rnn", 28, []string{"state"}, []int{0}},
	} {
		n := began(t, withNet(text))
		calls, last := 0, 0
		r, err := n.Recurrent(t.Context(), "", func(done, total int) {
			if done < last || done >= total || total != len(want.gates)*2*6 {
				t.Errorf("%s: %d of %d", text, done, total)
			}
			last = done
			calls++
		})
		if err != nil || r.Layer != want.layer || r.Units != 6 || r.Reads != want.reads || len(r.Gates) != len(want.gates) || calls < len(want.gates) {
			t.Fatalf("%s: %+v, %v", text, r, err)
		}
		width := 6 * (slices.Max(want.at) + 1)
		for i, g := range r.Gates {
			direction := ""
			if i >= width/6 {
				direction = net.Backward
			}
			if g.Name != want.gates[i] || g.Backward != (direction != "") {
				t.Errorf("%s: gate %d is %s, backward %v", text, i, g.Name, g.Backward)
			}
			input, err := n.variable(r.Layer, direction+"weights")
			if err != nil {
				t.Fatal(err)
			}
			state, err := n.variable(r.Layer, direction+"recurrent")
			if err != nil {
				t.Fatal(err)
			}
			for unit := range 6 {
				for j := range r.Reads {
					if g.Strips[unit*r.Reads+j] != input[j*width+want.at[i]*6+unit] {
						t.Fatalf("%s, %s: number %d of unit %d is another's", text, g.Name, j, unit)
					}
				}
				for from := range 6 {
					if g.Matrix[from*6+unit] != state[from*width+want.at[i]*6+unit] {
						t.Fatalf("%s, %s: the weight from %d to %d is another's", text, g.Name, from, unit)
					}
				}
			}
			size := func(unit int) float64 { return rms(g.Strips[unit*r.Reads : (unit+1)*r.Reads]) }
			if !slices.IsSortedFunc(g.Order, func(a, b int) int { return -int(math.Copysign(1, size(a)-size(b))) }) || len(g.Order) != 6 {
				t.Errorf("%s, %s: the order is %v", text, g.Name, g.Order)
			}
			for _, e := range g.Eigenvalues {
				if math.Abs(cmplx.Abs(e)-1) > 1e-6 {
					t.Errorf("%s, %s: %v is not on the unit circle", text, g.Name, e)
				}
			}
			if len(g.Eigenvalues) != 6 || math.Abs(g.Radius-1) > 1e-6 {
				t.Errorf("%s, %s: %d eigenvalues, radius %g", text, g.Name, len(g.Eigenvalues), g.Radius)
			}
		}
	}
}

// A state that is turned and halved at each step has the eigenvalues of that.
func TestRecurrentEigenvalues(t *testing.T) {
	n := began(t, withNet("rnn 2"))
	v := n.store.RootScope().At("rnn").GetVariable("recurrent")
	if err := v.SetValue(tensors.FromFlatDataAndDimensions([]float32{0, 0.5, -0.5, 0}, 2, 2)); err != nil {
		t.Fatal(err)
	}
	r, err := n.Recurrent(t.Context(), "rnn", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := ordered(r.Gates[0].Eigenvalues); !slices.Equal(got, []complex128{-0.5i, 0.5i}) || r.Gates[0].Radius != 0.5 {
		t.Errorf("%v, radius %g", got, r.Gates[0].Radius)
	}
}

func TestNotRecurrent(t *testing.T) {
	n := began(t, withNet("conv 3x3x4, relu, gru 5 sequence, lstm 3"))
	if r, err := n.Recurrent(t.Context(), "lstm2", nil); err != nil || r.Kind != net.LSTM || r.Reads != 5 {
		t.Errorf("the second: %+v, %v", r, err)
	}
	if _, err := n.Recurrent(t.Context(), "conv1", nil); !errors.Is(err, ErrNoCell) {
		t.Errorf("a convolution: %v", err)
	}
	if _, err := n.Recurrent(t.Context(), "rnn7", nil); !errors.Is(err, ErrNoLayer) {
		t.Errorf("no such layer: %v", err)
	}
	if _, err := began(t, withNet("conv 3x3x4, relu")).Recurrent(t.Context(), "", nil); !errors.Is(err, ErrNoCell) {
		t.Errorf("a net without cells: %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := n.Recurrent(stopped, "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
