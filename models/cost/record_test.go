package cost_test

import (
	"math"
	"testing"

	"unpool/core/recipe"
	"unpool/models/cost"
	"unpool/models/net"
)

func plan(t *testing.T, text string) *net.Plan {
	t.Helper()
	p, err := recipe.Recipe{Net: text, Dataset: recipe.MNIST}.Plan()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A run that was made says how long its like takes, whatever speed the engine was measured to have.
func TestRecord(t *testing.T) {
	var r cost.Record
	speed := cost.Speed{Flops: 1e10, Threads: 2}
	conv, wider, cell := plan(t, "conv 3x3x32, relu"), plan(t, "conv 3x3x64, relu"), plan(t, "gru 32")
	near := func(got, want float64) bool { return math.Abs(got/want-1) < 1e-9 }
	if r.Step(conv, 10, false, cost.Speed{}) != 0 || !near(r.Step(conv, 10, false, speed), cost.Step(conv, 10, false, speed)) {
		t.Error("an empty record changes an estimate")
	}
	r.Add(conv, 10, false, 40)
	if got := r.Step(conv, 10, false, cost.Speed{}); !near(got, 40) {
		t.Errorf("the same step is expected to take %v ms", got)
	}
	ratio := cost.Step(wider, 20, true, speed) / cost.Step(conv, 10, false, speed)
	if got := r.Step(wider, 20, true, speed); !near(got, 40*ratio) || ratio < 2 {
		t.Errorf("a larger step is expected to take %v ms, want %v", got, 40*ratio)
	}
	if got := r.Step(cell, 10, false, speed); !near(got, cost.Step(cell, 10, false, speed)) {
		t.Errorf("a recurrent net is expected to take %v ms", got)
	}
}
