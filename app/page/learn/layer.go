package learn

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/page/learn/chapter"
	"unpool/app/ui/filters"
	"unpool/app/ui/magnifier"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/models/net"
)

// layer is the step's layer with the digit: what it costs, its maps, and how one value of one map is computed.
type layer struct {
	question[protocol.Arithmetic]
	page *Page
	id   string

	of      int    // the map that the reader looks at
	at      [2]int // the value in it
	version int    // of the scene that was asked about
}

// begin asks how the value is computed.
func (f *layer) begin() {
	z, l := f.page.scene, f.placed()
	w := z.output(l.Name)
	if w == nil {
		return // render asks when it is there
	}
	f.version = z.version
	u := protocol.TestUnit{Own: z.image.Own, Image: z.image.Image, Layer: l.Name, Map: f.of, At: &f.at}
	if w.Count == 1 {
		u.At = &[2]int{}
	}
	of := z.of()
	f.ask(func(progress func(protocol.Progress), done func(*protocol.Arithmetic, *protocol.Error)) func() {
		return client.Look(z.shell.Trainer, protocol.LookPixel, of, u, progress, done)
	})
}

func (f *layer) placed() *net.Placed {
	c := f.page.chapter()
	return c.Layer(c.Steps[f.page.at.step])
}

// look looks at another value.
func (f *layer) look(of int, at [2]int) {
	f.of, f.at = of, at
	f.begin()
}

func (f *layer) render() app.UI {
	l, z := f.placed(), f.page.scene
	w := z.output(l.Name)
	if w != nil && f.version != z.version && !f.waiting {
		if f.version == 0 && w.Count > 1 { // something is to be seen in the middle
			f.at = [2]int{w.Height / 2, w.Width / 2}
		}
		f.page.Dispatch(func(app.Context) { f.begin() })
		f.version = z.version
	}
	return app.Section().ID(f.id).Class("panel", "figure").Aria("label", "The layer "+l.Name).Body(
		app.H2().Text(l.Name),
		facts(l),
		app.If(w != nil, func() app.UI { return f.maps(w) }),
		app.If(f.answer != nil, f.arithmetic),
		app.If(f.failed != nil, func() app.UI { return f.state(f.begin, f.id) }),
	)
}

// facts are what the layer reads, gives and costs.
func facts(l *net.Placed) app.UI {
	fact := func(name, value string) app.UI {
		return app.Div().Body(app.Dt().Class("under").Text(name), app.Dd().Text(value))
	}
	return app.Dl().Class("facts").Body(
		fact("reads", chapter.Times(l.In)), fact("gives", chapter.Times(l.Out)), fact("parameters", number.Int(l.Parameters())),
		fact("multiply-adds", number.Int(l.Forward)), fact("each value sees", chapter.Sees(l)),
	)
}

// maps are all of the layer's, and the chosen one enlarged.
func (f *layer) maps(w *run.Weights) app.UI {
	dark := f.page.Dark()
	all := &filters.Filters{
		ID: f.id + "-maps", Title: "What it gives", Weights: w, Dark: dark, Noun: "map", Says: "Press a map to enlarge it.", Width: 250, Height: 150,
		Choose: func(m int) { f.look(m, f.at) }, Marked: func() int { return f.of },
	}
	if w.Count == 1 {
		all.Says, all.Marked, all.Choose = fmt.Sprintf("%d numbers; the one below is the largest.", w.Width), nil, nil
		f.of = largest(w)
		return app.Div().DataSet("part", "y").Body(all)
	}
	f.of = min(f.of, w.Count-1)
	f.at = [2]int{min(f.at[0], w.Height-1), min(f.at[1], w.Width-1)}
	one := *w
	size := w.Height * w.Width
	one.Count, one.Pixels = 1, w.Pixels[f.of*size:(f.of+1)*size]
	value := number.Significant(valueAt(w, f.of, f.at[0], f.at[1]), 3)
	return app.Div().Class("layer-maps").DataSet("part", "y").Body(
		all,
		app.Div().Class("layer-map").Body(
			app.P().Class("grid-title").Text(fmt.Sprintf("Map %d: point at a value", f.of+1)),
			&magnifier.Magnifier{
				ID: f.id + "-map", Label: fmt.Sprintf("Map %d of %s", f.of+1, w.Layer), Says: value, Weights: &one, Dark: dark, Room: 196, At: f.at,
				Point:  func(row, column int) { f.look(f.of, [2]int{row, column}) },
				Choose: func(row, column int) { f.look(f.of, [2]int{row, column}) },
			},
		),
	)
}

