package chart

import (
	"math"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/check"
	"unpool/app/web"
)

// Chart shows a Spec, as wide as the room it has. The legend shows the latest values, or those at the crosshair, which follows
// the pointer and, with the focus on the chart, the arrow keys.
type Chart struct {
	app.Compo

	ID     string
	Title  string
	Spec   Spec    // its Log and Smooth are what the chart begins with; the rest of its View is the Group's
	Height float64 // of the plot; 0 for the usual
	Loss   bool    // offer the logarithmic scale
	File   string  // offer the figure as a file of this name, without its ending; "" for not
	Group  *Group  // what it shares with other charts; nil for nothing

	own         Group
	log, smooth bool
	width, text float64 // measured
	last        drawing
	listening   listening
	saving      saving
}

// usualHeight is a chart's, in pixels.
const usualHeight = 264

// highest is how high a wide chart is.
const highest = 400

func (c *Chart) group() *Group {
	if c.Group != nil {
		return c.Group
	}
	return &c.own
}

// drawn is what is on show now.
func (c *Chart) drawn() *drawing {
	size := Size{Width: c.width, Height: c.Height, Text: c.text}
	if size.Width == 0 {
		size.Width = 440 // before the first measurement, and on the server
	}
	if size.Height == 0 {
		size.Height = max(usualHeight, min(size.Width/2, highest))
	}
	size.Height *= max(1, size.text()/13)
	return c.last.of(c.view(), size)
}

// view is the Spec as the reader looks at it.
func (c *Chart) view() Spec {
	spec := c.group().view(c.Spec)
	spec.Log, spec.Smooth = c.log, c.smooth
	return spec
}

// OnInit takes what is asked for at first.
func (c *Chart) OnInit() { c.log, c.smooth = c.Spec.Log, c.Spec.Smooth }

// OnMount measures the room there is, and listens to pointers.
func (c *Chart) OnMount(ctx app.Context) {
	c.measure()
	c.listening.begin(c, ctx)
	c.group().join(c, ctx.Update)
}

// OnUpdate joins the group that the chart has now.
func (c *Chart) OnUpdate(ctx app.Context) { c.group().join(c, ctx.Update) }

// OnDismount stops listening.
func (c *Chart) OnDismount() {
	c.listening.end()
	c.group().leave(c)
}

// OnResize measures the room again.
func (c *Chart) OnResize(ctx app.Context) {
	ctx.Dispatch(func(app.Context) { c.measure() })
}

func (c *Chart) measure() {
	if element := app.Window().GetElementByID(c.ID + "-plot"); element.Truthy() {
		c.width = element.Get("clientWidth").Float()
		style := app.Window().Call("getComputedStyle", element)
		if size := style.Get("fontSize").String(); len(size) > 2 {
			c.text, _ = strconv.ParseFloat(size[:len(size)-len("px")], 64)
		}
	}
}

// Render draws the chart.
func (c *Chart) Render() app.UI {
	d := c.drawn()
	return app.Elem("section").ID(c.ID).Class("panel", "chart").
		Aria("labelledby", c.ID+"-title").
		Body(
			c.head(d.plot),
			(&legend{plot: d.plot, chart: c}).render(),
			app.P().Class("values").Hidden(c.Spec.Y == "").Text(c.Spec.Y),
			app.Div().ID(c.ID+"-plot").Class("plot").Body(c.layers(d)...),
			app.If(c.File != "", func() app.UI { return c.saving.render(c) }),
		)
}

func (c *Chart) head(plot Plot) app.UI {
	where := ""
	switch end, together := plot.curves.end(); {
	case c.group().showing:
		where = plot.X.where(c.group().at)
	case together:
		where = plot.X.where(end)
	case len(plot.curves) > 0:
		where = "last values"
	}
	return app.Div().Class("panel-head").Body(
		app.H2().ID(c.ID+"-title").Text(c.Title),
		app.Span().Class("where").Text(where),
		app.Div().Class("toggles").Body(
			app.If(plot.X.zoomed(), func() app.UI {
				return app.Button().ID(c.ID + "-reset").Type("button").Class("quiet").OnClick(c.onReset).Text("Reset zoom")
			}),
			app.If(c.Loss, func() app.UI { return check.Of(c.ID+"-log", "log scale", &c.log) }),
			check.Of(c.ID+"-smooth", "smooth", &c.smooth).Hidden(c.Spec.X != ""),
		),
	)
}

