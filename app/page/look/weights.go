package look

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/check"
	"unpool/app/ui/filters"
	"unpool/app/ui/table"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// weights are those of a layer: filters and what is wrong with them, kernels by the maps that they read, or what a recurrent layer remembers by.
type weights struct {
	subject *subject
	chosen  func()  // another layer, map or gate is shown
	scales  *scales // the first layer's through training

	layer    string // "" for the first
	of       int    // the map of a deeper convolution
	byNumber bool   // filters are in the order of their numbers, and not the largest first
	own      bool   // each filter has a scale of its own
	gate     int    // of a recurrent layer

	question[protocol.Filters]
}

// ask asks for the weights after the step that is looked at.
func (w *weights) ask() {
	w.question.follow(protocol.LookFilters, protocol.LayerMap{Layer: w.layer, Map: w.of})
	w.scales.ask() // after what is wanted first
}

// take takes up what a link says: layer, map and gate, counted from 1.
func (w *weights) take(link url.Values) {
	if layer := link.Get("weights"); layer != "" {
		of, _ := strconv.Atoi(link.Get("kernels"))
		gate, _ := strconv.Atoi(link.Get("gate"))
		w.layer, w.of, w.gate = layer, max(0, of-1), max(0, gate-1)
	}
}

// put adds to a link what is shown.
func (w *weights) put(link url.Values) {
	if w.layer != "" {
		link.Set("weights", w.layer)
		link.Set("kernels", strconv.Itoa(w.of+1))
		link.Set("gate", strconv.Itoa(w.gate+1))
	}
}

// changed takes up that another net is looked at, which may have other layers.
func (w *weights) changed(what change) {
	if what == otherRun && !w.subject.first {
		w.question.close()
		w.layer, w.of, w.gate = "", 0, 0
	}
}

func (w *weights) render() []app.UI {
	dark, f := w.subject.shell.Dark(), w.question.answer
	if f == nil {
		return []app.UI{
			app.P().Class("under").Role("status").Hidden(w.question.cancel == nil).Text("Reading the weights: " + progress(w.question.progress) + "."),
			problem(w.question.failed),
		}
	}
	var parts []app.UI
	switch {
	case len(f.Gates) > 0:
		parts = w.recurrent(f, dark)
	case f.Findings != nil:
		parts = []app.UI{app.Div().Class("layers-grid").Body(w.filters(f, dark), w.spectrum(f, dark)), w.findings(f)}
	case len(f.Inputs) > 0:
		parts = []app.UI{w.kernels(f, dark)}
	default:
		parts = []app.UI{app.Div().Class("layers-grid").Body(w.filters(f, dark))}
	}
	return []app.UI{app.Div().Class(stale(w.question.cancel != nil)).Body(append([]app.UI{w.menu(f)}, parts...)...)}
}

// menu chooses the layer, and how it is shown.
func (w *weights) menu(f *protocol.Filters) app.UI {
	var layers []app.UI
	for _, name := range f.Layers {
		layers = append(layers, app.Option().Value(name).Selected(name == f.Layer).Text(name))
	}
	fields := []app.UI{field("weights-layer", "Layer",
		app.Select().ID("weights-layer").OnChange(func(_ app.Context, e app.Event) {
			w.layer, w.of, w.gate = e.Get("target").Get("value").String(), 0, 0
			w.ask()
		}).Body(layers...),
	)}
	if len(f.Inputs) > 0 {
		fields = append(fields, field("weights-map", "Output map, 1 to "+number.Int(f.Maps),
			app.Input().ID("weights-map").Type("number").Min(1).Max(f.Maps).Step(1).Value(f.Map+1).OnChange(func(_ app.Context, e app.Event) {
				if m, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil && m >= 1 && m <= f.Maps {
					w.of = m - 1
					w.ask()
				}
			}, app.EventScope(f.Layer, f.Maps)),
		))
	}
	if len(f.Gates) > 1 {
		var gates []app.UI
		for i, g := range f.Gates {
			gates = append(gates, app.Option().Value(strconv.Itoa(i)).Selected(i == w.gate).Text(gateName(&g)))
		}
		fields = append(fields, field("weights-gate", "Gate",
			app.Select().ID("weights-gate").OnChange(func(_ app.Context, e app.Event) {
				w.gate, _ = strconv.Atoi(e.Get("target").Get("value").String())
				w.chosen()
			}).Body(gates...),
		))
	}
	if f.Order != nil || len(f.Gates) > 0 {
		fields = append(fields, check.Of("weights-order", "in original order", &w.byNumber))
	}
	if len(f.Gates) == 0 {
		fields = append(fields, check.Of("weights-own", "each on its own scale", &w.own))
	}
	if len(f.Gates) == 0 && len(f.Inputs) == 0 && !w.own {
		fields = append(fields, w.scales.render())
	}
	return app.Div().Class("unit-menu").Body(fields...)
}

