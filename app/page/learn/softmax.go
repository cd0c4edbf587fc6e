package learn

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/core/number"
	"unpool/core/protocol"
)

// softmax shows what logits come to: probabilities, the loss, and its gradient.
type softmax struct {
	knob
	question[protocol.Loss]
	shell *shell.Shell

	asked, have protocol.Logits
}

func newSoftmax(s *shell.Shell, id string, of *chapter.Figure) *softmax {
	f := &softmax{shell: s}
	f.knob = newKnob(id, of, f.begin)
	f.answered = func() { f.have = f.asked }
	return f
}

// begin asks for the loss.
func (f *softmax) begin() {
	with, err := f.of.Softmax.With(f.value)
	if err != nil {
		app.Log(f.id + ": " + err.Error()) // a test reads all chapters
		return
	}
	f.ask(func(progress func(protocol.Progress), done func(*protocol.Loss, *protocol.Error)) func() {
		f.asked = with
		return client.Ask(f.shell.Trainer, protocol.AskLoss, with, progress, done)
	})
}

func (f *softmax) render() app.UI {
	return app.Section().ID(f.id).Class("panel", "figure").Aria("label", f.of.Title).Body(
		app.H2().Text(f.of.Title),
		f.prediction(),
		f.slider(),
		f.state(f.begin, f.id),
		app.If(f.answer != nil, f.table),
	)
}

// table has a row for each class.
func (f *softmax) table() app.UI {
	hidden := func(text string) string {
		if f.hides() {
			return "?"
		}
		return text
	}
	var rows []app.UI
	for i, class := range f.of.Softmax.Classes {
		name := class
		if i == f.have.Label {
			name += " (right)"
		}
		share := float64(f.answer.Probabilities[i])
		if f.hides() {
			share = 0
		}
		rows = append(rows, app.Tr().Body(
			app.Th().Scope("row").Text(name),
			app.Td().Class("number").DataSet("part", "z").Text(signed(float64(f.have.Logits[i]))),
			app.Td().Class("share").DataSet("part", "p").Body(
				app.Span().Class("bar").Style("width", fmt.Sprintf("%.1f%%", 100*share)).Aria("hidden", true),
				app.Text(hidden(number.Percent(float64(f.answer.Probabilities[i]))+number.Thin+"%")),
			),
			app.Td().Class("number").DataSet("part", "g").Text(hidden(signed(rounded(f.answer.Gradient[i])))),
		))
	}
	return app.Div().Body(
		app.Table().ID(f.id+"-table").Class("softmax").Body(
			app.THead().Body(app.Tr().Body(
				app.Th().Scope("col").Text("Class"), app.Th().Scope("col").Class("number").Text("Logit"), app.Th().Scope("col").Text("Probability"),
				app.Th().Scope("col").Class("number").Text("Gradient"),
			)),
			app.TBody().Body(rows...),
		),
		app.P().ID(f.id+"-value").Class("sum-text").DataSet("part", "L").Role("status").
			Text("Loss: "+hidden("−ln "+number.Significant(float64(f.answer.Probabilities[f.have.Label]), 3)+" = "+number.Loss(float64(f.answer.Loss))+" nats")),
	)
}

// rounded is a number to thousandths.
func rounded(x float32) float64 { return float64(int(x*1000+sign(x)*0.5)) / 1000 }

func sign(x float32) float32 {
	if x < 0 {
		return -1
	}
	return 1
}
