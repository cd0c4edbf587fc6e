package look

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/protocol"
)

// picker chooses a test image, of all classes or of one. What the trainer finds is told to it.
type picker struct {
	id      string // of its elements, in front
	changed func() // another image is wanted

	want    protocol.TestImage // what the trainer is asked for
	pending bool               // it has not answered yet
}

// look asks for another image.
func (p *picker) look(t protocol.TestImage) {
	p.want, p.pending = t, true
	p.changed()
}

// step asks for one of the next images, or of those before. Quick presses add up.
func (p *picker) step(by int) {
	if p.pending && p.want.Own == nil {
		by += p.want.By
	}
	p.look(protocol.TestImage{Image: p.at(), By: by, Class: p.want.Class})
}

// found takes up which image it is.
func (p *picker) found(image protocol.Picture) {
	p.pending = false
	if image.Number >= 0 {
		p.want = protocol.TestImage{Image: image.Number, Class: p.want.Class}
	}
}

// at is the number of the test image from which others are counted.
func (p *picker) at() int { return max(0, p.want.Image) }

// own asks for an image of the user's.
func (p *picker) own(pixels []byte) {
	p.look(protocol.TestImage{Own: pixels, Image: p.at(), Class: p.want.Class})
}

// render leads to other images of the data set.
func (p *picker) render(classes []string) []app.UI {
	at, chosen := p.at(), p.want.Class
	step := func(name, label string, by int) app.UI {
		return app.Button().ID(p.id + name).Type("button").OnClick(func(app.Context, app.Event) {
			p.step(by)
		}).Text(label)
	}
	options := []app.UI{web.Option("").Selected(chosen == nil).Text("any class")}
	for i, c := range classes {
		options = append(options, app.Option().Value(strconv.Itoa(i)).Selected(chosen != nil && *chosen == i).Text(c))
	}
	return []app.UI{
		step("-before", "Previous", -1), step("-next", "Next", 1),
		app.Select().ID(p.id+"-class").Aria("label", "Class of the image").OnChange(func(_ app.Context, e app.Event) {
			t := protocol.TestImage{Image: at}
			if class, err := strconv.Atoi(web.Chosen(e)); err == nil {
				t.Class = &class
			}
			p.look(t)
		}, app.EventScope(at)).Body(options...),
	}
}