// filters are the first layer's.
func (w *weights) filters(f *protocol.Filters, dark bool) app.UI {
	noun, says := "filter", ""
	switch {
	case f.Filters.Height == 1:
		noun = "unit"
		says = fmt.Sprintf("%s units: each strip is one unit’s weights for its %s inputs", number.Int(f.Filters.Count), number.Int(f.Filters.Width))
	default:
		says = fmt.Sprintf("%s filters of %d×%d", number.Int(f.Filters.Count), f.Filters.Height, f.Filters.Width)
		if f.Stride > 1 {
			says += fmt.Sprintf(", stride %d", f.Stride)
		}
	}
	if !w.byNumber {
		says += ", largest first"
	}
	if w.own {
		says += "; each has its own scale, up to the one below"
	}
	from := f.Filters
	if !w.own {
		from = w.scales.first(from)
	}
	sorted := filters.Arranged(from, w.order(f.Order))
	return &filters.Filters{
		ID: "weights-filters", Title: "Weights of " + f.Layer, Weights: sorted, Drawn: w.scaled(sorted),
		Order: w.order(f.Order), RMS: f.RMS, Dark: dark, Noun: noun, Says: says, Width: 600, Height: 420,
		File: w.subject.file("weights-" + f.Layer), Numbers: w.numbers(f, protocol.FirstWeights),
	}
}

// numbers saves those of a picture.
func (w *weights) numbers(f *protocol.Filters, picture string) func() {
	return w.subject.numbers(protocol.LookFilters, protocol.LayerMap{Layer: f.Layer, Map: f.Map}, picture)
}

// order is the one that the reader has chosen, nil for that of the numbers; byNorm has the largest first.
func (w *weights) order(byNorm []int) []int {
	if w.byNumber {
		return nil
	}
	return byNorm
}

// scaled is a picture of weights with each image on a scale of its own, where the reader has chosen that; else nil.
func (w *weights) scaled(from *run.Weights) *run.Weights {
	if !w.own {
		return nil
	}
	to := *from
	to.Pixels = slices.Clone(from.Pixels)
	for one := range slices.Chunk(to.Pixels, from.Height*from.Width*from.Channels) {
		largest := 0
		for _, v := range one {
			largest = max(largest, int(v), -int(v))
		}
		for i, v := range one {
			one[i] = int8(int(v) * 127 / max(1, largest))
		}
	}
	return &to
}

// kernels are those of one map of a deeper convolution, by the maps that they read.
func (w *weights) kernels(f *protocol.Filters, dark bool) app.UI {
	which := "The " + number.Int(f.Reads) + " kernels"
	if len(f.Inputs) < f.Reads {
		which = fmt.Sprintf("The %s strongest of %s kernels", number.Int(len(f.Inputs)), number.Int(f.Reads))
	}
	says := fmt.Sprintf("%s whose results add up to map %d of %s; by input map, strongest first: %s", which, f.Map+1, f.Layer, numbered(f.Inputs))
	return app.Div().Class("layers-grid").Body(&filters.Filters{
		ID: "weights-kernels", Title: fmt.Sprintf("Kernels of map %d of %s", f.Map+1, f.Layer), Weights: f.Filters, Drawn: w.scaled(f.Filters), Order: f.Inputs,
		Dark: dark, Noun: "input map", Says: says, Width: 600, Height: 420, File: w.subject.file(fmt.Sprintf("kernels-%s-map%d", f.Layer, f.Map+1)), Numbers: w.numbers(f, protocol.Kernels),
	})
}

