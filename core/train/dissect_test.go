package train

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
)

// stepping has a run take one step at a time. Before each it calls look, which may take the step apart; what that returns is called after the step.
func stepping(x *trial, look func() (after func(run.Progress))) *run.End {
	var after func(run.Progress)
	x.hook = func(e run.Event) {
		switch e := e.(type) {
		case *run.Start:
			x.Do(do(control.Pause))
		case *run.Progress:
			if after != nil {
				after(*e)
			}
		case *run.State:
			if e.Phase == run.Paused {
				x.Between(func() {
					after = look()
					x.Do(do(control.Step))
				})
			}
		}
	}
	return x.run()
}

// The weights that a dissection announces are those that the step then leads to, bit for bit, and so is the loss. A run that is looked into at each step
// ends with the bits of one left alone. What the equations say is what training computes, within the rounding of 32 bits.
func TestDissect(t *testing.T) {
	for name, change := range map[string]func(*recipe.Recipe){
		"adam":      func(r *recipe.Recipe) {},
		"schedule":  func(r *recipe.Recipe) { r.Schedule = recipe.Cosine },
		"rmsprop":   func(r *recipe.Recipe) { r.Optimizer = recipe.RMSProp },
		"momentum":  func(r *recipe.Recipe) { r.Optimizer, r.Momentum = recipe.Momentum, 0.9 },
		"sgd":       func(r *recipe.Recipe) { r.Optimizer, r.Net = recipe.SGD, "dense 12, relu, dropout 0.5, dense 10" },
		"augmented": func(r *recipe.Recipe) { r.Shift, r.Normalize = 2, true },
	} {
		t.Run(name, func(t *testing.T) {
			r := small()
			change(&r)
			x := newTrial(t, r)
			seen := 0
			end := stepping(x, func() func(run.Progress) {
				d, err := x.Dissect(seen)
				if err != nil {
					t.Fatal(err)
				}
				live := x.spy.live.Load()
				if again, err := x.Dissect(seen); err != nil || !reflect.DeepEqual(again, d) {
					t.Errorf("the second time it is %+v, the first %+v: %v", again, d, err)
				}
				if n := x.spy.live.Load(); n != live {
					t.Errorf("%d buffers are on the device, %d after the first time", n, live)
				}
				if d.Step != x.steps+1 || d.Batch != 8 || len(d.Examples.Labels) != 8 || d.Examples.Check() != nil {
					t.Errorf("%+v", d)
				}
				probabilities(t, d)
				seen++
				return func(p run.Progress) {
					if p.Step != d.Step || float32(p.Loss) != float32(d.Loss) {
						t.Errorf("step %d has a loss of %g, announced were %d and %g", p.Step, p.Loss, d.Step, d.Loss)
					}
					announced(t, x, d)
				}
			})
			if seen != 6 {
				t.Errorf("%d of 6 steps were looked at", seen)
			}
			if end.WeightsSHA256 != hash(t, r) {
				t.Error("the run ends with other weights than one left alone")
			}
			if x.Close(); x.spy.live.Load() != 0 {
				t.Errorf("%d buffers are on the device after Close", x.spy.live.Load())
			}
		})
	}
}

// probabilities compares what a dissection says of its image with what is computed by hand.
func probabilities(t *testing.T, d *Dissection) {
	t.Helper()
	right := d.Examples.Labels[d.Image]
	if want := -math.Log(float64(d.Probabilities[right])); math.Abs(d.Own-want) > 1e-4 {
		t.Errorf("the image has a loss of %g, and %g by its probability", d.Own, want)
	}
	for class, p := range d.Probabilities {
		want := float64(p) / 8
		if class == right {
			want -= 1.0 / 8
		}
		if math.Abs(float64(d.Logits[class])-want) > 1e-6 {
			t.Errorf("logit %d has the gradient %g, want %g", class, d.Logits[class], want)
		}
	}
	for _, l := range d.Layers {
		n := 1
		for _, dim := range l.Shown {
			n *= dim
		}
		if len(l.Output) != n || len(l.Dims) != len(l.Shown) {
			t.Errorf("%s shows %d numbers of %v as %v", l.Name, len(l.Output), l.Dims, l.Shown)
		}
	}
}

