package look

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/figure"
	"unpool/app/ui/filters"
	"unpool/app/ui/magnifier"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// closeUp shows the map that is chosen, one of its numbers, and what that one is made of.
type closeUp struct {
	*unit
	dark bool
}

// maps are how many a layer has: features of a vector, or of each step of a sequence.
func maps(l *run.Weights) int {
	if l.Count > 1 {
		return l.Count
	}
	return l.Width
}

// menu chooses layer and map.
func (c closeUp) menu(l *run.Weights) app.UI {
	layers := []app.UI{web.Option("").Selected(l == nil).Disabled(true).Text("choose a layer")}
	for _, one := range c.scene.maps().Layers {
		layers = append(layers, app.Option().Value(one.Layer).Selected(one.Layer == c.layer).Text(one.Layer+", "+says(&one)))
	}
	n := 1
	if l != nil {
		n = maps(l)
	}
	step := func(id, label string, by int) app.UI {
		return app.Button().ID(id).Type("button").Disabled(l == nil || n < 2).OnClick(func(app.Context, app.Event) {
			c.choose(c.layer, (c.of+by+n)%n)
		}, app.EventScope(n)).Text(label)
	}
	return app.Div().Class("unit-menu").Body(
		field("unit-layer", "Layer",
			app.Select().ID("unit-layer").OnChange(func(_ app.Context, e app.Event) {
				c.choose(e.Get("target").Get("value").String(), 0)
			}).Body(layers...),
		),
		field("unit-map", "Map, 1 to "+number.Int(n),
			app.Input().ID("unit-map").Type("number").Min(1).Max(n).Step(1).Value(c.of+1).Disabled(l == nil).
				OnChange(func(_ app.Context, e app.Event) {
					if m, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil && m >= 1 && m <= n {
						c.choose(c.layer, m-1)
					}
				}, app.EventScope(n, c.layer)),
		),
		step("map-before", "Previous map", -1), step("map-next", "Next map", 1), c.scene.scales.render(),
	)
}

// magnified is the map, enlarged.
func (c closeUp) magnified(l *run.Weights) app.UI {
	row, column := c.place()
	one := c.one(l)
	row, column = min(row, one.Height-1), min(column, one.Width-1)
	value := float64(one.Pixels[row*one.Width+column]) * one.Scale / 127
	drawn := c.one(c.scene.scales.layer(l))
	title := fmt.Sprintf("Map %d of %s", c.of+1, c.layer)
	if l.Count == 1 {
		title = c.layer
	}
	return app.Div().Class("panel", "unit-map").Body(
		app.H2().Text(title),
		app.P().Class("caption").Text("Point at a value to see how it is computed; press it to see which pixels contribute."),
		&magnifier.Magnifier{
			ID: "unit-magnified", Label: title, Says: number.Significant(value, 3), Weights: drawn, Dark: c.dark, Room: mapRoom, At: [2]int{row, column},
			Does:   "shows which pixels contribute to the value there",
			Point:  func(row, column int) { c.subject.shell.Dispatch(func(app.Context) { c.pointAt(row, column) }) },
			Choose: func(row, column int) { c.subject.shell.Dispatch(func(app.Context) { c.choosePlace(row, column) }) },
		},
		filters.Scale(-drawn.Scale, drawn.Scale),
		&figure.Save{
			Title: title, File: c.subject.file(fmt.Sprintf("%s-map%d", c.layer, c.of+1)), Numbers: c.subject.numbers(protocol.LookMaps, c.scene.image.want, c.layer),
			Figure: func() (string, error) {
				return filters.Figure(drawn, filters.Layout(drawn, mapRoom, mapRoom), -drawn.Scale, title, says(l))
			},
		},
	)
}

// mapRoom is how large the map is at most, in screen pixels in each direction.
const mapRoom = 280

// pointAt asks how the number at a place comes about.
func (c closeUp) pointAt(row, column int) {
	l := c.picture()
	if l == nil { // another run is being opened meanwhile
		return
	}
	c.point = &[2]int{row, column}
	about := c.about(&[2]int{row, column})
	if l.Count == 1 {
		about.Map, about.At = column, &[2]int{row, 0}
	}
	c.compute(about)
}

// where names a place: of a map, or the step of a sequence; a vector has one place.
func (u *unit) where(at *protocol.Unit) string {
	switch l := u.picture(); {
	case l != nil && l.Count == 1 && l.Height == 1:
		return "It"
	case l != nil && l.Count == 1:
		return fmt.Sprintf("Step %d", at.Row+1)
	}
	return fmt.Sprintf("Row %d, column %d", at.Row+1, at.Column+1)
}

// sees says how much a place sees, and which part of the image that is: at the edges some of it is padding.
func sees(patch [4]int, image protocol.Picture) string {
	span := func(what string, from, length, side int) string {
		return fmt.Sprintf("%s %d to %d", what, max(from, 0)+1, min(from+length, side))
	}
	return fmt.Sprintf("%d by %d pixels: %s and %s of the image", patch[2], patch[3],
		span("rows", patch[0], patch[2], image.Height), span("columns", patch[1], patch[3], image.Width))
}

// seen is the image with what the place can see of it.
func (c closeUp) seen() app.UI {
	m := c.scene.maps()
	body := []app.UI{picture(m.Image, 280, caption(m))}
	says := "The part of the image that it depends on appears here."
	var at *protocol.Unit
	if c.arithmetic.answer != nil {
		at = &c.arithmetic.answer.Unit
	} else if c.projections.answer != nil {
		at = &c.projections.answer.Unit
	}
	if at != nil {
		body = append(body, patch(*at, m.Image))
		says = c.where(at) + " sees " + sees(at.Patch, m.Image) + "."
	}
	return app.Div().Class("panel", "unit-seen").Body(
		app.H2().Text("Its receptive field"),
		app.P().Class("caption").Text(says),
		app.Div().Class("seen").Body(body...),
	)
}

// patch marks what an activation sees of an image that it lies over.
func patch(u protocol.Unit, image protocol.Picture) app.UI {
	return app.Span().Class("frame").
		Style("top", filters.Share(u.Patch[0], image.Height)).Style("left", filters.Share(u.Patch[1], image.Width)).
		Style("height", filters.Share(u.Patch[2], image.Height)).Style("width", filters.Share(u.Patch[3], image.Width))
}