// largest is the place of the largest number of a vector.
func largest(w *run.Weights) (at int) {
	for i, v := range w.Pixels {
		if v > w.Pixels[at] {
			at = i
		}
	}
	return at
}

// arithmetic is how the value comes about.
func (f *layer) arithmetic() app.UI {
	a := f.answer
	unit := number.Significant(float64(a.Unit.Value), 3)
	return app.Div().Class("arithmetic").Body(
		app.If(a.Patch[2]*a.Patch[3] > 1 && a.Inputs.Count > 0, func() app.UI {
			return app.Div().Class("patches").Body(
				f.patch("x", "the window", &a.Inputs),
				app.If(a.Kernels.Count > 0, func() app.UI { return app.Span().Class("times").Text("×") }),
				app.If(a.Kernels.Count > 0, func() app.UI { return f.patch("w", "the weights", &a.Kernels) }),
				app.If(a.Kernels.Count > 0, func() app.UI { return app.Span().Class("times").Text("=") }),
				app.If(a.Products.Count > 0, func() app.UI { return f.patch("xw", "the products", &a.Products) }),
			)
		}),
		app.P().ID(f.id+"-value").Class("sum-text").Role("status").Text(f.says(unit)),
	)
}

// patch is the first of some small images, enlarged.
func (f *layer) patch(part, title string, w *run.Weights) app.UI {
	one := *w
	one.Count, one.Pixels = 1, w.Pixels[:w.Height*w.Width*w.Channels]
	g := filters.Layout(&one, 84, 84)
	return app.Div().Class("grid-of").DataSet("part", part).Body(
		app.Img().Class("crisp").Src(filters.DataURL(&one, g, filters.ColorsOf(f.page.Dark()))).Alt(title).Width(g.Width*g.Scale).Height(g.Height*g.Scale),
		app.P().Class("grid-title").Text(title),
	)
}

// says is the arithmetic in a sentence.
func (f *layer) says(unit string) string {
	a := f.answer
	sum := func(x float32) string {
		text := number.Significant(max(float64(x), -float64(x)), 3)
		if x < 0 {
			return "−" + text
		}
		return text
	}
	what := fmt.Sprintf("Row %d, column %d", a.Unit.Row+1, a.Unit.Column+1)
	if len(f.placed().Out) == 1 {
		what = fmt.Sprintf("Number %d", f.of+1)
	}
	switch {
	case len(a.Terms) == 0:
		return what + ": " + unit
	case a.Then != "":
		return fmt.Sprintf("%s: %s of %s is %s.", what, a.Then, sum(a.Terms[0].Sum), unit)
	case a.Kernels.Count == 0:
		return fmt.Sprintf("%s: the largest number in the window is %s.", what, unit)
	case len(a.Terms) == 1 && a.Others == 0:
		return fmt.Sprintf("%s: the products add up to %s. With the bias, %s, it is %s.", what, sum(a.Terms[0].Sum), sum(a.Bias), unit)
	}
	rest := a.Rest
	for _, t := range a.Terms[1:] {
		rest += t.Sum
	}
	return fmt.Sprintf("%s: map %d, which counts most, adds %s, and the %s other inputs %s. With the bias, %s, it is %s.", what,
		a.Terms[0].Map+1, sum(a.Terms[0].Sum), number.Int(len(a.Terms)-1+a.Others), sum(rest), sum(a.Bias), unit)
}
