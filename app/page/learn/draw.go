package learn

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/pad"
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
	step := func(id, text string, by int) app.UI {
		return app.Button().ID(f.id+id).Type("button").OnClick(func(app.Context, app.Event) {
			now := f.page.scene
			now.show(protocol.TestImage{Image: now.image.Image, By: by})
		}, app.EventScope(f.id)).Text(text)
	}
	return app.Section().ID(f.id).Class("panel", "lesson").Aria("label", "The digit").Body(
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
				f.page.answers(),
			),
		),
	)
}

// answer is what the net answers for the digit.
type answer struct{ page *Page }

func (answer) begin() {}

func (f answer) render() app.UI {
	return app.Section().Class("panel", "lesson").Aria("label", "The answer").Body(f.page.answers())
}

// answers are the probabilities of the classes.
func (p *Page) answers() app.UI {
	m := p.scene.answer
	if m == nil {
		return app.Text("")
	}
	best := 0
	for i, v := range m.Probabilities {
		if v > m.Probabilities[best] {
			best = i
		}
	}
	says := fmt.Sprintf("The net answers %s, with probability %s", m.Classes[best], percent(float64(m.Probabilities[best])))
	switch {
	case m.Image.Class == best:
		says += ", and is right."
	case m.Image.Class >= 0:
		says += fmt.Sprintf(". It is a %s.", m.Classes[m.Image.Class])
	default:
		says += "."
	}
	var t markup
	t.add(`<table class="shares" data-part="p"><tbody>`)
	for i, v := range m.Probabilities {
		t.add(`<tr><th scope="row">%s</th><td class="share"><span class="bar" aria-hidden="true" style="width: %.1f%%"></span></td><td>%s</td></tr>`,
			m.Classes[i], 100*v, percent(float64(v)))
	}
	t.add("</tbody></table>")
	return app.Div().Class("answers").Body(app.P().ID("learn-answer").Class("says").Role("status").Text(says), t.element())
}
