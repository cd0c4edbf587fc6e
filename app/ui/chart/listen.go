package chart

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// listening has a chart follow pointer, wheel and fingers, by the browser's own listeners. go-app handles events after the browser
// has acted on them: too late to keep a pinch from zooming the page, or to capture a pointer.
type listening struct {
	chart *Chart
	ctx   app.Context
	plot  app.Value // the element
	hand  hand
	funcs map[string]app.Func
}

func (l *listening) begin(c *Chart, ctx app.Context) {
	plot := app.Window().GetElementByID(c.ID + "-plot")
	if !plot.Truthy() {
		return // on the server
	}
	*l = listening{chart: c, ctx: ctx, plot: plot, funcs: map[string]app.Func{}}
	for event, h := range map[string]func(app.Value){
		"pointerdown": l.onDown, "pointermove": l.onMove,
		"pointerup":     func(app.Value) { l.show(l.hand.release()) },
		"pointercancel": func(app.Value) { l.hand = hand{} },
		"pointerleave":  func(app.Value) { ctx.Dispatch(func(app.Context) { c.group().rest(c) }) },
		"dblclick":      func(app.Value) { l.show(Range{}, true) },
		"wheel":         l.onWheel,
		"touchstart":    l.onTouch, "touchmove": l.onTouch, "touchend": l.onTouch, "touchcancel": l.onTouch,
	} {
		f := app.FuncOf(func(_ app.Value, args []app.Value) any {
			h(args[0])
			return nil
		})
		l.funcs[event] = f
		plot.Call("addEventListener", event, f, map[string]any{"passive": false})
	}
}

func (l *listening) end() {
	for event, f := range l.funcs {
		l.plot.Call("removeEventListener", event, f)
		f.Release()
	}
	l.funcs = nil
}

// x is where on the plot an event happened, in pixels.
func (l *listening) x(e app.Value) float64 {
	return e.Get("clientX").Float() - l.plot.Call("getBoundingClientRect").Get("left").Float()
}

func (l *listening) axis() xAxis { return l.chart.drawn().plot.X }

func (l *listening) onDown(e app.Value) {
	if e.Get("pointerType").String() != "mouse" {
		l.hover(l.x(e))
	} else if e.Get("button").Int() == 0 {
		web.Try(func() { l.plot.Call("setPointerCapture", e.Get("pointerId")) }) // a box may be drawn beyond the plot
		l.hand.press(l.axis(), l.x(e), e.Get("shiftKey").Bool())
	}
}

func (l *listening) onMove(e app.Value) {
	switch l.hand.doing {
	case nothing:
		l.hover(l.x(e))
	case boxing, panning:
		l.show(l.hand.move(l.x(e)))
		l.ctx.Update()
	}
}

func (l *listening) onWheel(e app.Value) {
	to, ok := wheel(l.axis(), l.x(e), e.Get("deltaX").Float(), e.Get("deltaY").Float(), e.Get("ctrlKey").Bool())
	if ok {
		e.Call("preventDefault")
	}
	l.show(to, ok)
}

func (l *listening) onTouch(e app.Value) {
	touches := e.Get("touches")
	fingers := make([]float64, touches.Get("length").Int())
	for i := range fingers {
		fingers[i] = l.x(touches.Index(i))
	}
	if len(fingers) > 1 {
		e.Call("preventDefault")
	}
	l.show(l.hand.touch(l.axis(), fingers))
}

// show shows a part of the X axis, if any is asked for.
func (l *listening) show(part Range, ok bool) {
	if ok {
		l.ctx.Dispatch(func(app.Context) { l.chart.group().show(part, l.chart) })
	}
}

// hover moves the crosshair to the value nearest to a place.
func (l *listening) hover(px float64) {
	c, g, plot := l.chart, l.chart.group(), l.chart.drawn().plot
	at, ok := g.stations(plot.curves).nearest(plot.X.Scale, px)
	if ok && !(g.showing && g.at == at) {
		l.ctx.Dispatch(func(app.Context) { g.point(at, c) })
	}
}
