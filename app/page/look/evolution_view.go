package look

import (
	"fmt"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/figure"
	"unpool/app/ui/filters"
	"unpool/app/ui/markup"
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
	drawn       string   // all of it, as HTML
	dark        bool     // in the colours of the dark theme
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

// evolvedID is the ID of a map's section.
func evolvedID(m *protocol.Evolved) string { return fmt.Sprintf("evolved-%d", m.Map+1) }

// evolving shows what moves maps most, step after step.
type evolving struct {
	*evolution
	dark bool
}

// changed takes up that another run, whose maps are others, or another step is looked at.
func (e evolving) changed(what change) {
	switch what {
	case otherRun:
		e.forget()
	case otherStep:
		e.centre()
	}
}

func (e evolving) complete() {
	if e.answer == nil || !slices.Equal(e.answer.Steps, e.subject.steps) {
		e.again()
	}
}

func (e evolving) render() []app.UI {
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
			body = append(body, e.evolved(at))
		}
		body = append(body, e.figures())
	}
	return []app.UI{app.Elem("section").ID("evolution").Aria("labelledby", "evolution-title").Body(body...)}
}

// player goes through the steps.
func (e evolving) player() app.UI {
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

// cell is how wide an image of a strip of so many steps is, in screen pixels.
func cell(steps int) int { return max(40, min(72, 960/steps)) }

// evolved is what moves one of the maps most: after the step that is looked at, and all steps side by side.
func (e evolving) evolved(of int) app.UI {
	a, m, s, at := e.answer, &e.answer.Maps[of], &e.strips[of], e.at()
	steps := len(a.Steps)
	side, now := cell(steps), at
	if at < 0 {
		now = steps - 1 // of a run under way
	}
	one, lead := nth(&s.projections, now), m.Leads[now]
	says := fmt.Sprintf("After step %s: %s, image %s. The activation is %s.",
		number.Int(a.Steps[now]), e.scene.maps().Classes[lead.Class], number.Int(lead.Image), number.Significant(float64(lead.Value), 3))
	if lead.Changed {
		says += " Another image than before."
	}
	id := evolvedID(m)
	var h markup.Markup
	h.Add(`<div class="evolved-now"><h3 id="%s-title">Map %d of %s</h3>`, id, m.Map+1, a.Layer)
	h.Add(`<img class="crisp" src="%s" alt="which pixels contribute">`, filters.DataURL(one, filters.Layout(one, large, large), filters.ColorsOf(e.dark)))
	h.Add(`<img class="crisp" src="%s" alt="the part of the image that it sees">`, bitmap.Pixels(a.Height, a.Width, m.Projections.Channels, s.parts[now]))
	h.Add(`<p class="under">%s</p></div>`, says)
	return app.Elem("section").ID(id).Class("panel", "evolved").Aria("labelledby", id+"-title").Body(
		h.Element(),
		app.Div().Class("film").TabIndex(0).Role("region").Aria("label", fmt.Sprintf("Map %d after each step", m.Map+1)).Body(
			app.Div().ID(id+"-strip").Class("film-strip").Style("width", fmt.Sprintf("%dpx", steps*side)).Style("--cell", fmt.Sprintf("%dpx", side)).
				OnClick(func(_ app.Context, ev app.Event) {
					web.With(web.ID(id+"-strip"), func(strip app.Value) {
						box := strip.Call("getBoundingClientRect")
						e.pick(int((ev.Get("clientX").Float() - box.Get("left").Float()) / box.Get("width").Float() * float64(steps)))
					})
				}, app.EventScope(id, steps)).Body(
				s.film(m, e.dark),
				app.Span().Class("frame").Hidden(at < 0).Style("left", filters.Share(max(at, 0), steps)).Style("width", filters.Share(1, steps)),
			),
		),
	)
}

// film is the strip in the colours of a theme: what stays while one goes through the steps.
func (s *strip) film(m *protocol.Evolved, dark bool) app.UI {
	if s.drawn == "" || s.dark != dark {
		var h markup.Markup
		h.Add(`<div><img class="crisp" src="%s" alt="which pixels contribute, step by step" draggable="false"><div class="marks" aria-hidden="true">`,
			filters.DataURL(&s.projections, s.grid, filters.ColorsOf(dark)))
		for i, lead := range m.Leads {
			if lead.Changed {
				h.Add(`<span style="left:%s">▲</span>`, filters.Share(2*i+1, 2*len(m.Leads)))
			}
		}
		h.Add(`</div><img class="crisp" src="%s" alt="the parts of images that the activations see" draggable="false"></div>`, s.all)
		s.drawn, s.dark = h.String(), dark
	}
	return app.Raw(s.drawn)
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
func (e evolving) figures() app.UI {
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
func (e evolving) figure(title string) (string, error) {
	const name, mark, cell = 64, 14, 40 // pixels: beside the strips, between the two of a map, and of an image
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
			d.Add(`<image x="%d" y="%d" width="%d" height="%d" preserveAspectRatio="none" style="image-rendering:pixelated" href="%s"/>`,
				name, y+row*(cell+mark), len(a.Steps)*cell, cell, png)
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
