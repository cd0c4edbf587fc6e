package look

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
	"unpool/core/protocol"
)

// mistakes are the test images that the net classifies most wrongly, to choose from.
type mistakes struct {
	question[protocol.Mistakes]
	choose func(protocol.TestImage)
	open   bool
}

// classified is how many test images are gone through.
const classified = 10000

func (m *mistakes) button() app.UI {
	return app.Button().ID("mistakes").Type("button").Class("quiet", "disclosure").Aria("expanded", m.open).Aria("controls", "mistakes-found").
		OnClick(func(app.Context, app.Event) {
			if m.open = !m.open; m.open && m.answer == nil {
				m.ask(protocol.LookMistakes, protocol.Among{Among: classified})
			}
		}).Text("Worst mistakes")
}

func (m *mistakes) render(maps *protocol.Maps) app.UI {
	return app.Div().ID("mistakes-found").Class("mistakes").Hidden(!m.open).Body(app.If(m.open, func() app.UI {
		a := m.answer
		if a == nil {
			return m.offer("mistakes-again", "Classify the test images", "Classifying", func() {
				m.ask(protocol.LookMistakes, protocol.Among{Among: classified})
			})
		}
		says := fmt.Sprintf("%s of %s test images are classified wrongly. These are the worst: the net gives their true class the lowest probability. Below each are the probabilities of its true class and of the net’s answer. Press one to look at it.",
			number.Int(a.Wrong), number.Int(a.Among))
		if a.Wrong == 0 {
			says = fmt.Sprintf("All of %s test images are classified correctly.", number.Int(a.Among))
		}
		var all []app.UI
		for _, one := range a.Worst {
			is, taken := maps.Classes[one.Image.Class], maps.Classes[one.Answer]
			all = append(all, app.Elem("li").Body(
				app.Button().Type("button").Class("mistake").OnClick(func(app.Context, app.Event) {
					m.choose(protocol.TestImage{Image: one.Image.Number})
				}, app.EventScope(one.Image.Number)).Body(
					picture(one.Image, 56, fmt.Sprintf("test image %d", one.Image.Number)),
					app.Span().Text(is+" → "+taken).Aria("label", is+", classified as "+taken),
					app.Span().Class("under").Text(is+" "+number.Share(float64(one.True))+", "+taken+" "+number.Share(float64(one.Probability))),
				),
			))
		}
		return app.Div().Body(app.P().Class("under").Role("status").Text(says), app.Elem("ul").Class("mistakes-list").Body(all...))
	}))
}
