package train

import (
	"fmt"

	"unpool/app/ui/layers"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models/cost"
	"unpool/models/net"
)

// pace is how long training steps take in this tab, as far as is known.
type pace struct {
	asked  bool             // the trainer was asked to measure its engine
	engine *protocol.Engine // its answer; nil before. One that could not be measured has a speed of 0
	record cost.Record
}

// waiting reports whether the trainer is measuring.
func (p *pace) waiting() bool { return p.asked && p.engine == nil }

// hear takes in the answer. If the engine could not be measured in advance, it is asked again when needed.
func (p *pace) hear(engine protocol.Engine) {
	if p.asked || engine.Flops > 0 {
		p.asked, p.engine = true, &engine
	}
}

// step is how many milliseconds a step of a recipe takes, 0 where that is not known.
func (p *pace) step(plan *net.Plan, r recipe.Recipe) float64 {
	return p.record.Step(plan, r.Batch, r.Exact, p.speed())
}

// speed is that of the trainer's engine, as far as it is known.
func (p *pace) speed() cost.Speed {
	if p.engine == nil {
		return cost.Speed{}
	}
	return cost.Speed{Flops: p.engine.Flops, Threads: p.engine.Threads}
}

// shortest is the least number of steps of a run that says how long one takes.
const shortest = 5

// learn takes in how long the steps of a run took that is over.
func (p *pace) learn(v *run.View) {
	r, ok := v.Recipe()
	if !ok || v.End.Steps-v.Start.Step < shortest || v.End.MsPerStep <= 0 {
		return
	}
	if plan, err := r.Plan(); err == nil {
		p.record.Add(plan, r.Batch, r.Exact, v.End.MsPerStep)
	}
}

// totals are those of a recipe's net; the plan is nil for one that is wrong.
func (p *pace) totals(plan *net.Plan, r recipe.Recipe) []layers.Total {
	parameters, products, step, all := "–", "–", "–", "–"
	if plan != nil {
		parameters, products = number.Int(plan.Parameters()), large(plan.Step())
		if ms := p.step(plan, r); ms > 0 {
			step, all = "about "+number.Significant(ms, 2), "about "+number.Duration(ms/1000*float64(r.Steps))
		} else if p.waiting() {
			step = "measuring …"
		}
	}
	unit := func(figure, unit string) string {
		if figure == "–" || figure == "measuring …" {
			return ""
		}
		return unit
	}
	return []layers.Total{
		{Figure: parameters, Name: "Parameters"},
		{Figure: products, Name: "Multiply-adds per step and image"},
		{Figure: step, Unit: unit(step, "ms"), Name: fmt.Sprintf("Time for a step of %s images here", number.Int(r.Batch))},
		{Figure: all, Name: number.Int(r.Steps) + " steps, without evaluations"},
	}
}

// large writes a large whole number in a few digits.
func large(n int64) string {
	switch {
	case n >= 1e9:
		return number.Significant(float64(n)/1e9, 3) + " billion"
	case n >= 1e6:
		return number.Significant(float64(n)/1e6, 3) + " million"
	}
	return number.Int(n)
}
