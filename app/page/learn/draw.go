package learn

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/pad"
	"unpool/core/number"
	"unpool/core/protocol"
)

func pixels(p protocol.Picture) string { return bitmap.Pixels(p.Height, p.Width, p.Channels, p.Pixels) }

// draw chooses the digit that goes through the net: one of the test images, or one that the reader draws.
type draw struct {
	page *Page
	id   string
}

func (f *draw) begin() {}

func (f *draw) render() app.UI {
	z := f.page.scene
	step := func(id, text string, by int) app.UI {
		return app.Button().ID(f.id+id).Type("button").OnClick(func(app.Context, app.Event) {
			now := f.page.scene
			now.show(protocol.TestImage{Image: now.image.Image, By: by})
		}, app.EventScope(f.id)).Text(text)
	}
	return app.Section().ID(f.id).Class("panel", "figure").Aria("label", "The digit").Body(
		app.H2().Text("The digit"),
		app.Div().Class("draw").Body(
			&pad.Pad{ID: f.id + "-pad", Drawn: func(digit []byte) {
				if digit != nil {
					now := f.page.scene
					now.show(protocol.TestImage{Own: digit, Image: now.image.Image})
				}
			}},
			app.Div().Class("draw-side").Body(
				app.P().Class("under").Text("Draw a digit, or take one of the test images."),
				app.P().Class("choices").Body(step("-before", "Previous image", -1), step("-next", "Next image", 1)),
				app.If(z.answer != nil, f.page.answers),
			),
		),
	)
}

// answer is what the net answers for the digit.
type answer struct{ page *Page }

func (f *answer) begin() {}

func (f *answer) render() app.UI {
	return app.Section().Class("panel", "figure").Aria("label", "The answer").Body(
		app.H2().Text("The answer"),
		app.If(f.page.scene.answer != nil, f.page.answers).Else(func() app.UI { return f.page.scene.state(f.page.scene.look, "answer") }),
	)
}

// answers are the probabilities of the classes.
func (p *Page) answers() app.UI {
	m := p.scene.answer
	best := 0
	for i, v := range m.Probabilities {
		if v > m.Probabilities[best] {
			best = i
		}
	}
	says := fmt.Sprintf("The net answers %s, with probability %s%s%%", m.Classes[best], number.Percent(float64(m.Probabilities[best])), number.Thin)
	switch {
	case m.Image.Class == best:
		says += ", and is right."
	case m.Image.Class >= 0:
		says += fmt.Sprintf(". It is a %s.", m.Classes[m.Image.Class])
	default:
		says += "."
	}
	var rows []app.UI
	for i, v := range m.Probabilities {
		rows = append(rows, share(m.Classes[i], float64(v)))
	}
	return app.Div().Class("answers").Body(
		app.P().ID("learn-answer").Class("says").Role("status").Text(says),
		app.Table().Class("shares").DataSet("part", "p").Body(app.TBody().Body(rows...)),
	)
}

// share is a class with its probability.
func share(class string, p float64) app.UI {
	return app.Tr().Body(
		app.Th().Scope("row").Text(class),
		app.Td().Class("share").Body(app.Span().Class("bar").Style("width", fmt.Sprintf("%.1f%%", 100*p)).Aria("hidden", true)),
		app.Td().Text(number.Percent(p)+number.Thin+"%"),
	)
}
