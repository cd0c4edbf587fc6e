package cost

import "unpool/models/net"

// Record corrects estimates by the last runs that were made here, one with cells and one without, since the two spend their
// time on different things. The zero value has none, and corrects nothing.
type Record struct{ runs map[bool]run }

// run is how long a step of a run took.
type run struct {
	plan    *net.Plan
	batch   int
	exactly bool
	ms      float64
}

// Add takes in that a step of a plan took so many milliseconds.
func (r *Record) Add(p *net.Plan, batch int, exactly bool, ms float64) {
	if r.runs == nil {
		r.runs = map[bool]run{}
	}
	r.runs[recurrent(p)] = run{p, batch, exactly, ms}
}

// Step is how many milliseconds a training step is expected to take, by what a like run took or else by the engine's speed;
// 0 when neither is known.
func (r *Record) Step(p *net.Plan, batch int, exactly bool, s Speed) float64 {
	last, ok := r.runs[recurrent(p)]
	if !ok {
		return Step(p, batch, exactly, s)
	}
	if s.Flops == 0 {
		s = Speed{1, 1} // it drops out but for the threads
	}
	return last.ms * Step(p, batch, exactly, s) / Step(last.plan, last.batch, last.exactly, s)
}

func recurrent(p *net.Plan) bool {
	for l := range p.All() {
		if _, ok := l.Layer.(net.Cell); ok {
			return true
		}
	}
	return false
}
