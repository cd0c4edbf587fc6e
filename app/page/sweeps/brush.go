package sweeps

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/sweeps/picture"
	"unpool/app/page/sweeps/study"
	"unpool/app/web"
)

// brush chooses parts of the axes of parallel coordinates: by dragging along an axis, or by its two handles, which arrow keys move.
type brush struct {
	scene *scene
	view  *view

	dragged string  // the axis that is being dragged along; "" for none
	fixed   float64 // the end that stays
	begun   float64 // where dragging began, in pixels
	moved   bool
}

// strip is how many pixels wide the part of an axis is that can be dragged along.
const strip = 28

func (b *brush) render(p picture.Picture) (all []app.UI) {
	parallel := p.(*picture.Parallel)
	for i, a := range b.scene.Axes {
		all = append(all, b.strip(parallel, i, a))
	}
	return all
}

func (b *brush) strip(p *picture.Parallel, i int, a *study.Axis) app.UI {
	r := b.scene.brushes.Of(a.Name)
	top, bottom := p.Y(1), p.Y(0)
	class := "part"
	if r == study.Whole {
		class = "part whole"
	}
	return div("axis-strip",
		div(class).Style("top", px(p.Y(r.To)-top)).Style("height", px(p.Y(r.From)-p.Y(r.To))),
		b.handle(p, a, "from", r.From, top), b.handle(p, a, "to", r.To, top),
	).Style("left", px(p.X(i)-strip/2)).Style("top", px(top)).Style("height", px(bottom-top)).Style("width", px(strip)).
		DataSet("axis", a.Name).On("pointerdown", b.onDown).On("pointermove", b.onMove).On("pointerup", b.onUp).On("pointercancel", b.onUp)
}

// handle is one end of what is chosen of an axis.
func (b *brush) handle(p *picture.Parallel, a *study.Axis, end string, at, top float64) app.UI {
	return app.Div().ID("brush-"+a.Name+"-"+end).Class("handle", end).Role("slider").TabIndex(0).Style("top", px(p.Y(at)-top)).
		Aria("label", a.Label+", "+end).Aria("orientation", "vertical").Aria("valuemin", 0).Aria("valuemax", 100).Aria("valuenow", int(100*at+0.5)).
		Aria("valuetext", a.Words(at)).DataSet("axis", a.Name).DataSet("end", end).On("keydown", b.onKey)
}

// axisOf is the axis that an event is about.
func (b *brush) axisOf(e app.Event) (*study.Axis, app.Value) {
	strip := e.Get("target").Call("closest", ".axis-strip")
	if !strip.Truthy() {
		return nil, nil
	}
	return b.scene.Axis(strip.Get("dataset").Get("axis").String()), strip
}

// place is which place on an axis an event is at.
func (b *brush) place(e app.Event) (place, y float64) {
	_, y = b.view.place(e)
	return max(0, min(b.view.now().(*picture.Parallel).Place(y), 1)), y
}

// grip is how many pixels away from a handle it can be grabbed.
const grip = 12

func (b *brush) onDown(ctx app.Context, e app.Event) {
	a, strip := b.axisOf(e)
	if a == nil {
		ctx.PreventUpdate()
		return
	}
	if err := web.Try(func() { strip.Call("setPointerCapture", e.Get("pointerId")) }); err != nil {
		app.Log("The pointer is not followed beyond the axis: " + err.Error())
	}
	place, y := b.place(e)
	p := b.view.now().(*picture.Parallel)
	b.dragged, b.begun, b.moved, b.fixed = a.Name, y, false, place
	if r, ok := b.scene.brushes[a.Name]; ok {
		switch {
		case max(y-p.Y(r.To), p.Y(r.To)-y) < grip:
			b.fixed, b.moved = r.From, true
		case max(y-p.Y(r.From), p.Y(r.From)-y) < grip:
			b.fixed, b.moved = r.To, true
		}
	}
}

func (b *brush) onMove(ctx app.Context, e app.Event) {
	place, y := b.place(e)
	const slip = 3 // pixels that a press may move
	if b.dragged == "" || !b.moved && y-b.begun < slip && b.begun-y < slip {
		ctx.PreventUpdate()
		return
	}
	b.moved = true
	b.scene.brush(b.dragged, b.fixed, place)
}

// onUp ends it. A press without a movement chooses the whole axis.
func (b *brush) onUp(app.Context, app.Event) {
	if b.dragged != "" && !b.moved {
		b.scene.brush(b.dragged, 0, 1)
	}
	b.dragged = ""
}

func (b *brush) onKey(ctx app.Context, e app.Event) {
	data := e.Get("target").Get("dataset")
	if !data.Truthy() || !data.Get("end").Truthy() {
		ctx.PreventUpdate()
		return
	}
	b.press(data.Get("axis").String(), data.Get("end").String() == "from", e.Get("key").String())
}

// press moves an end of what is chosen of an axis by a key. Neither end passes the other.
func (b *brush) press(axis string, from bool, key string) {
	r, step := b.scene.brushes.Of(axis), b.scene.Axis(axis).Step()
	by := map[string]float64{"ArrowUp": step, "ArrowRight": step, "ArrowDown": -step, "ArrowLeft": -step,
		"PageUp": 5 * step, "PageDown": -5 * step, "Home": -1, "End": 1}[key]
	switch {
	case key == "Escape":
		r = study.Whole
	case from:
		r.From = max(0, min(r.From+by, r.To))
	default:
		r.To = max(r.From, min(r.To+by, 1))
	}
	b.scene.brush(axis, r.From, r.To)
}