// numbered are the numbers of some maps, as people count; the first few.
func numbered(maps []int) string {
	text := ""
	for i, m := range maps[:min(8, len(maps))] {
		if i > 0 {
			text += ", "
		}
		text += number.Int(m + 1)
	}
	if len(maps) > 8 {
		text += " …"
	}
	return text
}

// spectrum is which spatial frequencies the filters let through.
func (w *weights) spectrum(f *protocol.Filters, dark bool) app.UI {
	return &filters.Filters{
		ID: "weights-spectrum", Title: "Their mean spectrum", Weights: f.Spectrum, Magnitudes: true, Dark: dark, Noun: "spectrum", Width: 240, Height: 240,
		Says: "How strongly the filters respond to stripes: broad ones in the centre (frequency 0), the finest at the edge (half a cycle per pixel). 1 everywhere: all frequencies alike.",
		File: w.subject.file("spectrum-" + f.Layer), Numbers: w.numbers(f, protocol.Spectrum),
	}
}

// threshold says from where on a check finds something.
func threshold(x *protocol.Finding) string {
	side := "above"
	if x.Below {
		side = "below"
	}
	return fmt.Sprintf("Counts as found %s %s %s.", side, number.Significant(float64(x.Threshold), 2), x.Unit)
}

// findings are what the checks of the filters came to.
func (w *weights) findings(f *protocol.Filters) app.UI {
	var rows []app.UI
	for _, x := range f.Findings {
		state, class := "fine", "fine"
		switch {
		case !x.Applies:
			state, class = "does not apply", "none"
		case x.Found:
			state, class = "found", "found"
		}
		rows = append(rows, app.Elem("li").ID("finding-"+x.ID).Class("finding", class).Body(
			app.Elem("h3").Body(app.Text(x.Title+": "), app.Elem("strong").Text(state)),
			app.P().Text(x.Says),
			app.If(x.Found && len(x.Filters) > 0, func() app.UI { return app.P().Text("By number: " + numbered(x.Filters) + ".") }),
			app.If(x.Found, func() app.UI { return app.P().Text(x.Advice) }),
			app.If(x.Found && x.Fix != "", func() app.UI {
				return app.P().Class("actions").Body(
					app.A().ID("fix-"+x.ID).Class("button", "primary").Href(shell.Link(shell.Train)+"?"+x.Fix).OnClick(func(ctx app.Context, e app.Event) {
						w.subject.shell.Beside = w.subject.curve.view
						w.subject.shell.OnFollow(ctx, e)
					}, app.EventScope(x.Fix)).Text("Try it in a new run"),
					app.Span().Class("under").Text(x.FixSays),
				)
			}),
			app.Elem("details").Body(app.Elem("summary").Text("The threshold"), app.P().Class("under").Text(threshold(&x)+" "+x.Source)),
		))
	}
	return app.Elem("section").Aria("labelledby", "findings-title").Body(
		app.H2().ID("findings-title").Class("large-title").Text("Filter diagnosis"),
		app.Elem("ul").Class("findings").Body(rows...),
		app.Elem("details").ID("of-each-filter").Body(app.Elem("summary").Text("What was measured of each filter"), ofEach(f)),
	)
}

// ofEach is the table of what the checks measured of each filter.
func ofEach(f *protocol.Filters) app.UI {
	heads := []string{"filter", "RMS (root mean square) of its weights"}
	rows := make([][]string, len(f.RMS))
	for i, rms := range f.RMS {
		rows[i] = []string{number.Int(i + 1), number.Signed(float64(rms))}
	}
	for _, x := range f.Findings {
		if !x.Applies {
			continue
		}
		heads = append(heads, x.Title+": "+x.EachIs)
		for i, v := range x.Each {
			rows[i] = append(rows[i], number.Signed(float64(v)))
		}
	}
	return table.Table("What was measured of each filter", heads, rows)
}
