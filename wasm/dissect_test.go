package wasm_test

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/wasm"
)

// In an exact run with convolutions, batch normalisation, dropout and a limit on filters, the weights that a dissection announces for each step are
// those that the step leads to, bit for bit, and the run ends with the bits of one left alone.
func TestDissectionsAnnounceEachBit(t *testing.T) {
	r := smallRNN()
	r.Net, r.Dataset, r.Batch, r.Steps, r.EvalEvery, r.Exact = "conv 3x3x4, batchnorm, relu, pool 2, dropout 0.5", recipe.MNIST, 4, 5, 5, true
	r.FilterRMS = 0.2
	weights := func(dissect bool) (hash string) {
		b := newBackend(t, wasm.Tier(true))
		var err error
		var s *train.Session
		var d *train.Dissection
		compared := 0
		s, err = train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(40), Emit: func(e run.Event) {
			switch e := e.(type) {
			case *run.Start:
				if dissect {
					s.Do(control.Command{Do: control.Pause})
				}
			case *run.State:
				if e.Phase != run.Paused {
					return
				}
				s.Between(func() {
					if d, err = s.Dissect(1); err != nil {
						t.Error(err)
					}
					s.Do(control.Command{Do: control.Step})
				})
			case *run.Progress:
				if d == nil {
					return
				}
				c, err := s.Checkpoint()
				if err != nil {
					t.Fatal(err)
				}
				compared += compare(t, d, c)
			case *run.End:
				hash = e.WeightsSHA256
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Run(context.Background()); err != nil || dissect && compared != 5*6 {
			t.Fatalf("%d weights were compared: %v", compared, err)
		}
		return hash
	}
	if alone, dissected := weights(false), weights(true); alone != dissected {
		t.Errorf("left alone %s, dissected %s", alone, dissected)
	}
}

// compare compares the weights that a dissection announces with those of a checkpoint, and returns how many there were.
func compare(t *testing.T, d *train.Dissection, c *checkpoint.Checkpoint) int {
	t.Helper()
	for _, u := range d.Updates {
		path, i := "/"+u.Layer+"/"+u.Name, 0
		for axis, at := range u.At {
			i = i*u.Dims[axis] + at
		}
		of := slices.IndexFunc(c.Tensors, func(t checkpoint.Tensor) bool { return t.Name == path })
		if got := math.Float32frombits(binary.LittleEndian.Uint32(c.Tensors[of].Data[4*i:])); got != u.After || got == u.Before {
			t.Errorf("step %d: %s%v was %g and is %g, announced was %g", d.Step, path, u.At, u.Before, got, u.After)
		}
		if last := u.Equations[len(u.Equations)-1].Value; math.Abs(last-float64(u.After)) > 1e-6 {
			t.Errorf("step %d: %s%v is %g by the equations, %g by training", d.Step, path, u.At, last, u.After)
		}
	}
	return len(d.Updates)
}
