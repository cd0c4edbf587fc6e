package train

import "time"

// clock measures a run: a stopwatch that pauses leave out, and the cost of steps and of evaluations. The zero
// value is ready.
type clock struct {
	elapsed time.Duration // up to since
	since   time.Time     // zero while stopped

	steps    int
	stepTime time.Duration // of all steps
	recent   float64       // seconds per step, the latest ones weighted most
	usual    float64       // likewise, over more of them: what is left jumps less than the speed

	images   int           // evaluated
	evalTime time.Duration // for all of them
}

func (c *clock) start() {
	if c.since.IsZero() {
		c.since = time.Now()
	}
}

// resume starts the stopwatch at the seconds of an earlier session.
func (c *clock) resume(seconds float64) {
	c.elapsed = time.Duration(seconds * float64(time.Second))
}

func (c *clock) stop() {
	if !c.since.IsZero() {
		c.elapsed += time.Since(c.since)
		c.since = time.Time{}
	}
}

// seconds returns the time the stopwatch ran.
func (c *clock) seconds() float64 {
	d := c.elapsed
	if !c.since.IsZero() {
		d += time.Since(c.since)
	}
	return d.Seconds()
}

// lap begins to time one piece of work; the function returned returns how long it took.
func (c *clock) lap() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

// stepped counts one training step.
func (c *clock) stepped(d time.Duration) {
	c.steps++
	c.stepTime += d
	// A mean of all steps at first, of about the last ten later.
	c.recent += (d.Seconds() - c.recent) / float64(min(c.steps, 10))
	c.usual += (d.Seconds() - c.usual) / float64(min(c.steps, 100))
}

// evaluated counts images of an evaluation.
func (c *clock) evaluated(d time.Duration, images int) {
	c.images += images
	c.evalTime += d
}

// meanStep returns milliseconds per step over all steps, 0 before the first.
func (c *clock) meanStep() float64 {
	if c.steps == 0 {
		return 0
	}
	return c.stepTime.Seconds() * 1000 / float64(c.steps)
}

// recentStep returns milliseconds per step over the last few.
func (c *clock) recentStep() float64 { return c.recent * 1000 }

// imagesPerSecond returns how many images per second the last few steps trained on; 0 when too fast to measure.
func (c *clock) imagesPerSecond(batch int) float64 {
	if c.recent == 0 {
		return 0
	}
	return float64(batch) / c.recent
}

// left estimates the seconds that steps to take and images to evaluate will need.
func (c *clock) left(steps, images int) float64 {
	left := c.usual * float64(steps)
	if c.images > 0 {
		left += c.evalTime.Seconds() / float64(c.images) * float64(images)
	}
	return left
}

// pace keeps light events to five a second.
type pace struct{ last time.Time }

func (p *pace) ready() bool {
	const gap = 200 * time.Millisecond
	if time.Since(p.last) < gap {
		return false
	}
	p.last = time.Now()
	return true
}
