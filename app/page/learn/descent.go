package learn

import (
	"fmt"
	"math"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/markup"
	"unpool/core/number"
	"unpool/core/protocol"
)

// descent shows how training methods get on with the same problem. The number that the reader changes is the learning rate, as a power of ten.
type descent struct {
	knob
	question
	shell *shell.Shell

	answer *protocol.Descents
	rate   float64 // that the answer is about
}

func newDescent(s *shell.Shell, id string, of *chapter.Figure) *descent {
	f := &descent{shell: s}
	f.knob = newKnob(id, of, f.begin)
	return f
}

// begin asks for the losses.
func (f *descent) begin() {
	with, err := f.of.Descent.With(f.value)
	if err != nil {
		app.Log(f.id + ": " + err.Error()) // a test reads all chapters
		return
	}
	ask(&f.question, f.shell, protocol.AskDescent, with, func(a *protocol.Descents) { f.answer, f.rate = a, with.Rate })
}

// ways are the methods as the figure names and draws them, in the order of chapter.Optimizers.
var ways = []struct {
	name string
	look chart.Look
}{
	{"Gradient descent", chart.Look{Ink: chart.Blue, Marker: chart.Circle}},
	{"Adam", chart.Look{Ink: chart.Vermilion, Dash: chart.Dashed, Marker: chart.Square}},
}

func (f *descent) render() app.UI {
	parts := []app.UI{f.prediction(), f.slider(), f.state(f.answer != nil)}
	if f.answer == nil || f.hides() {
		return panel(f.id, f.of.Title, parts...)
	}
	spec := chart.Spec{Y: "loss, in nats", Unit: chart.Nats, View: chart.View{Log: true}}
	says := "Learning rate " + strconv.FormatFloat(f.rate, 'g', 2, 64) + "."
	for i, losses := range f.answer.Losses {
		s := chart.Series{Name: ways[i].name, Look: ways[i].look}
		for step, loss := range losses {
			s.Points = append(s.Points, chart.Point{Place: chart.Place{Step: float64(step)}, Y: math.Max(loss, leastLoss)})
		}
		spec.Series = append(spec.Series, s)
		last := len(losses) - 1
		says += fmt.Sprintf(" %s: the loss is %s at first and %s after %d steps.", ways[i].name, number.Loss(losses[0]), number.Loss(losses[last]), last)
	}
	var m markup.Markup
	m.Add(`<p id="%s-value" class="sum-text" data-part="L" role="status">%s</p>`, f.id, says)
	return panel(f.id, f.of.Title, append(parts,
		&chart.Chart{ID: f.id + "-chart", Title: "The loss after each step", Spec: spec, Height: 240}, m.Element())...)
}

// leastLoss is the smallest that is drawn, as the axis is logarithmic.
const leastLoss = 1e-4
