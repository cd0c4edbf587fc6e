package look

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/examples"
	"unpool/app/ui/pad"
	"unpool/core/number"
	"unpool/core/protocol"
)

// scene is an image and what the layers of the net give for it.
type scene struct {
	subject *subject
	layers  question[protocol.Maps]
	scales  scales // that the layers are drawn on

	image   picker
	picture ownPicture
	drawing bool // the pad is open
}

func newScene(s *subject, imaged, shown func()) *scene {
	c := &scene{subject: s, image: picker{id: "image", changed: imaged}}
	c.scales = scales{question: question[protocol.Scales]{subject: s}, scene: c}
	c.layers = question[protocol.Maps]{subject: s, answered: func() {
		c.scales.drawn = nil
		c.image.found(c.layers.answer.Image)
		shown()
	}}
	c.picture = ownPicture{shell: s.shell, take: c.image.own}
	return c
}

// maps are the latest; nil before the first.
func (s *scene) maps() *protocol.Maps { return s.layers.answer }

// ask asks for the layers of what is to be seen now.
func (s *scene) ask() { s.layers.follow(protocol.LookMaps, s.image.want) }

func (s *scene) render() app.UI {
	m := s.maps()
	return app.Elem("section").Class("scene").Aria("labelledby", "scene-title").Body(
		app.H2().ID("scene-title").Class("unseen").Text("The image"),
		picture(m.Image, 168, caption(m)),
		app.Div().Class("scene-image").Body(
			app.P().Class("caption").Text(caption(m)),
			app.Div().Class("scene-buttons").Body(s.image.render(m.Classes)...),
			app.Div().Class("scene-buttons").Body(s.others()...),
		),
		answer("look-answer", m),
		s.draw(),
	)
}

// others are other ways to an image.
func (s *scene) others() []app.UI {
	return []app.UI{
		s.picture.render(s.maps()),
		app.Button().ID("draw").Type("button").Class("quiet", "disclosure").Hidden(!digits(s.maps())).
			Aria("expanded", s.drawing).Aria("controls", "draw-area").
			OnClick(func(app.Context, app.Event) { s.drawing = !s.drawing }).Text("Draw a digit"),
	}
}

// digits reports whether the net reads images such as the pad makes: MNIST's, and not others of their size.
func digits(m *protocol.Maps) bool {
	p := m.Image
	return p.Height == pad.Side && p.Width == pad.Side && p.Channels == 1 && strings.Join(m.Classes, "") == "0123456789"
}

// draw is where a digit can be drawn.
func (s *scene) draw() app.UI {
	open := s.drawing && digits(s.maps())
	return app.Div().ID("draw-area").Hidden(!open).Body(app.If(open, func() app.UI {
		return &pad.Pad{ID: "pad", Drawn: func(digit []byte) {
			s.subject.shell.Dispatch(func(app.Context) { s.image.own(digit) })
		}}
	}))
}

// own asks for a picture again: a test image by its number, one of the user's own by its pixels.
func own(p protocol.Picture) protocol.TestImage {
	if p.Number < 0 {
		return protocol.TestImage{Own: p.Pixels}
	}
	return protocol.TestImage{Image: p.Number}
}

// caption says which image it is.
func caption(m *protocol.Maps) string {
	if m.Image.Number < 0 {
		return "Your own picture, as the net sees it"
	}
	return "Test image " + number.Int(m.Image.Number) + " of " + number.Int(m.Images) + ": " + m.Classes[m.Image.Class]
}

// answer is what a net takes an image for.
func answer(id string, m *protocol.Maps) app.UI {
	best, table := examples.Chances(m.Classes, m.Probabilities)
	says := "Classified correctly, as " + m.Classes[best]
	switch m.Image.Class {
	case best:
	case -1:
		says = "Classified as " + m.Classes[best]
	default:
		says = "Classified wrongly, as " + m.Classes[best] + " and not " + m.Classes[m.Image.Class]
	}
	says += ", with a probability of " + number.Share(float64(m.Probabilities[best])) + "."
	return app.Div().Class("answer").Body(
		app.P().ID(id).Class("says").Role("status").Text(says),
		table,
	)
}

// picture is a test image with crisp pixels, about so many screen pixels wide.
func picture(p protocol.Picture, width int, text string) app.HTMLImg {
	scale := max(1, width/p.Width)
	return app.Img().Class("crisp").Src(bitmap.Pixels(p.Height, p.Width, p.Channels, p.Pixels)).Alt(text).
		Width(p.Width * scale).Height(p.Height * scale)
}