// onReset shows the whole X axis again. The button disappears, so the focus moves to the plot.
func (c *Chart) onReset(app.Context, app.Event) {
	c.group().show(Range{}, c)
	web.With(web.ID(c.ID+"-plot")+" .slider", func(slider app.Value) { slider.Call("focus") })
}

// layers are the drawing and, over it, what moves: so the browser need not repaint many curves for the crosshair.
func (c *Chart) layers(d *drawing) []app.UI {
	base, over := sheet(d.plot.Size), d.plot.X.title(math.Inf(1))
	if _, ok := d.plot.curves.on(d.plot.X.Scale); !ok && !d.plot.X.zoomed() {
		return []app.UI{base.Role("img").Aria("label", c.Title+" over "+over+"; no values yet").Body(elements(d.marks, "")...)}
	}
	return []app.UI{base.Aria("hidden", true).Body(elements(d.marks, c.group().standing)...), c.slider(d.plot)}
}

func sheet(size Size) app.HTMLElem {
	return element("svg").
		Attr("viewBox", "0 0 "+pixel(size.Width)+" "+pixel(size.Height)).
		Attr("width", pixel(size.Width)).Attr("height", pixel(size.Height))
}

// slider goes along the stations, so that a screen reader says the values as the arrow keys move.
func (c *Chart) slider(plot Plot) app.UI {
	g := c.group()
	ends, _ := plot.curves.on(plot.X.Scale)
	x := ends.To
	var marks []Mark
	if g.showing {
		x = g.at
		marks = plot.Crosshair(x)
	}
	if a, b, ok := c.listening.hand.box(); ok {
		marks = append(marks, plot.Box(a, b))
	}
	return sheet(plot.Size).Class("slider").Role("slider").TabIndex(0).
		Aria("label", c.Title+" over "+plot.X.title(math.Inf(1))).Aria("roledescription", "chart").
		Aria("description", "Arrow keys move along the values; plus and minus zoom, shift and arrow keys pan, 0 shows all.").
		Aria("valuemin", int(ends.From)).Aria("valuemax", int(ends.To)).Aria("valuenow", int(x)).
		Aria("valuetext", plot.Describe(x, g.standing)).
		On("blur", func(app.Context, app.Event) { c.group().rest(c) }).
		On("keydown", func(_ app.Context, e app.Event) { onKey(c, e) }).
		Body(elements(marks, g.standing)...)
}

// elements are marks as elements of the page. A series that is highlighted is drawn once more over the others, which are dim.
func elements(marks []Mark, standing string) []app.UI {
	elements := make([]app.UI, len(marks))
	for i, m := range marks {
		more := ""
		if standing != "" && m.Name != "" && m.Name != standing {
			more = "dim"
		}
		elements[i] = elementOf(m, more)
	}
	for _, m := range marks {
		if m.Name == standing && standing != "" {
			elements = append(elements, elementOf(m, "over"))
		}
	}
	return elements
}

func elementOf(m Mark, class string) app.UI {
	e := element(m.Tag).Attr("class", spaced(string(m.Kind), m.Look.class(), class))
	if m.Name != "" {
		e = e.DataSet("series", spaced(m.Name, m.Part))
	}
	for _, a := range m.Attrs {
		e = e.Attr(a[0], a[1])
	}
	if m.Text != "" {
		e = e.Text(m.Text)
	}
	return e
}

func element(tag string) app.HTMLElem { return app.Elem(tag).XMLNS("http://www.w3.org/2000/svg") }
