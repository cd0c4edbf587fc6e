// Package magnifier shows a small image of numbers enlarged, with a place in it that pointer and arrow keys move. It knows sizes and
// values, and not what they are.
package magnifier

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/filters"
	"unpool/app/web"
	"unpool/core/run"
)

// Magnifier is the component.
type Magnifier struct {
	app.Compo

	ID      string
	Label   string
	Says    string       // what is at the place, in words
	Weights *run.Weights // a single image with one channel; a single column is drawn as bars
	Dark    bool
	Stretch int // how many times as high as wide a value is drawn; 0 for once
	Room    int // for the picture, in screen pixels in each direction
	At      [2]int
	Point   func(row, column int) // the place has been moved
	Choose  func(row, column int) // it has been pressed
	Does    string                // what pressing does, to follow "Enter"; "" for nothing beyond choosing the place
}

// Render draws the image.
func (m *Magnifier) Render() app.UI {
	w := m.Weights
	grid := filters.Layout(w, m.Room, m.Room).Stretched(max(1, m.Stretch))
	drawn := [2]int{grid.Width, grid.Height}
	if w.Width == 1 {
		drawn[0] = grid.Height
	}
	keys := "Arrow keys move the position"
	if m.Does != "" {
		keys += "; Enter " + m.Does
	}
	return app.Div().ID(m.ID).Class("atlas", "magnifier").Role("slider").TabIndex(0).
		Aria("label", m.Label).Aria("valuemin", 1).Aria("valuemax", w.Height*w.Width).Aria("valuenow", m.At[0]*w.Width+m.At[1]+1).
		Aria("valuetext", fmt.Sprintf("row %d, column %d: %s", m.At[0]+1, m.At[1]+1, m.Says)).
		Aria("description", keys).
		Style("width", strconv.Itoa(drawn[0]*grid.Scale)+"px").
		Style("aspect-ratio", fmt.Sprintf("%d / %d", drawn[0], drawn[1])).
		On("pointermove", m.onPointer).On("pointerdown", m.onPointer).On("keydown", m.onKey).On("click", m.onClick).
		Body(
			app.Img().Src(filters.DataURL(w, grid, filters.ColorsOf(m.Dark))).Attr("draggable", "false").
				Alt(fmt.Sprintf("%d by %d values, blue below zero, orange above", w.Height, w.Width)),
			app.Span().Class("frame").
				Style("left", filters.Share(m.At[1], w.Width)).Style("top", filters.Share(m.At[0], w.Height)).
				Style("width", filters.Share(1, w.Width)).Style("height", filters.Share(1, w.Height)),
		)
}

// place is the one under the pointer.
func (m *Magnifier) place(e app.Event) (row, column int) {
	web.With(web.ID(m.ID), func(picture app.Value) {
		box := picture.Call("getBoundingClientRect")
		at := func(pointer, begin, size string, n int) int {
			share := (e.Get(pointer).Float() - box.Get(begin).Float()) / box.Get(size).Float()
			return min(n-1, max(0, int(share*float64(n))))
		}
		row, column = at("clientY", "top", "height", m.Weights.Height), at("clientX", "left", "width", m.Weights.Width)
	})
	return row, column
}

func (m *Magnifier) onPointer(ctx app.Context, e app.Event) {
	if row, column := m.place(e); m.At != [2]int{row, column} {
		m.Point(row, column)
		return
	}
	ctx.PreventUpdate()
}

func (m *Magnifier) onClick(_ app.Context, e app.Event) { m.Choose(m.place(e)) }

func (m *Magnifier) onKey(_ app.Context, e app.Event) {
	key := e.Get("key").String()
	if key == "Enter" || key == " " {
		e.PreventDefault()
		m.Choose(m.At[0], m.At[1])
		return
	}
	if row, column, ok := Moved(m.At, m.Weights.Height, m.Weights.Width, key); ok {
		e.PreventDefault()
		m.Point(row, column)
	}
}

// Moved is where a key leads from a place of a picture or a table of so many rows and columns; ok is false for a key that leads nowhere.
func Moved(at [2]int, height, width int, key string) (row, column int, ok bool) {
	row, column = at[0], at[1]
	switch key {
	case "ArrowLeft":
		column--
	case "ArrowRight":
		column++
	case "ArrowUp":
		row--
	case "ArrowDown":
		row++
	case "Home":
		column = 0
	case "End":
		column = width - 1
	case "PageUp":
		row = 0
	case "PageDown":
		row = height - 1
	default:
		return row, column, false
	}
	return min(height-1, max(0, row)), min(width-1, max(0, column)), true
}