// announced compares a dissection with the result of the step.
func announced(t *testing.T, x *trial, d *Dissection) {
	t.Helper()
	c, err := x.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range d.Updates {
		path := "/" + u.Layer + "/" + u.Name
		i := 0
		for axis, at := range u.At {
			i = i*u.Dims[axis] + at
		}
		if got := floats(c, path)[i]; got != u.After {
			t.Errorf("step %d: %s%v is %g, announced was %g", d.Step, path, u.At, got, u.After)
		}
		step := u.Equations[len(u.Equations)-2].Value
		near := func(what string, formula, real float64) {
			t.Helper()
			if math.Abs(formula-real) > 1e-4*math.Abs(step)+1e-6*(math.Abs(formula)+math.Abs(float64(u.WeightGradient))) {
				t.Errorf("step %d: %s: %s is %g by the equations, %g by training", d.Step, path, what, formula, real)
			}
		}
		for _, e := range u.Equations {
			switch e.Name {
			case "m":
				near("m", e.Value, among(floats(c, "/AdamOptimizer"+path+"_1st_moment"), i))
			case "v":
				of := "/AdamOptimizer" + path + "_2nd_moment"
				if x.Recipe.Optimizer == recipe.Momentum {
					of = "/" + momentumScope + path
				}
				near("v", e.Value, among(floats(c, of), i))
			case "w":
				near("w", e.Value, float64(u.After))
			}
		}
	}
}

// Where all images are in each batch, the loss of the batch after a step is that before the next.
func TestDissectAfter(t *testing.T) {
	r := small()
	r.Batch = 120
	x := newTrial(t, r)
	var losses, after []float64
	stepping(x, func() func(run.Progress) {
		d, err := x.Dissect(100)
		if err != nil {
			t.Fatal(err)
		}
		losses, after = append(losses, d.Loss), append(after, d.After)
		return nil
	})
	for i, loss := range losses[1:] {
		if math.Abs(loss-after[i]) > 1e-5 || after[i] == losses[i] {
			t.Errorf("step %d has a loss of %g and of %g after it; step %d one of %g", i+1, losses[i], after[i], i+2, loss)
		}
	}
	if len(losses) != 6 {
		t.Errorf("%v", losses)
	}
}

// A step that is not there, or an image that is not of its batch, is an error that says so.
func TestDissectNothing(t *testing.T) {
	x := newTrial(t, small())
	if _, err := x.Dissect(0); err == nil {
		t.Error("a step before there is a net")
	}
	stepping(x, func() func(run.Progress) {
		for _, image := range []int{-1, 8} {
			if _, err := x.Dissect(image); err == nil {
				t.Errorf("image %d of a batch of 8", image)
			}
		}
		return nil
	})
	if _, err := x.Dissect(0); err == nil {
		t.Error("a step after the last")
	}
}

// The equations of an optimiser say in numbers what they say in symbols.
func TestEquations(t *testing.T) {
	w := moved{weight: 0.5, gradient: -0.25, rate: 0.1, m: 0.125, v: 0.0625, step: 12}
	for optimizer, want := range map[recipe.Optimizer][]string{
		recipe.SGD:      {"step: 0.1 × (−0.25)", "w: 0.5 − (−0.025)"},
		recipe.Momentum: {"v: 0.5 × 0.125 + (−0.25)", "step: 0.1 × (−0.1875)", "w: 0.5 − (−0.01875)"},
		recipe.RMSProp:  {"v: 0.9 × 0.0625 + 0.1 × (−0.25)²", "v′: 0.0625 / (1 − 0.9¹²)", "step: 0.1 × (−0.25) / 0.2951", "w: 0.5 − (−0.08471)"},
		recipe.Adam: {"m: 0.9 × 0.125 + 0.1 × (−0.25)", "m′: 0.0875 / (1 − 0.9¹²)", "v: 0.999 × 0.0625 + 0.001 × (−0.25)²",
			"v′: 0.0625 / (1 − 0.999¹²)", "step: 0.1 × 0.1219 / 2.288", "w: 0.5 − 0.005328"},
	} {
		var got []string
		for _, e := range equations(recipe.Recipe{Optimizer: optimizer, Momentum: 0.5}, w) {
			got = append(got, e.Name+": "+e.Numbers)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", optimizer, got)
		}
	}
}
