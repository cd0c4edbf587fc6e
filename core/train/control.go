package train

import (
	"context"
	"errors"
	"sync"

	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
)

// errStopped ends a run that the user stopped.
var errStopped = errors.New("stopped")

// controls is what the user asked for and the run has not yet done. Do writes it from any goroutine, the run reads
// it between steps.
type controls struct {
	mu     sync.Mutex
	wanted wanted
	wake   chan struct{} // has one token when wanted has changed
}

type wanted struct {
	stop   bool
	paused bool
	single int     // steps to take although paused
	rate   float64 // new learning rate; 0 for no change
	ask    func()  // what Between was given; nil for nothing
}

func newControls() controls { return controls{wake: make(chan struct{}, 1)} }

// Do follows a command at the next step or evaluation batch. It never blocks and may be called from any goroutine,
// at any time, also before Run. A learning rate that a recipe could not have is ignored.
func (s *Session) Do(c control.Command) {
	s.controls.mu.Lock()
	w := &s.controls.wanted
	switch c.Do {
	case control.Pause:
		w.paused, w.single = true, 0
	case control.Continue:
		w.paused, w.single = false, 0
	case control.Step:
		w.paused = true
		w.single++
	case control.SetRate:
		if recipe.CheckLearningRate(c.LearningRate) == nil {
			w.rate = c.LearningRate
		}
	case control.Stop:
		w.stop = true
	}
	s.controls.mu.Unlock()
	s.controls.poke()
}

// poke wakes a run that is paused.
func (c *controls) poke() {
	select {
	case c.wake <- struct{}{}:
	default: // the run will check anyway
	}
}

// Between has Run call f once on its own goroutine, between two steps or evaluation batches, or at once where the run is
// paused. There f may use the session's other methods, and the training is not changed by it. A later f takes
// the place of one not yet called; one that is given while another is called waits for the next step or batch, where the run is not paused; a
// run that ends first calls none. Like Do it never blocks.
func (s *Session) Between(f func()) {
	s.controls.mu.Lock()
	s.controls.wanted.ask = f
	s.controls.mu.Unlock()
	s.controls.poke()
}

// take returns what was asked for; a new learning rate and what to call are returned once. Where something was called before the same
// step, what to call waits for the next, unless the run is paused.
func (c *controls) take(called bool) wanted {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.wanted
	c.wanted.rate = 0
	if called && (!w.paused || w.single > 0) {
		w.ask = nil
	} else {
		c.wanted.ask = nil
	}
	return w
}

// stepTaken counts off one single step, with the evaluation that belongs to it.
func (c *controls) stepTaken() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted.single = max(0, c.wanted.single-1)
}

// reset forgets everything, for a next Run.
func (c *controls) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted = wanted{}
}

// proceed is called before each step and each evaluation batch. It does what the user asked for and waits while
// the run is paused. It returns errStopped to end the run; single says that the work is allowed by a Step command.
func (s *Session) proceed(ctx context.Context) (single bool, err error) {
	s.yield()
	paused, called := false, false
	for {
		w := s.controls.take(called)
		if w.stop || ctx.Err() != nil {
			return false, errStopped
		}
		if w.rate != 0 {
			if err := setLearningRate(s.store, w.rate); err != nil {
				return false, err
			}
			s.Emit(&run.Rate{Step: s.steps, LearningRate: w.rate})
		}
		if w.ask != nil {
			s.Aside(w.ask)
			called = true
			continue // it may have taken long, and more been asked for
		}
		if !w.paused || w.single > 0 {
			if paused {
				s.clock.start()
				s.state.Step = s.steps
				s.say(s.state)
			}
			return w.paused, nil
		}
		if !paused {
			paused = true
			s.clock.stop()
			s.Emit(&run.State{Phase: run.Paused, Step: s.steps})
		}
		select {
		case <-s.controls.wake:
		case <-ctx.Done():
		}
	}
}

// Aside calls f, on Run's goroutine; the run's time stands still meanwhile.
func (s *Session) Aside(f func()) {
	if s.clock.since.IsZero() { // paused
		f()
		return
	}
	s.clock.stop()
	f()
	s.clock.start()
}
