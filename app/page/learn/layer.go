package learn

import (
	"fmt"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/ui/filters"
	"unpool/app/ui/magnifier"
	"unpool/app/ui/markup"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/models/net"
)

// layer is the step's layer with the digit: what it costs, its maps, and how one value of one map is computed.
type layer struct {
	question
	answer *protocol.Arithmetic
	page   *Page
	id     string

	of      int     // the map that the reader looks at
	at      *[2]int // the value in it; nil for the largest
	version int     // of the scene that was asked about
}

// begin asks how the value is computed.
func (f *layer) begin() {
	z, l := f.page.scene, f.page.placed()
	w := z.output(l.Name)
	if w == nil {
		return // render asks when it is there
	}
	f.version = z.version
	if w.Count == 1 {
		f.of, f.at = largest(w), nil
	}
	u := protocol.TestUnit{Own: z.image.Own, Image: z.image.Image, Layer: l.Name, Map: f.of, At: f.at}
	look(&f.question, z.shell, protocol.LookPixel, z.of(), u, func(a *protocol.Arithmetic) { f.answer = a })
}

// placed is the layer that the step on show is about.
func (p *Page) placed() *net.Placed {
	c := p.chapter()
	return c.Layer(c.Steps[p.at.step])
}

// point looks at another value.
func (f *layer) point(of int, at *[2]int) {
	f.of, f.at = of, at
	f.begin()
}

func (f *layer) render() app.UI {
	l, z := f.page.placed(), f.page.scene
	w := z.output(l.Name)
	if w != nil && f.version != z.version && !f.waiting {
		f.at = nil
		f.page.Dispatch(func(app.Context) { f.begin() })
		f.version = z.version
	}
	return panel(f.id, l.Name,
		facts(l),
		f.maps(w),
		f.arithmetic(),
		f.state(f.answer != nil),
	)
}

// facts are the shapes of the layer's input and output, and what it costs.
func facts(l *net.Placed) app.UI {
	var m markup.Markup
	m.Add(`<dl class="facts">`)
	for _, fact := range [][2]string{
		{"input", chapter.Times(l.In)}, {"output", chapter.Times(l.Out)}, {"parameters", number.Int(l.Parameters())},
		{"multiply-adds", number.Int(l.Forward)}, {"receptive field", chapter.Sees(l)},
	} {
		m.Add(`<div><dt class="under">%s</dt><dd>%s</dd></div>`, fact[0], fact[1])
	}
	m.Add("</dl>")
	return m.Element()
}

// maps are all of the layer's, and the chosen one enlarged.
func (f *layer) maps(w *run.Weights) app.UI {
	if w == nil {
		return app.Text("")
	}
	dark := f.page.Dark()
	all := &filters.Filters{
		ID: f.id + "-maps", Title: "Its output", Weights: w, Dark: dark, Noun: "map", Says: "Press a map to enlarge it.", Width: 250, Height: 150,
		Choose: func(m int) { f.point(m, nil) }, Marked: func() int { return f.of },
	}
	if w.Count == 1 {
		all.Says, all.Marked, all.Choose = fmt.Sprintf("%d numbers; the one below is the largest.", w.Width), nil, nil
		return app.Div().Class("layer-maps").DataSet("part", "y").Body(all)
	}
	f.of = min(f.of, w.Count-1)
	at := f.place(w)
	one := *w
	size := w.Height * w.Width
	one.Count, one.Pixels = 1, w.Pixels[f.of*size:(f.of+1)*size]
	value := number.Significant(valueAt(w, f.of, at[0], at[1]), 3)
	return app.Div().Class("layer-maps").DataSet("part", "y").Body(
		all,
		app.Div().Class("layer-map").Body(
			app.P().Class("grid-title").Text(fmt.Sprintf("Map %d: choose a value", f.of+1)),
			&magnifier.Magnifier{
				ID: f.id + "-map", Label: fmt.Sprintf("Map %d of %s", f.of+1, w.Layer), Says: value, Weights: &one, Dark: dark, Room: 196, At: at,
				Point:  func(row, column int) { f.point(f.of, &[2]int{row, column}) },
				Choose: func(row, column int) { f.point(f.of, &[2]int{row, column}) },
			},
		),
	)
}

