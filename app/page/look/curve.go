package look

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/chart"
	"unpool/app/ui/curves"
	"unpool/core/run"
	"unpool/models"
)

// curve is the accuracy of the run that is looked into. Its crosshair is the slider of the steps.
type curve struct {
	view  *run.View // nil until it is read
	drawn int       // evaluations
	spec  chart.Spec
	group chart.Group
}

// curveHeight is that of the plot, in pixels: it is there to choose by.
const curveHeight = 132

// take draws a run.
func (c *curve) take(v *run.View) {
	r, ok := v.Recipe()
	if !ok || len(v.Metrics) == 0 {
		return
	}
	c.drawn = len(v.Metrics)
	c.view, c.spec = v, curves.Accuracy(models.Describe(r), v, float64(r.Steps))
}

// grow draws a run under way when it has come further.
func (c *curve) grow(v *run.View) {
	if len(v.Metrics) != c.drawn {
		c.take(v)
	}
}

// follow puts the crosshair at the step that is looked at.
func (c *curve) follow(s *subject) {
	c.group.Stops = nil
	for _, step := range s.steps {
		c.group.Stops = append(c.group.Stops, float64(step))
	}
	c.group.Stopped = func(at float64) { s.goTo(slices.Index(s.steps, int(at))) }
	c.group.Stop(float64(s.step()))
}

func (c *curve) render() app.UI {
	return app.Div().Class("subject-curve").Body(app.If(c.view != nil, func() app.UI {
		return &chart.Chart{ID: "look-curve", Title: "Accuracy: the crosshair chooses the step", Spec: c.spec, Height: curveHeight, Group: &c.group}
	}))
}
