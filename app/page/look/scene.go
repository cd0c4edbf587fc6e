package look

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/bitmap"
	"unpool/app/ui/filters"
	"unpool/app/ui/pad"
	"unpool/core/number"
	"unpool/core/protocol"
)

// scene is a test image and what the layers of the net give for it.
type scene struct {
	subject *subject
	shown   func() // the layers have come

	image protocol.TestImage // that is asked for
	maps  *protocol.Maps     // the latest; nil before the first

	asking   bool // an answer is awaited
	again    bool // by then another one is wanted
	progress protocol.Progress
	failed   *protocol.Error
	drawing  bool // the pad is open
}

// ask asks for the layers of what is to be seen now. While an answer is awaited the next question waits: a slider asks for more
// than can be answered, and only where it stops matters.
func (s *scene) ask() {
	if s.asking {
		s.again = true
		return
	}
	s.asking, s.failed, s.progress = true, nil, protocol.Progress{}
	client.Look(s.subject.shell.Trainer, protocol.LookMaps, s.subject.of(), s.image,
		func(p protocol.Progress) { s.progress = p },
		func(m *protocol.Maps, failed *protocol.Error) {
			s.asking = false
			if failed == nil {
				s.maps = m
			}
			switch {
			case s.again: // what is wanted now is something else
				s.again = false
				s.ask()
			case failed != nil:
				s.failed = failed
			default:
				if m.Image.Number >= 0 {
					s.image = protocol.TestImage{Image: m.Image.Number, Class: s.image.Class}
				}
				s.shown()
			}
		})
}

// look asks for another image.
func (s *scene) look(t protocol.TestImage) {
	s.image = t
	s.subject.changed(false)
}

func (s *scene) render(dark bool) app.UI {
	m := s.maps
	return app.Section().Class("scene").Aria("labelledby", "scene-title").Body(
		app.H2().ID("scene-title").Class("unseen").Text("The image"),
		app.Div().Class("scene-image").Body(
			picture(m.Image, 196, s.caption()),
			app.P().Class("under").Text(s.caption()),
			s.buttons(),
			s.pad(),
		),
		s.answer(),
		&filters.Filters{ID: "look-first", Title: "Weights of " + m.First.Layer, Weights: &m.First, Dark: dark},
	)
}

// caption says which image it is.
func (s *scene) caption() string {
	m := s.maps
	if m.Image.Number < 0 {
		return "Your drawing, as the net sees it"
	}
	return "Test image " + number.Int(m.Image.Number) + " of " + number.Int(m.Images) + ": " + m.Classes[m.Image.Class]
}

// pad is where a digit can be drawn, for nets that read such images.
func (s *scene) pad() app.UI {
	if p := s.maps.Image; p.Height != pad.Side || p.Width != pad.Side || p.Channels != 1 {
		return app.Div().Hidden(true)
	}
	return app.Div().Class("draw").Body(
		app.Button().ID("draw").Type("button").Class("quiet", "disclosure").Aria("expanded", s.drawing).Aria("controls", "draw-area").
			OnClick(func(app.Context, app.Event) { s.drawing = !s.drawing }).Text("Draw a digit"),
		app.Div().ID("draw-area").Hidden(!s.drawing).Body(app.If(s.drawing, func() app.UI {
			return &pad.Pad{ID: "pad", Drawn: func(digit []byte) {
				s.subject.shell.Dispatch(func(app.Context) {
					s.look(protocol.TestImage{Own: digit, Image: max(0, s.image.Image), Class: s.image.Class})
				})
			}}
		})),
	)
}

// buttons lead to other images.
func (s *scene) buttons() app.UI {
	number := max(0, s.image.Image)
	step := func(id, label string, by int) app.UI {
		return app.Button().ID(id).Type("button").OnClick(func(app.Context, app.Event) {
			s.look(protocol.TestImage{Image: number, By: by, Class: s.image.Class})
		}, app.EventScope(number, by)).Text(label)
	}
	any := s.image.Class == nil
	options := []app.UI{app.Option().Value("").Selected(any).Text("any class")}
	for i, c := range s.maps.Classes {
		options = append(options, app.Option().Value(strconv.Itoa(i)).Selected(!any && *s.image.Class == i).Text(c))
	}
	return app.Div().Class("scene-buttons").Body(
		step("image-before", "Previous", -1), step("image-next", "Next", 1),
		app.Select().ID("image-class").Aria("label", "Class of the image").OnChange(func(_ app.Context, e app.Event) {
			t := protocol.TestImage{Image: number}
			if class, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil {
				t.Class = &class
			}
			s.look(t)
		}, app.EventScope(number)).Body(options...),
	)
}

// answer is what the net takes the image for.
func (s *scene) answer() app.UI {
	m := s.maps
	order := make([]int, len(m.Classes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.Probabilities[b], m.Probabilities[a]) })
	best := order[0]
	says := "Classified correctly, as " + m.Classes[best]
	switch m.Image.Class {
	case best:
	case -1:
		says = "Classified as " + m.Classes[best]
	default:
		says = "Classified wrongly, as " + m.Classes[best] + " and not " + m.Classes[m.Image.Class]
	}
	says += ", with a probability of " + number.Percent(float64(m.Probabilities[best])) + number.Thin + "%."
	var rows []app.UI
	for _, c := range order[:min(5, len(order))] {
		share := float64(m.Probabilities[c])
		rows = append(rows, app.Tr().Body(
			app.Th().Scope("row").Text(m.Classes[c]),
			app.Td().Class("share").Body(app.Span().Class("bar").Style("width", strconv.FormatFloat(100*share, 'f', 1, 64)+"%")),
			app.Td().Text(number.Percent(share)+number.Thin+"%"),
		))
	}
	return app.Div().Class("answer").Body(
		app.P().ID("look-answer").Class("says").Role("status").Text(says),
		app.Table().Class("shares").Aria("label", "The most probable classes").Body(app.TBody().Body(rows...)),
	)
}

// picture is a test image with crisp pixels, about so many screen pixels wide.
func picture(p protocol.Picture, width int, text string) app.UI {
	scale := max(1, width/p.Width)
	return app.Img().Class("crisp").Src(bitmap.Pixels(p.Height, p.Width, p.Channels, p.Pixels)).Alt(text).
		Width(p.Width * scale).Height(p.Height * scale)
}
