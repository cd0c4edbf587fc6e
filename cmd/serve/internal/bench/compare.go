package bench

import (
	"context"
	"fmt"
	"math"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
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
	Steps   int
	Step    int     // at which the two come nearest to what is allowed, or are furthest beyond
	Loss    float64 // of its batch
	Own     float64 // on our own backend
	Apart   float64 // their difference, relative
	Allowed float64
	Seconds float64 // for compiling and stepping
}

// ComparisonHeader and Line print comparisons as a table.
const ComparisonHeader = "net                   steps  widest at  loss there    on wasm  apart by  allowed           time\n"

// Line is the comparison as a line of the table.
func (c Comparison) Line() string {
	verdict := "agrees"
	if !c.Agrees() {
		verdict = "DIFFERS"
	}
	return fmt.Sprintf("%-20s  %5d  %9d  %10.6f  %9.6f  %8.1e  %7.0e  %-7s  %4.1f s\n",
		c.Recipe, c.Steps, c.Step, c.Loss, c.Own, c.Apart, c.Allowed, verdict, c.Seconds)
}

// Agrees reports whether the difference is one of rounding.
func (c Comparison) Agrees() bool { return c.Apart <= c.Allowed }

// allowed is how far apart the losses of a step may lie on two backends, relative. Rounding differs from one to the other;
// where two values of a pooling window are nearly the same, it decides which one gets the gradient, and Adam enlarges what
// follows from that. tf32 says that one of the two rounds the factors of products to 10 bits.
func allowed(r recipe.Recipe, step int, tf32 bool) float64 {
	if !tf32 && (step == 1 || r.Recurrent()) {
		return 1e-5
	}
	return 5e-2
}

// Subject is a recipe to compare, and what it is called.
type Subject struct {
	Name   string
	Recipe recipe.Recipe
}

// OfKinds are the nets named by Kinds.
func OfKinds() (all []Subject) {
	for _, name := range Kinds {
		e, err := models.Find(name)
		if err != nil {
			panic(err) // a mistake in Kinds
		}
		all = append(all, Subject{name, e.Recipe})
	}
	return all
}

// Compare takes the first steps of nets on an open backend and on our own, and hands each comparison on. The images are those
// of a data set of MNIST's shape, or noise where there is none.
func Compare(ctx context.Context, o train.Options, subjects []Subject, steps int, emit func(Comparison) error) error {
	for _, subject := range subjects {
		name, o := subject.Name, o
		o.Recipe = subject.Recipe
		o.Recipe.Dataset = recipe.MNIST
		if o.Data == nil {
			o.Data = noise(o.Recipe.Dataset, o.Recipe.Batch)
		}
		c := Comparison{Recipe: name, Steps: steps}
		begin := time.Now()
		got, err := train.Losses(ctx, o, steps)
		if err != nil {
			return fmt.Errorf("%s on %s: %w", name, o.Where.Backend, err)
		}
		c.Seconds = time.Since(begin).Seconds()
		want, err := own(ctx, o, steps)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.compare(o.Recipe, got, want, o.Where.Precision != "")
		if err := emit(c); err != nil {
			return err
		}
	}
	return nil
}

// compare sets how far apart the losses are: at the step that comes nearest to what is allowed, or is beyond it.
func (c *Comparison) compare(r recipe.Recipe, got, want []float64, tf32 bool) {
	for i := range want {
		apart, allowed := math.Abs(got[i]-want[i])/math.Abs(want[i]), allowed(r, i+1, tf32)
		if i == 0 || !(apart/allowed <= c.Apart/c.Allowed) {
			c.Step, c.Loss, c.Own, c.Apart, c.Allowed = i+1, got[i], want[i], apart, allowed
		}
		if math.IsNaN(apart) { // it is the worst there is
			return
		}
	}
}

// own returns the losses of the first steps on our own backend, exact.
func own(ctx context.Context, o train.Options, steps int) ([]float64, error) {
	engine, err := host.New(host.Options{Tier: wasm.Tier(true)})
	if err != nil {
		return nil, err
	}
	b := wasm.New(engine)
	defer b.Finalize()
	o.Backend, o.Where, o.Accelerator = b, run.Where{Backend: wasm.Name}, false
	return train.Losses(ctx, o, steps)
}
