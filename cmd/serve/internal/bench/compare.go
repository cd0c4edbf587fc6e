package bench

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/gomlx/compute"

	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/core/train"
	"unpool/models"
	"unpool/wasm"
	"unpool/wasm/host"
)

// Kinds are nets of the catalog, one of each kind.
var Kinds = []string{"mnist-rnn-128", "mnist-lstm-128", "mnist-gru-128", "mnist-cnn", "cifar-bn", "cifar-vgg"}

// Comparison is a net's first steps on a backend beside those on our own.
type Comparison struct {
	Recipe  string
	Loss    float64 // of the last batch
	Own     float64 // on our own backend
	Apart   float64 // the largest difference of a batch's loss, relative
	Allowed float64
	Seconds float64 // for compiling and stepping
}

// ComparisonHeader and Line print comparisons as a table.
const ComparisonHeader = "net             loss, step 3  on wasm   apart by  allowed         time\n"

// Line is the comparison as a line of the table.
func (c Comparison) Line() string {
	verdict := "agrees"
	if !c.Agrees() {
		verdict = "DIFFERS"
	}
	return fmt.Sprintf("%-14s  %12.6f  %.6f  %8.1e  %7.0e  %-7s  %4.1f s\n", c.Recipe, c.Loss, c.Own, c.Apart, c.Allowed, verdict, c.Seconds)
}

// Agrees reports whether the difference is one of rounding.
func (c Comparison) Agrees() bool { return c.Apart <= c.Allowed }

// Allowed is how far apart the losses of a net's first steps may lie on two backends, relative. Rounding differs from one to the
// other; where two values of a pooling window are nearly the same, it decides which one gets the gradient, and Adam enlarges
// what follows from that. tf32 says that one of the two rounds the factors of products to 10 bits.
func Allowed(r recipe.Recipe, step int, tf32 bool) float64 {
	switch {
	case tf32:
		return 5e-2
	case step == 1 || r.Arch.Recurrent():
		return 1e-5
	}
	return 5e-2
}

// Apart is the largest relative difference between losses of the same steps, and whether each is allowed.
func Apart(r recipe.Recipe, got, want []float64, tf32 bool) (apart float64, allowed bool) {
	allowed = len(got) == len(want)
	for i := range min(len(got), len(want)) {
		d := math.Abs(got[i]-want[i]) / math.Abs(want[i])
		if !(d <= Allowed(r, i+1, tf32)) { // NaN is not
			allowed = false
		}
		apart = math.Max(apart, d)
	}
	return apart, allowed
}

// Compare takes the first three steps of a net of each kind on an open backend and on our own, and hands each comparison on.
func Compare(ctx context.Context, b compute.Backend, where event.Where, accelerator bool, emit func(Comparison) error) error {
	const steps = 3
	for _, name := range Kinds {
		e, err := models.Find(name)
		if err != nil {
			return err
		}
		r := e.Recipe
		r.Dataset = recipe.MNIST
		images := noise(r.Batch)
		begin := time.Now()
		got, err := train.Losses(ctx, train.Options{Backend: b, Where: where, Accelerator: accelerator, Recipe: r, Data: images}, steps)
		if err != nil {
			return fmt.Errorf("%s on %s: %w", name, where.Backend, err)
		}
		took := time.Since(begin)
		want, err := Own(ctx, train.Options{Recipe: r, Data: images}, steps)
		if err != nil {
			return err
		}
		tf32 := where.Precision != ""
		apart, ok := Apart(r, got, want, tf32)
		c := Comparison{Recipe: name, Loss: got[steps-1], Own: want[steps-1], Apart: apart, Allowed: Allowed(r, steps, tf32), Seconds: took.Seconds()}
		if !ok && c.Agrees() { // a step that must agree more closely does not
			c.Allowed = Allowed(r, 1, tf32)
		}
		if err := emit(c); err != nil {
			return err
		}
	}
	return nil
}

// Own returns the losses of the first steps on our own backend, exact.
func Own(ctx context.Context, o train.Options, steps int) ([]float64, error) {
	engine, err := host.New(host.Options{Tier: wasm.Tier(true)})
	if err != nil {
		return nil, err
	}
	b := wasm.New(engine)
	defer b.Finalize()
	o.Backend, o.Where = b, event.Where{Backend: wasm.Name}
	return train.Losses(ctx, o, steps)
}
