package look

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/figure"
	"unpool/app/ui/filters"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/svg"
)

// origins shows which pixels the activation comes from, and what moves its map.
type origins struct {
	*unit
	dark bool
}

// render shows which pixels the activation comes from, by all methods.
func (o origins) render() app.UI {
	parts := []app.UI{app.H2().ID("unit-title").Class("large-title").Text("Which pixels contribute")}
	switch p := o.projections.answer; {
	case p == nil && o.projections.cancel != nil:
		parts = append(parts, app.P().Class("under").Role("status").Text("Computing the projections: "+progress(o.projections.progress)+"."))
	case p == nil:
		parts = append(parts, problem(o.projections.failed))
	case o.nothingBack():
		where := "The map is nowhere above zero for this image, so there is nothing to project. Choose another map or image."
		if o.at != nil {
			where = "The value is not above zero there, so there is nothing to project. Choose another position, map or image."
		}
		parts = append(parts, app.P().Class("says").Text(where))
	default:
		parts = append(parts, app.P().Class("says").Text(o.words(p.Unit)), app.P().Class("under").Text(
			"Blue pixels lower the activation, orange ones raise it; each picture has its own scale. Biases and the shifts of batch normalisation are left out; "+
				"its factors count as part of the filters. Below each picture is the same for the net before training, with random weights: what both show "+
				"comes from the net’s architecture, not from what it has learnt (Adebayo, 2018)."))
		panels := slices.Concat(o.by(&o.projections, protocol.LookProject), o.by(&o.others, protocol.LookOthers), o.by(&o.integrated, protocol.LookIntegrate))
		parts = append(parts, app.Div().Class("methods").Body(panels...))
	}
	return app.Div().Body(app.Elem("section").ID("unit").Aria("labelledby", "unit-title").Body(parts...), o.found())
}

// method shows a projection, and the untrained net's.
func (o origins) method(question string, m *protocol.Projection) app.UI {
	random := "The same before training."
	if m.Untrained.Scale == 0 {
		random = "Before training there is nothing to project: the activation there is not above zero."
	}
	return app.Div().Class("method").Body(
		o.projection("method-"+m.Method, m.Name, m.Says, question, m.Method, &m.Trained, 168),
		o.projection("untrained-"+m.Method, m.Name+", random weights", random, question, protocol.Untrained+m.Method, &m.Untrained, 84),
	)
}

// by are the projections that answer a question of a kind, or how far that is.
func (o origins) by(q *question[protocol.Projections], kind string) (panels []app.UI) {
	switch {
	case q.answer != nil:
		for i := range q.answer.Methods {
			panels = append(panels, o.method(kind, &q.answer.Methods[i]))
		}
	case q.cancel != nil:
		panels = []app.UI{app.P().Class("under").Role("status").Text("Computing more projections: " + progress(q.progress) + ".")}
	default:
		panels = []app.UI{problem(q.failed)}
	}
	return panels
}

// nothingBack reports whether no method finds a pixel.
func (o origins) nothingBack() bool {
	for _, q := range []*question[protocol.Projections]{&o.projections, &o.others} {
		if q.answer == nil || slices.ContainsFunc(q.answer.Methods, func(m protocol.Projection) bool { return m.Trained.Scale != 0 }) {
			return false
		}
	}
	return true
}

func (o origins) projection(id, title, says, question, picture string, w *run.Weights, room int) app.UI {
	return &filters.Filters{
		ID: id, Title: title, Weights: w, Dark: o.dark, Noun: "projection", Says: says, Width: room, Height: room,
		File:    o.subject.file(fmt.Sprintf("%s-map%d-%s", o.layer, o.of+1, picture)),
		Numbers: o.subject.numbers(question, o.about(o.at), picture),
	}
}

// words say which activation it is.
func (o origins) words(at protocol.Unit) string {
	value, sees := signed(at.Value), sees(at.Patch, o.scene.maps().Image)
	place := fmt.Sprintf("in row %d and column %d", at.Row+1, at.Column+1)
	if l := o.picture(); l.Count == 1 {
		if l.Height == 1 {
			return fmt.Sprintf("For this image, output %d of %s is %s. It sees %s.", o.of+1, o.layer, value, sees)
		}
		place = fmt.Sprintf("at step %d", at.Row+1)
	}
	if o.at == nil {
		return fmt.Sprintf("For this image the map reaches its maximum, %s, %s. There it sees %s.", value, place, sees)
	}
	return fmt.Sprintf("%s the map is %s. There it sees %s.", strings.ToUpper(place[:1])+place[1:], value, sees)
}

