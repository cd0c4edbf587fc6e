package look

import (
	"fmt"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/figure"
	"unpool/app/ui/filters"
	"unpool/app/ui/table"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/svg"
)

// strip is what moves a map most, side by side: a column a step.
type strip struct {
	projections run.Weights // a gray image a step
	grid        filters.Grid
	parts       [][]byte // of the images, one a step
	all         string   // the address of the parts
}

// cut makes the strips of the answer.
func (e *evolution) cut() {
	a := e.answer
	e.strips = nil
	for _, m := range a.Maps {
		w, steps := m.Projections, len(a.Steps)
		s := strip{parts: slices.Collect(slices.Chunk(m.Parts, len(m.Parts)/steps)), projections: w}
		s.projections.Channels, s.projections.Pixels = 1, flat(w.Pixels, w.Channels)
		height, width, pixels := tiled(s.parts, steps, a.Height, a.Width, w.Channels)
		s.grid = filters.Grid{Count: steps, CellW: a.Width, CellH: a.Height, Columns: steps, Rows: 1, Width: width, Height: height, Scale: 1}
		s.all = bitmap.Pixels(height, width, w.Channels, pixels)
		e.strips = append(e.strips, s)
	}
}

func (e *evolution) render(dark bool) app.UI {
	layer := e.want().Layer
	if layer == "" && e.answer != nil {
		layer = e.answer.Layer
	}
	menu := append(layerFields("evolves", e.scene.maps(), layer, e.want().Map, "the eight strongest", func(layer string, of *int) {
		e.layer, e.of = layer, of
		e.change()
	}), e.among.menu("evolves-among", e.scene.maps(), func(s search) {
		e.among = s
		e.change()
	}))
	body := []app.UI{
		app.H2().ID("evolution-title").Class("large-title").Text("What activates a map most, through training"),
		app.P().Class("under").Text("For each stored step the images are searched for the strongest activation of a map, and that is projected back to the pixels that contribute to it (Zeiler and Fergus, 2013, " +
			"figure 4). A map whose image and projection stay the same for many steps has learnt what it responds to; in the paper, lower layers get there within a few epochs and higher ones much later. " +
			"A sudden jump comes from another image taking the lead."),
		app.Div().Class("unit-menu").Body(menu...),
	}
	if e.answer == nil || e.cancel != nil || e.failed != nil || !slices.Equal(e.answer.Steps, e.subject.steps) {
		body = append(body, e.offer("evolve", "Search the images after each step", "Searching", e.again, e.subject.id))
	}
	if a := e.answer; a != nil {
		body = append(body, e.player())
		for at := range a.Maps {
			body = append(body, e.evolved(at, dark))
		}
		body = append(body, e.figures())
	}
	return app.Elem("section").ID("evolution").Aria("labelledby", "evolution-title").Body(body...)
}

// player goes through the steps.
func (e *evolution) player() app.UI {
	s := e.subject
	label := "Play"
	if e.playing {
		label = "Pause"
	}
	still := web.Still()
	return app.Div().Class("player").Body(
		app.Button().ID("play").Type("button").Hidden(still).Disabled(len(s.steps) < 2).OnClick(func(app.Context, app.Event) {
			if e.playing {
				e.stop()
			} else {
				e.play()
			}
		}).Text(label),
		field("evolution-step", "After training step "+number.Int(s.step()), stepSlider("evolution-step", s.steps, s.at, func(at int) {
			e.stop()
			s.goTo(at)
		})),
		app.P().Class("under").Text(fmt.Sprintf("Searched: %s %s. Pixels by %s: blue lowers the activation, orange raises it; all steps of a map share one scale. ▲ marks another image than after the step before.",
			number.Int(e.answer.Among), images(e.about.Training), e.answer.Name)),
	)
}

// cell is how wide an image of a strip is, in screen pixels.
const cell = 40

