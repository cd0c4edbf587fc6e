// Package cost estimates how long a training step of a net takes, from what the net computes and from how fast the engine
// was measured to multiply and add.
//
// It imports models/net only, so that the page can tell while a net is being built.
package cost

import "unpool/models/net"

// Speed is what an engine was measured to do.
type Speed struct {
	Flops   float64 // multiplications and additions a second in registers alone, of all threads at once; 0 for not measured
	Threads int
}

// work is one sort of a training step's work: what a unit of it costs in multiplications and additions in registers alone,
// and the share of it that more threads do not shorten.
type work struct{ flops, serial float64 }

// The sorts of work. The numbers are fitted to the catalog's nets in Chromium, batches of 16, 64 and 128, one thread and two;
// cost_test.go has the times that they were fitted to.
var (
	multiply  = work{2 * 1.16, 0.06} // a multiply-add of a convolution or a fully connected layer
	recur     = work{2 * 1.1, 0.37}  // a multiply-add of a cell, whose products are small and wait for each other
	gate      = work{620, 0.37}      // a unit of a cell's gate at a step, there and back
	element   = work{100, 0.6}       // a number that an activation, pooling, normalisation or the like reads, there and back
	turn      = work{1_400_000, 1}   // a step of a cell: getting it under way, there and back
	parameter = work{400, 0.5}       // a trainable number: what the optimiser does with it
)

// exact is how much longer a step takes without fused multiply-adds.
const exact = 1.3

// Step is how many milliseconds a training step of a plan is expected to take; 0 without a speed.
func Step(p *net.Plan, batch int, exactly bool, s Speed) float64 {
	if s.Flops <= 0 {
		return 0
	}
	flops := 0.0
	add := func(w work, units float64) { flops += w.flops * units * (1 + w.serial*float64(max(s.Threads, 1)-1)) }
	images := float64(batch)
	for l := range p.All() {
		multiplied := images * float64(l.Forward+l.Backward)
		switch c := l.Layer.(type) {
		case net.Cell:
			add(recur, multiplied)
			steps, gates := unrolled(l, c)
			add(gate, images*float64(steps*gates))
			add(turn, float64(steps))
		case net.Conv, net.Dense, net.Logits:
			add(multiply, multiplied)
		case net.Pool, net.Mean:
			add(element, images*float64(l.In.Size()))
		default:
			add(element, images*float64(l.Out.Size()))
		}
		add(parameter, float64(l.Parameters()))
	}
	if exactly {
		flops *= exact
	}
	return 1000 * flops / s.Flops
}

// unrolled is how many steps a cell takes through an image, both ways added up, and how many numbers its gates give at each.
func unrolled(l *net.Placed, c net.Cell) (steps, gates int) {
	along := l.In[0]
	if c.Columns {
		along = l.In[1]
	}
	for _, v := range l.Variables {
		if v.Constants != nil { // the bias of a direction, with a number a gate and unit
			steps, gates = steps+along, v.Size()
		}
	}
	return steps, gates
}
