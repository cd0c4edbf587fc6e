package wasm_test

import (
	"context"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/wasm"
)

// A run with batch normalisation and dropout that is asked for predictions after every step ends with the bits of one left alone.
func TestPredictionsChangeNoBit(t *testing.T) {
	r := smallRNN()
	r.Net, r.Dataset, r.Batch, r.Steps, r.EvalEvery, r.Exact = "conv 3x3x4, batchnorm, relu, dropout 0.5", recipe.MNIST, 4, 5, 5, true
	weights := func(ask bool) (hash string) {
		b := newBackend(t, wasm.Tier(true))
		set := smallSet(40)
		var err error
		var s *train.Session
		asked := 0
		s, err = train.New(train.Options{Backend: b, Recipe: r, Data: set,
			Emit: func(e run.Event) {
				if end, ok := e.(*run.End); ok {
					hash = end.WeightsSHA256
				}
			},
			Yield: func() {
				if ask {
					s.Between(func() {
						asked++
						if _, err := s.Predict(set.Test.Images[:3*28*28]); err != nil {
							t.Error(err)
						}
					})
				}
			}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Run(context.Background()); err != nil || ask && asked < 5 {
			t.Fatalf("asked %d times: %v", asked, err)
		}
		return hash
	}
	if alone, asked := weights(false), weights(true); alone != asked {
		t.Errorf("left alone %s, asked %s", alone, asked)
	}
}
