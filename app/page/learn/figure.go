package learn

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/ui/markup"
	"unpool/app/ui/prediction"
)

// figure is one with what the reader has done to it.
type figure interface {
	begin() // asks for what it shows, each time that its step is shown
	render() app.UI
}

func newFigure(p *Page, id string, of *chapter.Figure) figure {
	switch of.Kind {
	case "example":
		return newExample(p.Shell, id, of)
	case "softmax":
		return newSoftmax(p.Shell, id, of)
	case "layer":
		return &layer{page: p, id: id}
	case "descent":
		return newDescent(p.Shell, id, of)
	case "curve":
		return newCurve(p.Shell, id, of)
	case "reading":
		return newReading(p, id, of)
	case "nets":
		return nets{p, of.Words}
	case "draw":
		return &draw{page: p, id: id}
	case "answer":
		return answer{p, id}
	case "source":
		return &source{shell: p.Shell, id: id, file: of.Words[0], name: of.Words[1]}
	}
	return table{p}
}

// panel is a figure with its title.
func panel(id, title string, parts ...app.UI) app.UI {
	var m markup.Markup
	m.Add("<h2>%s</h2>", title)
	return app.Elem("section").ID(id).Class("panel", "lesson").Aria("label", title).Body(append([]app.UI{m.Element()}, parts...)...)
}

// knob is the number that the reader changes, and the question before its result is shown.
type knob struct {
	id      string
	of      *chapter.Figure
	value   float64
	guess   int    // the choice that the reader took; -1 before
	changed func() // the number is another
}

func newKnob(id string, of *chapter.Figure, changed func()) knob {
	return knob{id: id, of: of, value: of.Number.First, guess: -1, changed: changed}
}

// hides reports whether the result waits for the reader's prediction.
func (k *knob) hides() bool { return k.of.Question != "" && k.guess < 0 }

// slider changes the number.
func (k *knob) slider() app.UI {
	n := k.of.Number
	return app.Div().Class("knob").Body(
		app.Label().For(k.id+"-number").DataSet("part", "n").Body(app.Text(n.Label+" "), app.Span().Class("knob-value").Text(signed(k.value))),
		app.Input().ID(k.id+"-number").Type("range").Attr("min", n.Least).Attr("max", n.Most).Attr("step", n.Step).
			Attr("value", k.value).Disabled(k.hides()).
			OnInput(func(_ app.Context, e app.Event) {
				v, err := strconv.ParseFloat(e.Get("target").Get("value").String(), 64)
				if err == nil && v != k.value {
					k.value = v
					k.changed()
				}
			}, app.EventScope(k.id)),
	)
}

// prediction asks the reader what will come out, and after that says what is right.
func (k *knob) prediction() app.UI {
	if k.of.Question == "" {
		return app.Div().Hidden(true)
	}
	return prediction.Ask(prediction.Question{ID: k.id, Text: k.of.Question, Choices: k.of.Choices, Right: k.of.Right, Because: k.of.Because, Guess: k.guess},
		func(ctx app.Context, choice int) {
			k.guess = choice
			ctx.Defer(func(app.Context) { shell.Focus(k.id + "-number") }) // the button pressed is redrawn
		})
}

// signed writes a number with a proper minus sign and few digits.
func signed(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if len(strings.TrimPrefix(text, "-")) > 5 { // 0.99951 is 1, as far as a figure goes
		text = strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return strings.Replace(text, "-", "\u2212", 1)
}
