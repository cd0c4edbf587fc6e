package jobs

import (
	"errors"
	"path/filepath"

	"unpool/cmd/serve/internal/figure"
	"unpool/core/atomicfile"
	"unpool/core/run"
)

// drawing is a figure of any kind.
type drawing interface {
	SVG() ([]byte, error)
	PNG() ([]byte, error)
}

// draw writes a figure as SVG.
func draw(d drawing, dir, name string) error {
	svg, err := d.SVG()
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(dir, name+".svg"), svg)
}

// drawBoth writes a figure as SVG, and as PNG beside it.
func drawBoth(d drawing, dir, name string) error {
	png, err := d.PNG()
	if err != nil {
		return err
	}
	return errors.Join(draw(d, dir, name), atomicfile.WriteBytes(filepath.Join(dir, name+".png"), png))
}

// accuracies and losses are a run's curves over its training steps, with marks where it was moved.
func accuracies(v *run.View) figure.Curves {
	return curves(v, "accuracy", func(m run.Measure) float64 { return m.Accuracy })
}

func losses(v *run.View) figure.Curves {
	return curves(v, "cross-entropy, nats", func(m run.Measure) float64 { return m.Loss })
}

// curves are one measure of each set of images, the training images first, then the test images.
func curves(v *run.View, y string, of func(run.Measure) float64) figure.Curves {
	c := figure.Curves{X: "training steps", Y: y}
	for _, m := range v.Moves {
		c.Breaks = append(c.Breaks, figure.Break{X: float64(m.Step), Label: "resumed with " + m.To.Backend})
	}
	add := func(label string, measure func(run.Evaluation) *run.Measure) {
		s := figure.Series{Label: label}
		for _, m := range v.Metrics {
			if part := measure(m); part != nil {
				s.Points = append(s.Points, figure.Point{X: float64(m.Step), Y: of(*part)})
			}
		}
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	add("train", func(m run.Evaluation) *run.Measure { return &m.Train })
	add("test", func(m run.Evaluation) *run.Measure { return &m.Test })
	add("validation", func(m run.Evaluation) *run.Measure { return m.Validation })
	return c
}
