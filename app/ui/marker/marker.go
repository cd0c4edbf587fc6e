// Package marker shows an image with a rectangle on it that pointer, finger and keys move and resize. It knows sizes, and not what they are of.
package marker

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/filters"
	"unpool/app/web"
)

// Part is a rectangle of an image: top, left, height and width, in pixels.
type Part = [4]int

// Help says how it is used.
const Help = "Drag over an image to mark a part, or press where its middle should be; on a touch screen, tap an image before you drag on it. By keyboard: the arrow keys move the part, and with Shift they resize it."

// Marker is the component. A finger that moves over it scrolls the page until it has been chosen.
type Marker struct {
	app.Compo

	ID            string
	Label         string // which image it is
	Help          string // ID of what shows Help
	Source        string // address of the image
	Height, Width int    // of the image
	Scale         int    // pixels of the screen for one of the image
	Part          Part
	Chosen        bool // it is the one of several that is worked on
	Choose        func()
	Mark          func(p Part, done bool) // done at the end of a movement

	down    bool   // the pointer is
	from    [2]int // where it has gone down
	before  Part   // what was marked then
	dragged bool   // it has been moved since
}

// Says is where a part is, in words.
func Says(p Part) string {
	lines := func(name string, from, n int) string {
		if n == 1 {
			return fmt.Sprintf("%s %d", name, from+1)
		}
		return fmt.Sprintf("%ss %d to %d", name, from+1, from+n)
	}
	return lines("row", p[0], p[2]) + ", " + lines("column", p[1], p[3])
}

// Render draws the image.
func (m *Marker) Render() app.UI {
	class := "marked-image"
	if m.Chosen {
		class += " chosen"
	}
	return app.Div().ID(m.ID).Class(class).Role("application").TabIndex(0).
		Aria("label", m.Label+". Marked: "+Says(m.Part)).Aria("describedby", m.Help).
		Style("width", strconv.Itoa(m.Width*m.Scale)+"px").Style("aspect-ratio", fmt.Sprintf("%d / %d", m.Width, m.Height)).
		On("focus", func(app.Context, app.Event) { m.Choose() }).
		On("pointerdown", m.onDown).On("pointermove", m.onMove).On("pointerup", m.onUp).On("pointercancel", m.onCancel).On("keydown", m.onKey).
		Body(
			app.Img().Class("crisp").Src(m.Source).Role("presentation").Attr("draggable", "false"),
			app.Span().Class("frame").
				Style("top", filters.Share(m.Part[0], m.Height)).Style("left", filters.Share(m.Part[1], m.Width)).
				Style("height", filters.Share(m.Part[2], m.Height)).Style("width", filters.Share(m.Part[3], m.Width)),
		)
}

// place is the pixel under the pointer.
func (m *Marker) place(e app.Event) (at [2]int) {
	web.With(web.ID(m.ID), func(image app.Value) {
		box := image.Call("getBoundingClientRect")
		under := func(pointer, begin, size string, n int) int {
			share := (e.Get(pointer).Float() - box.Get(begin).Float()) / box.Get(size).Float()
			return min(n-1, max(0, int(share*float64(n))))
		}
		at = [2]int{under("clientY", "top", "height", m.Height), under("clientX", "left", "width", m.Width)}
	})
	return at
}

func (m *Marker) onDown(_ app.Context, e app.Event) {
	web.With(web.ID(m.ID), func(image app.Value) { image.Call("setPointerCapture", e.Get("pointerId")) })
	m.down, m.dragged, m.from, m.before = true, false, m.place(e), m.Part
}

func (m *Marker) onMove(ctx app.Context, e app.Event) {
	at := m.place(e)
	if !m.down || !m.dragged && at == m.from {
		ctx.PreventUpdate()
		return
	}
	m.dragged = true
	m.Mark(between(m.from, at), false)
}

func (m *Marker) onUp(_ app.Context, e app.Event) {
	switch at := m.place(e); {
	case m.down && m.dragged:
		m.Mark(between(m.from, at), true)
	case m.down:
		m.Mark(around(m.Part, at, m.Height, m.Width), true)
	}
	m.down = false
}

// onCancel takes back what was marked: the finger scrolls the page.
func (m *Marker) onCancel(app.Context, app.Event) {
	if m.down && m.dragged {
		m.Mark(m.before, true)
	}
	m.down = false
}

func (m *Marker) onKey(_ app.Context, e app.Event) {
	if part, ok := keyed(m.Part, e.Get("key").String(), e.Get("shiftKey").Bool(), m.Height, m.Width); ok {
		e.PreventDefault()
		m.Mark(part, true)
	}
}

// between is the part with two pixels in its corners.
func between(a, b [2]int) Part {
	top, left := min(a[0], b[0]), min(a[1], b[1])
	return Part{top, left, max(a[0], b[0]) - top + 1, max(a[1], b[1]) - left + 1}
}

// around is a part moved so that a pixel is in its middle, as far as the image allows.
func around(p Part, at [2]int, height, width int) Part {
	return Fit(Part{at[0] - p[2]/2, at[1] - p[3]/2, p[2], p[3]}, height, width)
}

// Fit is the part of an image that is most like p.
func Fit(p Part, height, width int) Part {
	p[2], p[3] = min(max(p[2], 1), height), min(max(p[3], 1), width)
	p[0], p[1] = min(max(p[0], 0), height-p[2]), min(max(p[1], 0), width-p[3])
	return p
}

// keyed is a part after a key; ok is false for a key that does nothing.
func keyed(p Part, key string, shift bool, height, width int) (moved Part, ok bool) {
	by, ok := map[string][2]int{"ArrowUp": {-1, 0}, "ArrowDown": {1, 0}, "ArrowLeft": {0, -1}, "ArrowRight": {0, 1}}[key]
	if shift {
		p[2], p[3] = min(p[2]+by[0], height-p[0]), min(p[3]+by[1], width-p[1])
	} else {
		p[0], p[1] = p[0]+by[0], p[1]+by[1]
	}
	return Fit(p, height, width), ok
}