// found are the images in which the map is strongest.
func (o origins) found() app.UI {
	body := []app.UI{
		app.H2().ID("found-title").Class("large-title").Text("Images that activate this map most"),
		app.Div().Class("unit-menu").Body(
			o.among.menu("strongest-among", o.scene.maps(), func(s search) {
				o.strongest.close()
				o.among = s
				o.chosen()
			}),
			app.If(o.strongest.answer == nil, func() app.UI {
				return o.strongest.offer("strongest", "Find the nine", "Searching", func() { o.strongest.ask(protocol.LookStrongest, o.searched()) }, o.among)
			}),
		),
	}
	if s := o.strongest.answer; s != nil {
		body = append(body,
			app.P().Class("under").Text(fmt.Sprintf(
				"The nine of %s %s that activate the map most, strongest first. Each shows the patch that the activation sees beside the pixels that contribute to it (%s), "+
					"blue below zero and orange above, each picture on its own scale. A map with random weights also has images that activate it most. What those have in common was not learnt.",
				number.Int(s.Among), images(s.Training), s.Name)),
			app.Div().Class("nines").Body(
				o.nine(foundTrained, "After training step "+number.Int(o.subject.step()), fmt.Sprintf("Images that activate map %d of %s most", o.of+1, o.layer), s, &s.Trained),
				o.nine(foundUntrained, "Before training, with random weights", fmt.Sprintf("Images that activate map %d of %s most before training", o.of+1, o.layer), s, &s.Untrained),
			),
		)
	}
	return app.Elem("section").Aria("labelledby", "found-title").Body(body...)
}

// Of the images in which a map is strongest.
const (
	foundTrained   = "strongest-found"
	foundUntrained = "untrained-found"
)

// nine are images with their projections.
func (o origins) nine(id, heading, title string, s *protocol.Strongest, f *protocol.Found) app.UI {
	var cells []app.UI
	classes := o.scene.maps().Classes
	for i, p := range f.Images {
		one := ninth(f, i)
		cells = append(cells, app.Div().Class("pair").Body(
			app.Span().Class("seen").Body(picture(p, 84, fmt.Sprintf("image %d of the %s, %s", p.Number, images(s.Training), classes[p.Class])), patch(f.Units[i], p)),
			app.Img().Class("crisp").Src(filters.DataURL(&one, filters.Layout(&one, 84, 84), filters.ColorsOf(o.dark))).Width(84).Height(84).
				Alt("which of its pixels contribute to the map, blue below zero, orange above"),
			app.P().Class("under").Text(classes[p.Class]+", "+number.Significant(float64(f.Units[i].Value), 3)),
			app.P().Class("under").Text("pixels "+upTo(one.Scale)),
		))
	}
	picture := s.Method
	if id != foundTrained {
		picture = protocol.Untrained + s.Method
	}
	return app.Div().Body(
		app.Elem("h3").Text(heading),
		app.Div().ID(id).Class("pairs").Body(cells...),
		&figure.Save{
			Title: title, File: o.subject.file(fmt.Sprintf("%s-map%d-strongest-%s", o.layer, o.of+1, picture)),
			Numbers: o.subject.numbers(protocol.LookStrongest, o.searched(), picture),
			Figure:  func() (string, error) { return strongestFigure(f, classes, title) },
		},
	)
}

// strongestFigure is images with their projections as a document. It blocks.
func strongestFigure(f *protocol.Found, classes []string, title string) (string, error) {
	const side, room, rise = 84, 196, 84 + 44 // of an image, and for a pair with what it is
	d := svg.Document{Width: 3 * room, Height: 3 * rise, Title: title,
		Says: "Each image beside the pixels that contribute to the activation, each on its own scale: blue lowers it, orange raises it."}
	for i, p := range f.Images {
		x, y := i%3*room, i/3*rise
		one := ninth(f, i)
		for j, address := range []string{
			bitmap.Pixels(p.Height, p.Width, p.Channels, p.Pixels), filters.DataURL(&one, filters.Layout(&one, side, side), filters.Light),
		} {
			png, err := web.PNGOf(address)
			if err != nil {
				return "", err
			}
			d.Image(x+j*(side+4), y, side, side, png)
		}
		d.Text(x, y+side+16, classes[p.Class]+", "+number.Significant(float64(f.Units[i].Value), 3))
		d.Text(x, y+side+32, "pixels "+upTo(one.Scale))
	}
	return d.String(), nil
}

// ninth is the projection of one of the images.
func ninth(f *protocol.Found, i int) run.Weights {
	one := f.Projections
	size := one.Height * one.Width * one.Channels
	one.Count, one.Channels, one.Scale, one.Pixels = 1, 1, f.Scales[i], flat(f.Projections.Pixels[i*size:(i+1)*size], f.Projections.Channels)
	return one
}

// upTo says which numbers the strongest colours stand for.
func upTo(scale float64) string { return "up to ±" + number.Significant(scale, 3) }

// flat is the mean over channels: in small, colours and signs together say nothing.
func flat(pixels run.Int8s, channels int) run.Int8s {
	if channels == 1 {
		return pixels
	}
	mean := make(run.Int8s, len(pixels)/channels)
	for i := range mean {
		sum := 0
		for _, v := range pixels[i*channels : (i+1)*channels] {
			sum += int(v)
		}
		mean[i] = int8(sum / channels)
	}
	return mean
}