// evolved is what moves one of the maps most: after the step that is looked at, and all steps side by side.
func (e *evolution) evolved(of int, dark bool) app.UI {
	a, m, s, at := e.answer, &e.answer.Maps[of], &e.strips[of], e.at()
	steps := len(a.Steps)
	colors := filters.ColorsOf(dark)
	var marks []app.UI
	for i, lead := range m.Leads {
		if lead.Changed {
			marks = append(marks, app.Span().Style("left", filters.Share(2*i+1, 2*steps)).Text("▲"))
		}
	}
	film := []app.UI{
		app.Img().Class("crisp").Src(filters.DataURL(&s.projections, s.grid, colors)).Alt("which pixels contribute, step by step").Attr("draggable", "false"),
		app.Div().Class("marks").Aria("hidden", true).Body(marks...),
		app.Img().Class("crisp").Src(s.all).Alt("the parts of images that the activations see").Attr("draggable", "false"),
	}
	now := at
	if at >= 0 {
		film = append(film, app.Span().Class("frame").Style("left", filters.Share(at, steps)).Style("width", filters.Share(1, steps)).Style("top", "0").Style("height", "100%"))
	} else {
		now = steps - 1 // of a run under way
	}
	one, lead := nth(&s.projections, now), m.Leads[now]
	says := fmt.Sprintf("After step %s: %s, image %s. The activation is %s.", number.Int(a.Steps[now]), e.scene.maps().Classes[lead.Class], number.Int(lead.Image), number.Significant(float64(lead.Value), 3))
	if lead.Changed {
		says += " Another image than before."
	}
	id := fmt.Sprintf("evolved-%d", m.Map+1)
	return app.Elem("section").ID(id).Class("panel", "evolved").Aria("labelledby", id+"-title").Body(
		app.Elem("h3").ID(id+"-title").Text(fmt.Sprintf("Map %d of %s", m.Map+1, a.Layer)),
		app.Div().Class("evolved-now").Body(
			app.Img().Class("crisp").Src(filters.DataURL(one, filters.Layout(one, large, large), colors)).Alt("which pixels contribute"),
			app.Img().Class("crisp").Src(bitmap.Pixels(a.Height, a.Width, m.Projections.Channels, s.parts[now])).Alt("the part of the image that it sees"),
			app.P().Class("under").Text(says),
		),
		app.Div().Class("film").TabIndex(0).Role("region").Aria("label", fmt.Sprintf("Map %d after each step", m.Map+1)).Body(
			app.Div().ID(id+"-strip").Class("film-strip").Style("width", fmt.Sprintf("%dpx", steps*cell)).OnClick(func(_ app.Context, ev app.Event) {
				web.With(web.ID(id+"-strip"), func(film app.Value) {
					box := film.Call("getBoundingClientRect")
					e.pick(int((ev.Get("clientX").Float() - box.Get("left").Float()) / box.Get("width").Float() * float64(steps)))
				})
			}, app.EventScope(id, steps)).Body(film...),
		),
	)
}

// large is how wide the images after the step that is looked at are.
const large = 96

// pick looks at one of the answer's steps.
func (e *evolution) pick(at int) {
	if e.answer == nil || at < 0 || at >= len(e.answer.Steps) {
		return
	}
	e.stop()
	e.subject.goTo(slices.Index(e.subject.steps, e.answer.Steps[at]))
}

// figures are all of it as files, and a table.
func (e *evolution) figures() app.UI {
	a, classes := e.answer, e.scene.maps().Classes
	var rows [][]string
	for _, m := range a.Maps {
		for i, step := range a.Steps {
			lead := m.Leads[i]
			rows = append(rows, []string{number.Int(m.Map + 1), number.Int(step), number.Int(lead.Image), classes[lead.Class], number.Significant(float64(lead.Value), 3),
				map[bool]string{true: "▲"}[lead.Changed]})
		}
	}
	title := "How what activates maps of " + a.Layer + " most evolves"
	return app.Div().Body(
		app.Elem("details").Body(app.Elem("summary").Text("Table"), table.Table(title, []string{"map", "step", "image", "class", "activation", "another image"}, rows)),
		&figure.Save{Title: title, File: e.subject.file("evolution-" + a.Layer), Numbers: e.subject.numbers(protocol.LookEvolution, e.about, protocol.LookEvolution),
			Figure: func() (string, error) { return e.figure(title) }},
	)
}

// figure is all strips as a document. It blocks.
func (e *evolution) figure(title string) (string, error) {
	const name, mark = 64, 14 // pixels: beside the strips, and between the two of a map
	a := e.answer
	rise := 2*cell + mark + 8
	d := svg.Document{Width: name + len(a.Steps)*cell, Height: len(a.Maps)*rise + 20, Title: title,
		Says: fmt.Sprintf("For each map above which pixels contribute to its strongest activation among %s %s (%s), below the part of the image that it sees. ▲ marks another image than after the step before.",
			number.Int(a.Among), images(e.about.Training), a.Name)}
	for of, m := range a.Maps {
		y := of * rise
		d.Text(0, y+cell/2, "map "+number.Int(m.Map+1))
		for row, address := range []string{filters.DataURL(&e.strips[of].projections, e.strips[of].grid, filters.Light), e.strips[of].all} {
			png, err := web.PNGOf(address)
			if err != nil {
				return "", err
			}
			d.Add(`<image x="%d" y="%d" width="%d" height="%d" preserveAspectRatio="none" style="image-rendering:pixelated" href="%s"/>`, name, y+row*(cell+mark), len(a.Steps)*cell, cell, png)
		}
		for i, lead := range m.Leads {
			if lead.Changed {
				d.Text(name+i*cell+cell/2-6, y+cell+12, "▲")
			}
		}
	}
	for i := 0; i < len(a.Steps); i += 2 { // there is room for every other one
		d.Text(name+i*cell, len(a.Maps)*rise+12, number.Int(a.Steps[i]))
	}
	return d.String(), nil
}
