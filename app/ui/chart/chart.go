package chart

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/number"
)

// svgNamespace is what makes an element a drawing rather than an unknown tag.
const svgNamespace = "http://www.w3.org/2000/svg"

// Chart shows a Spec, as wide as the room it has. The legend gives the latest values, or those at the crosshair,
// which follows the pointer and, with the focus on the chart, the arrow keys.
type Chart struct {
	app.Compo

	ID    string
	Title string
	Spec  Spec // its Width and Smooth are the component's own; Log is what it begins with
	Loss  bool // offer the logarithmic scale and smoothing

	width       float64
	log, smooth bool
	station     int // index into steps, of the crosshair; only while showing
	showing     bool
}

// Plot returns what is on show now, for an export.
func (c *Chart) plot() Plot {
	spec := c.Spec
	spec.Width, spec.Log, spec.Smooth = c.width, c.log, c.smooth
	if spec.Width == 0 {
		spec.Width = 440 // before the first measurement, and on the server
	}
	return spec.Plot()
}

// OnInit takes what is asked for at first.
func (c *Chart) OnInit() { c.log = c.Spec.Log }

// OnMount measures the room there is.
func (c *Chart) OnMount(ctx app.Context) { c.measure() }

// OnResize measures it again.
func (c *Chart) OnResize(ctx app.Context) {
	ctx.Dispatch(func(app.Context) { c.measure() })
}

func (c *Chart) measure() {
	if element := app.Window().GetElementByID(c.ID + "-plot"); element.Truthy() {
		c.width = element.Get("clientWidth").Float()
	}
}

// Render draws the chart.
func (c *Chart) Render() app.UI {
	plot := c.plot()
	where := ""
	if x, ok := c.at(plot); ok {
		where = "at step " + number.Round(x)
	}
	return app.Section().ID(c.ID).Class("panel", "chart").
		Aria("labelledby", c.ID+"-title").
		Body(
			app.Div().Class("panel-head").Body(
				app.H2().ID(c.ID+"-title").Text(c.Title),
				app.Span().Class("where").Text(where),
				app.If(c.Loss, func() app.UI {
					return app.Div().Class("toggles").Body(
						toggle("log scale", c.log, c.onLog),
						toggle("smooth", c.smooth, c.onSmooth),
					)
				}),
			),
			c.legend(plot),
			app.Div().ID(c.ID+"-plot").Class("plot").Body(c.svg(plot)),
		)
}

func toggle(label string, on bool, h app.EventHandler) app.UI {
	return app.Label().Class("check").Body(
		app.Input().Type("checkbox").Checked(on).OnChange(h),
		app.Text(label),
	)
}

func (c *Chart) onLog(ctx app.Context, e app.Event) { c.log = e.Get("target").Get("checked").Bool() }
func (c *Chart) onSmooth(ctx app.Context, e app.Event) {
	c.smooth = e.Get("target").Get("checked").Bool()
}

// at returns the step that the legend speaks of: the crosshair's, or the latest; false when there is none.
func (c *Chart) at(plot Plot) (float64, bool) {
	xs := steps(plot.Series)
	if len(xs) == 0 {
		return 0, false
	}
	if c.showing {
		return xs[min(c.station, len(xs)-1)], true
	}
	return xs[len(xs)-1], true
}

// legend names each line with a sample of it and its value.
func (c *Chart) legend(plot Plot) app.UI {
	x, _ := c.at(plot)
	var items []app.UI
	for _, e := range plot.Legend(x) {
		items = append(items, app.Li().Body(
			sample(e.Class),
			app.Span().Class("name").Text(e.Name),
			app.Span().Class("value").Text(e.Value),
		))
	}
	return app.Ul().Class("legend").Body(items...)
}

// sample is a short piece of line as the curve is drawn.
func sample(class string) app.UI {
	return element("svg").Attr("class", "sample").Attr("viewBox", "0 0 24 8").Aria("hidden", true).
		Body(element("path").Attr("class", class).Attr("d", "M0 4h24"))
}

func (c *Chart) svg(plot Plot) app.UI {
	xs := steps(plot.Series)
	marks := plot.Marks()
	svg := element("svg").
		Attr("viewBox", "0 0 "+pixel(plot.Width)+" "+pixel(plot.Height)).
		Attr("width", pixel(plot.Width)).Attr("height", pixel(plot.Height))
	if len(xs) == 0 {
		return svg.Role("img").Aria("label", c.Title+" over training steps; no values yet").Body(draw(marks)...)
	}
	x, _ := c.at(plot)
	if c.showing {
		marks = append(marks, plot.Crosshair(x)...)
	}
	// A slider along the steps: a screen reader then says the values as the arrow keys move.
	return svg.Role("slider").TabIndex(0).
		Aria("label", c.Title+" over training steps").
		Aria("valuemin", int(xs[0])).Aria("valuemax", int(xs[len(xs)-1])).Aria("valuenow", int(x)).
		Aria("valuetext", describe(plot, x)).
		On("pointermove", c.onPointer).On("pointerdown", c.onPointer).On("pointerleave", c.onLeave).
		On("blur", c.onLeave).On("keydown", c.onKey).
		Body(draw(marks)...)
}

func describe(plot Plot, x float64) string {
	words := "step " + number.Round(x)
	for _, e := range plot.Legend(x) {
		words += ", " + e.Name + " " + e.Value
	}
	return words
}

func (c *Chart) onPointer(ctx app.Context, e app.Event) {
	box := app.Window().GetElementByID(c.ID + "-plot").Call("getBoundingClientRect")
	px := e.Get("clientX").Float() - box.Get("left").Float()
	station := c.plot().Nearest(px)
	if c.showing && station == c.station {
		ctx.PreventUpdate()
		return
	}
	c.station, c.showing = station, station >= 0
}

func (c *Chart) onLeave(ctx app.Context, e app.Event) { c.showing = false }

func (c *Chart) onKey(ctx app.Context, e app.Event) {
	last := len(steps(c.Spec.Series)) - 1
	station := last
	if c.showing {
		station = min(c.station, last)
	}
	switch e.Get("key").String() {
	case "ArrowLeft", "ArrowDown":
		station--
	case "ArrowRight", "ArrowUp":
		station++
	case "PageDown":
		station -= 10
	case "PageUp":
		station += 10
	case "Home":
		station = 0
	case "End":
		station = last
	case "Escape":
		c.showing = false
		return
	default:
		return
	}
	c.station, c.showing = max(0, min(station, last)), true
}

func draw(marks []Mark) []app.UI {
	elements := make([]app.UI, len(marks))
	for i, m := range marks {
		e := element(m.Tag).Attr("class", m.Class)
		for _, a := range m.Attrs {
			e = e.Attr(a[0], a[1])
		}
		if m.Text != "" {
			e = e.Text(m.Text)
		}
		elements[i] = e
	}
	return elements
}

func element(tag string) app.HTMLElem { return app.Elem(tag).XMLNS(svgNamespace) }