// place is the value that the reader looks at, or the one that was answered about.
func (f *layer) place(w *run.Weights) (at [2]int) {
	switch {
	case f.at != nil:
		at = *f.at
	case f.answer != nil:
		at = [2]int{f.answer.Unit.Row, f.answer.Unit.Column}
	}
	return [2]int{min(at[0], w.Height-1), min(at[1], w.Width-1)}
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
	if a == nil {
		return app.Text("")
	}
	var m markup.Markup
	m.Add(`<div class="arithmetic">`)
	if a.Patch[2]*a.Patch[3] > 1 && a.Inputs.Count > 0 {
		m.Add(`<div class="patches">`)
		title := "the window"
		if len(f.page.placed().Out) == 1 { // which reads whole maps
			title = "the map"
		}
		f.patch(&m, "x", title, &a.Inputs)
		if a.Kernels.Count > 0 {
			m.Add(`<span class="times">×</span>`)
			f.patch(&m, "w", "the weights", &a.Kernels)
			m.Add(`<span class="times">=</span>`)
			f.patch(&m, "xw", "the products", &a.Products)
		}
		m.Add("</div>")
	}
	m.Add(`<p id="%s-value" class="sum-text" role="status">`, f.id)
	m.WriteString(f.says() + "</p></div>")
	return m.Element()
}

// patch is the first of some small images, enlarged.
func (f *layer) patch(m *markup.Markup, part, title string, w *run.Weights) {
	one := *w
	one.Count, one.Pixels = 1, w.Pixels[:w.Height*w.Width*w.Channels]
	g := filters.Layout(&one, 84, 84)
	m.Add(`<div class="grid-of" data-part="%s"><img class="crisp" alt="%s" width="%d" height="%d" src="%s"><p class="grid-title">%[2]s</p></div>`, part, title,
		g.Width*g.Scale, g.Height*g.Scale, filters.DataURL(&one, g, filters.ColorsOf(f.page.Dark())))
}

// says is the arithmetic in a sentence, as HTML: its numbers are parts of the equation.
func (f *layer) says() string {
	a := f.answer
	part := func(of string, x float32) string {
		return `<span data-part="` + of + `">` + signed(rounded(x)) + "</span>"
	}
	unit, bias := part("y", a.Unit.Value), part("b", a.Bias)
	what := fmt.Sprintf("Row %d, column %d", a.Unit.Row+1, a.Unit.Column+1)
	if len(f.page.placed().Out) == 1 {
		what = fmt.Sprintf("Number %d", f.of+1)
	}
	switch {
	case a.Kind == "residual":
		return what + ": the output of the group’s layers and the group’s input, " + part("f", a.Terms[0].Sum) + " and " + part("x", a.Terms[1].Sum) + ", add up to " + unit + "."
	case strings.HasSuffix(a.Kind, "norm"):
		factor := `<span data-part="w">factor</span>`
		return what + ": the input times the " + factor + " of this map is " + part("x", a.Terms[0].Sum) + ". With the shift, " + bias + ", it is " + unit + "."
	case a.Kind == "mean":
		return what + ": the mean of the map is " + unit + "."
	case a.Then != "":
		return what + ": " + net.Activation(a.Then).Words() + " of " + part("x", a.Terms[0].Sum) + " is " + unit + "."
	case a.Kernels.Count == 0:
		return what + ": the largest number in the window is " + unit + "."
	case len(a.Terms) == 1 && a.Others == 0:
		return what + ": the products add up to " + part("xw", a.Terms[0].Sum) + ". With the bias, " + bias + ", it is " + unit + "."
	}
	total := fmt.Sprintf("With the bias, %s, it is %s.", bias, unit)
	if a.Bias == 0 { // the layer has none
		total = "Together that is " + unit + "."
	}
	rest := a.Rest
	for _, t := range a.Terms[1:] {
		rest += t.Sum
	}
	return fmt.Sprintf("%s: map %d, which contributes most, adds %s, and the %s other inputs %s. %s", what,
		a.Terms[0].Map+1, part("xw", a.Terms[0].Sum), number.Int(len(a.Terms)-1+a.Others), part("xw", rest), total)
}
