package train

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/bitmap"
	"unpool/app/ui/examples"
	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models/net"
)

// states are how the recurrent net of the run on show reads one of the test images: those of its units after each row or column, at each evaluation.
type states struct {
	trainer *client.Trainer
	visible func() bool

	image  int          // among the examples
	asking bool         // an answer is awaited
	shown  int          // the one that the latest are about
	latest *run.Weights // nil before the first answer
}

// hear follows the run's events.
func (s *states) hear(e run.Event) {
	switch e.(type) {
	case *run.Start:
		s.latest = nil
	case *run.Answers:
		s.ask()
	}
}

// ask asks about the image. An evaluation that comes before the answer is skipped.
func (s *states) ask() {
	v := &s.trainer.View
	if v.Start == nil || !v.Start.Recipe.Recurrent() || v.Answers == nil || s.trainer.There.Is() || s.asking || !s.visible() {
		return
	}
	start, of := v.Start, s.image
	s.asking = true
	client.Predict(s.trainer, protocol.Predict{Images: s.pixels(of), States: true}, func(p *protocol.Prediction, _ *protocol.Error) {
		s.asking = false
		if p == nil || p.States == nil || s.trainer.View.Start != start {
			return // another run has begun
		}
		if s.latest, s.shown = p.States, of; of != s.image {
			s.ask()
		}
	})
}

// none says when there will be states, or why there are none.
func (s *states) none() app.UI {
	says := "How the net reads one of the test images appears here at the first evaluation, and changes while the net learns."
	switch {
	case s.trainer.There.Is():
		says = "How a net reads an image is shown here while it trains in this tab. For this one, see Look inside after the run."
	case s.trainer.View.Phase.Over():
		says = "How the net reads an image is shown here while it trains. Resume the run to see it, or look inside."
	}
	return app.Elem("section").ID("reading").Class("panel", "filters").Aria("labelledby", "reading-title").Body(
		app.Div().Class("panel-head").Body(app.H2().ID("reading-title").Text("Hidden state")),
		app.P().Class("caption").Text(says),
	)
}

// pixels are those of one of the examples.
func (s *states) pixels(i int) []byte {
	a := s.trainer.View.Answers
	size := len(a.Pixels) / len(a.Labels)
	return a.Pixels[i*size : (i+1)*size]
}

// render shows the image beside the states, row by row. Where a net has no states, it shows the first layer's weights; those of a recurrent
// layer look like noise.
func (s *states) render(r recipe.Recipe, dark bool) app.UI {
	v, w := &s.trainer.View, s.latest
	a := v.Answers
	if w == nil || a == nil {
		if n, err := net.Parse(r.Net); err == nil && n.Recurrent() && !n.Convolutional() {
			return s.none()
		}
		return &filters.Filters{ID: "weights", Weights: v.Weights, Dark: dark, Sortable: true, Height: 290}
	}
	name := examples.Name(classesOf(v), a.Labels[s.shown])
	says := fmt.Sprintf("While it reads this image of %s: each row is the state of its %s units after one more step, from the top down. After step %s of training.",
		name, number.Int(w.Width), number.Int(w.Step))
	grid := filters.Layout(w, w.Width, w.Height)
	return app.Elem("section").ID("reading").Class("panel", "filters").Aria("labelledby", "reading-title").Body(
		app.Div().Class("panel-head").Body(
			app.H2().ID("reading-title").Text("Hidden state"),
			app.Button().ID("reading-next").Type("button").Class("quiet").OnClick(func(app.Context, app.Event) {
				s.image = (s.image + 1) % len(a.Labels)
				s.ask()
			}).Text("Next image"),
		),
		app.P().Class("caption").Text(says),
		app.Div().Class("reading-pair").Body(
			app.Img().Src(bitmap.Pixels(a.Height, a.Width, a.Channels, s.pixels(s.shown))).Alt("The image of "+name),
			app.Img().Src(filters.DataURL(w, grid, filters.ColorsOf(dark))).
				Alt(fmt.Sprintf("%d steps of %d units, blue below zero, orange above", w.Height, w.Width)),
		),
		filters.Scale(-w.Scale, w.Scale),
	)
}
