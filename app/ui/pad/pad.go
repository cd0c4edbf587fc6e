package pad

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/web"
)

// Pad is a pad to draw a digit on. It redraws itself, and reports a digit at the end of each stroke.
type Pad struct {
	app.Compo

	ID    string
	Drawn func(digit []byte) // in MNIST's form: Side by Side pixels, gray; nil for an empty pad

	sketch sketch
	down   bool    // the pen is on the pad
	x, y   float64 // where the pen is
}

// Render draws the pad.
func (p *Pad) Render() app.UI {
	return app.Div().Class("pad").Body(
		app.Div().ID(p.ID).Class("pad-area").Role("application").TabIndex(0).
			Aria("label", "Pad to draw a digit on").
			Aria("describedby", p.ID+"-help").
			On("pointerdown", p.onDown).On("pointermove", p.onMove).On("pointerup", p.onUp).On("pointercancel", p.onUp).On("keydown", p.onKey).
			Body(
				app.Img().Src(bitmap.Pixels(Places, Places, 1, p.sketch.ink[:])).Role("presentation").Attr("draggable", "false"),
				app.Span().Class("pen").Style("left", percent(p.x)).Style("top", percent(p.y)),
			),
		app.Button().ID(p.ID+"-wipe").Type("button").OnClick(func(app.Context, app.Event) { p.wipe() }).Text("Clear"),
		app.P().ID(p.ID+"-help").Class("under").Text("Draw with the mouse or a finger. By keyboard: the arrow keys move the pen, the space bar puts it down or lifts it, Delete clears the pad."),
	)
}

func percent(at float64) string { return fmt.Sprintf("%.1f%%", 100*at/Places) }

// place is where the pointer is on the pad.
func (p *Pad) place(e app.Event) (x, y float64) {
	x, y = p.x, p.y
	web.With(web.ID(p.ID), func(pad app.Value) {
		box := pad.Call("getBoundingClientRect")
		x = (e.Get("clientX").Float() - box.Get("left").Float()) / box.Get("width").Float() * Places
		y = (e.Get("clientY").Float() - box.Get("top").Float()) / box.Get("height").Float() * Places
	})
	return x, y
}

func (p *Pad) onDown(_ app.Context, e app.Event) {
	web.With(web.ID(p.ID), func(pad app.Value) { pad.Call("setPointerCapture", e.Get("pointerId")) })
	p.x, p.y = p.place(e)
	p.down = true
	p.sketch.dot(p.x, p.y)
}

func (p *Pad) onMove(ctx app.Context, e app.Event) {
	if !p.down {
		ctx.PreventUpdate()
		return
	}
	p.to(p.place(e))
}

// to moves the pen.
func (p *Pad) to(x, y float64) {
	x, y = min(Places, max(0, x)), min(Places, max(0, y))
	if p.down {
		p.sketch.line(p.x, p.y, x, y)
	}
	p.x, p.y = x, y
}

func (p *Pad) onUp(app.Context, app.Event) {
	if p.down {
		p.down = false
		p.tell()
	}
}

func (p *Pad) tell() {
	if p.Drawn != nil {
		p.Drawn(p.sketch.digit())
	}
}

func (p *Pad) wipe() {
	p.sketch, p.down = sketch{}, false
	p.tell()
}

func (p *Pad) onKey(_ app.Context, e app.Event) {
	const step = fine
	switch e.Get("key").String() {
	case "ArrowLeft":
		p.to(p.x-step, p.y)
	case "ArrowRight":
		p.to(p.x+step, p.y)
	case "ArrowUp":
		p.to(p.x, p.y-step)
	case "ArrowDown":
		p.to(p.x, p.y+step)
	case " ":
		if p.down = !p.down; p.down {
			p.sketch.dot(p.x, p.y)
		} else {
			p.tell()
		}
	case "Delete", "Backspace":
		p.wipe()
	}
}
