package look

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// among is how many test images are searched for the strongest.
const among = 1000

// unit is the activation that the user has chosen: where a map is strongest for the image.
type unit struct {
	subject *subject
	scene   *scene
	chosen  func() // another one is

	layer string // "" for none
	of    int    // the map

	projections question[protocol.Projections]
	strongest   question[protocol.Strongest]
}

// choose chooses a map of a layer.
func (u *unit) choose(layer string, m int) {
	u.close()
	u.layer, u.of = layer, m
	u.ask()
	u.chosen()
	u.subject.shell.AfterDrawing(func() { shell.Focus("unit") }) // it is below the layers
}

// close forgets what was worked out.
func (u *unit) close() {
	u.projections.close()
	u.strongest.close()
}

func (u *unit) marked(layer string) int {
	if layer != u.layer {
		return -1
	}
	return u.of
}

// about is what is asked about.
func (u *unit) about() protocol.TestUnit {
	about := protocol.TestUnit{Image: u.scene.maps.Image.Number, Layer: u.layer, Map: u.of, Among: among}
	if about.Image < 0 {
		about.Image, about.Own = 0, u.scene.maps.Image.Pixels
	}
	return about
}

// ask asks which pixels the activation comes from.
func (u *unit) ask() {
	if u.layer != "" {
		u.projections.ask(protocol.LookProject, u.about())
	}
}

// methods say what each projection is.
var methods = map[string]struct{ name, says string }{
	"deconv":         {"Deconvnet", "From the activation itself back through the net: what is negative is dropped at each ReLU (Zeiler and Fergus, 2013)."},
	"saliency":       {"Saliency", "How much the activation would grow with each pixel (Simonyan, 2013)."},
	"guided":         {"Guided backpropagation", "As saliency, but only what adds to the activation at each ReLU passes (Springenberg, 2014)."},
	"gradient-input": {"Gradient × input", "Saliency times the pixel (Shrikumar, 2016)."},
	"integrated":     {"Integrated gradients", "The mean saliency on the way from black to the image, times the pixel; it adds up to the activation’s growth (Sundararajan, 2017)."},
}

func (u *unit) render(dark bool) app.UI {
	return app.Section().ID("unit").TabIndex(-1).Aria("labelledby", "unit-title").Hidden(u.layer == "").Body(
		app.If(u.layer != "", func() app.UI { return u.shown(dark) }),
	)
}

func (u *unit) shown(dark bool) app.UI {
	parts := []app.UI{app.H2().ID("unit-title").Class("large-title").Text(fmt.Sprintf("Map %d of %s: where it comes from", u.of+1, u.layer))}
	switch p := u.projections.answer; {
	case p == nil && u.projections.cancel != nil:
		parts = append(parts, app.P().Class("under").Role("status").Text("Going back through the net."))
	case p == nil:
		parts = append(parts, problem(u.projections.failed))
	case p.Unit.Value <= 0:
		parts = append(parts, app.P().Class("says").Text(
			"The map is nowhere above zero for this image, so there is nothing that raises it. Choose another map or image."), u.found(dark))
	default:
		parts = append(parts, app.P().Class("says").Text(u.words(p.Unit)), app.P().Class("under").Text(
			"Blue pixels lower the activation, orange ones raise it; each picture has a scale of its own. Biases and the shifts of batch normalisation add nothing; "+
				"its factors are part of the filters. Below each is the same for the net with the random weights that its training began with: what both show "+
				"comes from the net’s shape, and not from what it has learnt (Adebayo, 2018)."))
		var panels []app.UI
		for i := range p.Methods {
			m := &p.Methods[i]
			about, random := methods[m.Method], "The same with random weights."
			if m.Untrained.Scale == 0 {
				random = "With random weights nothing comes back: there the activation is zero."
			}
			panels = append(panels, app.Div().Class("method").Body(
				&filters.Filters{ID: "method-" + m.Method, Title: about.name, Weights: &m.Trained, Dark: dark, Noun: "projection", Says: about.says, Width: 168, Height: 168},
				&filters.Filters{ID: "untrained-" + m.Method, Title: about.name + " before training", Weights: &m.Untrained, Dark: dark, Noun: "projection", Says: random, Width: 84, Height: 84},
			))
		}
		parts = append(parts, app.Div().Class("methods").Body(panels...), u.found(dark))
	}
	return app.Div().Body(parts...)
}

// words say which activation it is.
func (u *unit) words(at protocol.Unit) string {
	return fmt.Sprintf("For this image the map is strongest, with %s, in row %d and column %d. There it sees %d by %d pixels, from row %d and column %d on.",
		number.Significant(float64(at.Value), 3), at.Row+1, at.Column+1, at.Patch[2], at.Patch[3], at.Patch[0]+1, at.Patch[1]+1)
}

// found are the images in which the map is strongest.
func (u *unit) found(dark bool) app.UI {
	body := []app.UI{app.H2().Class("large-title").Text("What moves this map most")}
	if s := u.strongest.answer; s == nil {
		body = append(body, u.strongest.offer("strongest", "Search "+number.Int(among)+" test images", "Searching",
			func() { u.strongest.ask(protocol.LookStrongest, u.about()) }))
	} else {
		body = append(body, app.P().Class("under").Text(fmt.Sprintf(
			"The nine of %s test images in which the map is strongest, the strongest first, each beside the pixels that its activation comes from (%s).", number.Int(s.Among), methods[s.Projections.Layer].name)))
		var cells []app.UI
		size := s.Projections.Height * s.Projections.Width * s.Projections.Channels
		for i, p := range s.Images {
			one := s.Projections
			one.Count, one.Channels, one.Pixels = 1, 1, flat(s.Projections.Pixels[i*size:(i+1)*size], s.Projections.Channels)
			cells = append(cells, app.Div().Class("pair").Body(
				picture(p, 84, fmt.Sprintf("test image %d, %s", p.Number, u.scene.maps.Classes[p.Class])),
				app.Img().Class("crisp").Src(filters.DataURL(&one, filters.Layout(&one, 84, 84), colors(dark))).Width(84).Height(84).
					Alt("which of its pixels the map comes from, blue below zero, orange above"),
				app.P().Class("under").Text(u.scene.maps.Classes[p.Class]+", "+number.Significant(float64(s.Units[i].Value), 3)),
			))
		}
		body = append(body, app.Div().ID("strongest-found").Class("pairs").Body(cells...))
	}
	return app.Div().Body(body...)
}

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

func colors(dark bool) filters.Colors {
	if dark {
		return filters.Dark
	}
	return filters.Light
}
