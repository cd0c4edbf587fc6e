package filters

import (
	"slices"
	"testing"

	"unpool/core/run"
)

// Three filters of 1x2 weights, with squared norms 25, 50 and 4.
var three = &run.Weights{Count: 3, Height: 1, Width: 2, Channels: 1, Scale: 1.27, Pixels: run.Int8s{3, -4, 5, 5, 0, 2}}

func TestByNorm(t *testing.T) {
	if got := ByNorm(three); !slices.Equal(got, []int{1, 0, 2}) {
		t.Errorf("the order is %v", got)
	}
	if got := Arranged(three, []int{1, 0, 2}); !slices.Equal(got.Pixels, run.Int8s{5, 5, 3, -4, 0, 2}) {
		t.Errorf("in that order the weights are %v", got.Pixels)
	}
	if !slices.Equal(three.Pixels, run.Int8s{3, -4, 5, 5, 0, 2}) {
		t.Error("the weights themselves were changed")
	}
}

// 0.05 is 5 of 127 up to 1.27, and 3 (2.5 rounded away from 0) up to 2.54.
func TestOnScale(t *testing.T) {
	got := OnScale(three, 2.54)
	if want := (run.Int8s{2, -2, 3, 3, 0, 1}); !slices.Equal(got.Pixels, want) || got.Scale != 2.54 {
		t.Errorf("on twice the scale the weights are %v up to %v, want %v", got.Pixels, got.Scale, want)
	}
}
