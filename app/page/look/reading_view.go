package look

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/check"
	"unpool/app/ui/figure"
	"unpool/app/ui/filters"
	"unpool/app/ui/magnifier"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/rowchart"
	"unpool/core/run"
	"unpool/core/svg"
)

// reader shows how the layer reads the image.
type reader struct {
	*reading
	dark bool
}

func (r reader) render() []app.UI {
	body := []app.UI{
		app.H2().ID("reading-title").Class("large-title").Text("The image read row by row"),
		app.P().Class("under").Text("A recurrent layer reads one row after another. All it passes on is its state: one number a unit, computed from the row and the state before. " +
			"Move the slider to see what the layer makes of the first rows. Point at the states to choose a unit."),
	}
	if r.answer == nil || r.failed != nil {
		body = append(body, r.offer("read", "Read the image", "Reading", func() {
			r.others = false // those may be why it failed
			r.again()
		}))
	}
	if r.answer != nil {
		d, _ := r.direction()
		figures := []app.UI{r.image()}
		for i := range r.answer.Directions {
			figures = append(figures, r.states(i))
		}
		figures = append(figures, r.gates(d)...)
		figures = append(figures, r.answers(), r.gradients())
		body = append(body, r.menu(), app.P().ID("reading-says").Class("says").Role("status").Text(r.says()),
			app.Div().Class("reading-figures", "layers-grid", "wide", stale(r.cancel != nil)).Body(figures...),
			app.P().Body(app.Button().ID("reading-cover").Type("button").OnClick(func(app.Context, app.Event) { r.cover() }).Text("Cover one row after another, to see which the net needs")),
			r.besides(), r.acrosses())
	}
	return []app.UI{app.Elem("section").ID("rows").Aria("labelledby", "reading-title").Body(body...)}
}

// word is what a step of the layer is called.
func (r *reading) word() string {
	if r.answer.Columns {
		return "column"
	}
	return "row"
}

// menu chooses the row, the layer and the unit, and what is shown of all units.
func (r reader) menu() app.UI {
	a, at, rows := r.answer, r.at(), r.rows()
	var fields []app.UI
	var units, traces []string
	if names := r.scene.maps().Recurrent; len(names) > 1 {
		fields = append(fields, choice("reading-layer", "Layer", names, slices.Index(names, a.Layer), func(i int) {
			r.across.close()
			r.layer, r.unit, r.trace = names[i], 0, 0
			r.again()
			r.chosen()
		}, r.subject.id))
	}
	for i := range r.units() * len(a.Directions) {
		units = append(units, r.name(i))
	}
	for _, t := range a.Directions[0].Traces {
		traces = append(traces, rowchart.Name(t.Name))
	}
	fields = append(fields,
		choice("reading-unit", "Unit", units, r.unit, func(i int) {
			r.unit = i
			r.chosen()
		}),
		app.If(len(traces) > 1, func() app.UI {
			return choice("reading-trace", "Of all units", traces, r.trace, func(i int) {
				r.trace = i
				r.chosen()
			})
		}),
		check.New("reading-similar", "similar units side by side", !r.byNumber, false, func(on bool) {
			r.byNumber = !on
			clear(r.arranged)
			r.chosen()
		}),
	)
	if others := reference(r.subject); len(others) > 0 && digits(r.scene.maps()) {
		fields = append(fields, check.New("reading-others", "beside the published RNN, LSTM and GRU", r.others, false, func(on bool) {
			r.others = on
			r.again()
			r.chosen()
		}))
	}
	plays, fromEnd := "Play", ""
	if d, _ := r.direction(); d.Backward {
		fromEnd = ", read from the end"
	}
	if r.plays != 0 {
		plays = "Pause"
	}
	return app.Div().Body(
		app.Div().Class("unit-menu").Body(fields...),
		app.Div().Class("reading-row").Body(
			field("reading-row", fmt.Sprintf("After %s %d of %d%s", r.word(), at+1, rows, fromEnd),
				app.Input().ID("reading-row").Type("range").Min(0).Max(rows-1).Step(1).Value(at).Aria("valuetext", fmt.Sprintf("%s %d", r.word(), at+1)).
					OnInput(func(_ app.Context, e app.Event) {
						if row, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil {
							r.plays = 0
							r.choose(r.unit, row)
						}
					}).OnChange(func(app.Context, app.Event) { r.chosen() }),
			),
			app.Button().ID("reading-play").Type("button").Hidden(web.Still()).OnClick(func(ctx app.Context, _ app.Event) { play(r.reading, ctx) }).Text(plays),
		),
	)
}

// name is a unit's.
func (r *reading) name(unit int) string {
	name := "unit " + number.Int(unit%r.units()+1)
	if unit >= r.units() {
		name += " from the end"
	}
	return name
}

// best is the most probable class after a row, with its name and probability.
func best(a *protocol.Reading, row int) (name string, share float64) {
	p := a.Answers[row]
	best := slices.Index(p, slices.Max(p))
	return a.Classes[best], float64(p[best])
}

// says is what the net would answer after the row, and from where on that stays.
func (r reader) says() string {
	a := r.answer
	if a.Answers == nil {
		return "This net’s answer rests on the states after all rows, so there is no answer after each."
	}
	name, share := best(a, r.at())
	return fmt.Sprintf("If the image ended after %s %d, the net would answer %s, with a probability of %s. %s", r.word(), r.at()+1, name, number.Share(share), decided(r.word(), a))
}

// decided says from where on the answer stays the same.
func decided(word string, a *protocol.Reading) string {
	name, _ := best(a, len(a.Answers)-1)
	if a.Decided == 0 {
		return "The answer is " + name + " from the first on."
	}
	return fmt.Sprintf("From %s %d on the answer is %s and no longer changes.", word, a.Decided+1, name)
}

// image is the image, of which what has not been read is pale.
func (r reader) image() app.UI {
	d, _ := r.direction()
	says := fmt.Sprintf("Read so far: %ss 1 to %d.", r.word(), r.at()+1)
	if d.Backward {
		says = fmt.Sprintf("Read so far, from the end: %ss %d to %d.", r.word(), r.rows(), r.at()+1)
	}
	return panel("reading-image", "What has been read", says, app.Div().Class("seen").Body(picture(r.answer.Image, 224, says), unread(r.reading, d.Backward, r.answer.Columns)))
}

// unread covers what has not been read of a picture.
func unread(r *reading, backward, columns bool) app.UI {
	before, after := 0, r.rows()-1-r.at()
	if backward {
		before, after = r.at(), 0
	}
	begin, end := "top", "bottom"
	if columns {
		begin, end = "left", "right"
	}
	of := app.Span().Class("unread")
	if before > 0 {
		return of.Style(end, filters.Share(r.rows()-before, r.rows()))
	}
	return of.Style(begin, filters.Share(r.rows()-after, r.rows()))
}

// arrange is a picture with a column for each unit, in the order that is wanted.
func arrange(r *reading, d *protocol.ReadingDirection, w *run.Weights) *run.Weights {
	if r.byNumber {
		return w
	}
	if r.arranged[w] == nil {
		to := *w
		to.Pixels = make(run.Int8s, 0, len(w.Pixels))
		for row := range w.Height {
			for _, unit := range d.Order {
				to.Pixels = append(to.Pixels, w.Pixels[row*w.Width+unit])
			}
		}
		r.arranged[w] = &to
	}
	return r.arranged[w]
}

// valueAt is a number of a picture.
func valueAt(w *run.Weights, row, column int) float64 {
	return float64(w.Pixels[row*w.Width+column]) * w.Scale / 127
}

// ofEnd ends the name of what reads from the end.
func ofEnd(backward bool) string {
	if backward {
		return "-backward"
	}
	return ""
}

// states are a number of all units, a row for each row.
func (r reader) states(i int) app.UI {
	d := &r.answer.Directions[i]
	trace, units := &d.Traces[r.trace], r.units()
	place := func(unit int) int {
		if r.byNumber {
			return unit
		}
		return slices.Index(d.Order, unit)
	}
	at := [2]int{r.at(), place(min(max(0, r.unit-i*units), units-1))}
	unit := at[1]
	if !r.byNumber {
		unit = d.Order[at[1]]
	}
	id, title := "reading-states"+ofEnd(d.Backward), "The "+rowchart.Name(trace.Name)+" of all "+number.Int(units)+" units"
	says := fmt.Sprintf("A %s for each %s, read downwards; a column for each unit.", r.word(), r.word())
	if d.Backward {
		title, says = title+", from the end", fmt.Sprintf("The same for the units that read from the end: upwards, from %s %d.", r.word(), r.rows())
	}
	if !r.byNumber {
		says += " Similar units are side by side."
	}
	point := func(row, column int) {
		r.subject.shell.Dispatch(func(app.Context) {
			if r.answer == nil || column >= r.units() || i >= len(r.answer.Directions) {
				return
			}
			if d := &r.answer.Directions[i]; !r.byNumber {
				column = d.Order[column]
			}
			r.plays = 0
			r.choose(i*r.units()+column, row)
		})
	}
	drawn := arrange(r.reading, d, &trace.Values)
	value := valueAt(&trace.Values, at[0], unit)
	return panel(id, title, says,
		app.Div().Class("seen", map[bool]string{true: "unchosen"}[i != r.unit/units]).Body(
			&magnifier.Magnifier{
				ID: id + "-places", Label: title, Says: r.name(i*units+unit) + ", " + number.Signed(value), Weights: drawn, Dark: r.dark, Room: wide, Stretch: stretch(drawn, wide), At: at,
				Point: point, Choose: func(row, column int) {
					point(row, column)
					r.subject.shell.Dispatch(func(app.Context) { r.chosen() })
				},
			},
			unread(r.reading, d.Backward, false),
		),
		filters.Scale(-drawn.Scale, drawn.Scale),
		r.save("reading-"+r.answer.Layer+"-"+trace.Name+ofEnd(d.Backward), title, says, drawn, wide,
			r.subject.numbers(protocol.LookReading, r.about(), protocol.States+trace.Name+ofEnd(d.Backward))),
	)
}

// The room for pictures with a row for each row, in pixels: wide as those of a panel are, and at least so high.
const wide, high = 384, 224

// stretch is how many times as high as wide the values of a picture are drawn, which is so wide.
func stretch(w *run.Weights, room int) int {
	return max(1, high/(w.Height*max(1, room/w.Width)))
}

// heat is a picture with a row for each row.
func (r reader) heat(w *run.Weights, room int, alt string) app.UI {
	grid := filters.Layout(w, room, room).Stretched(stretch(w, room))
	return app.Img().Class("crisp").Src(filters.DataURL(w, grid, filters.ColorsOf(r.dark))).Alt(alt).Width(grid.Width * grid.Scale).Height(grid.Height * grid.Scale)
}

// save offers it as a file.
func (r reader) save(file, title, says string, w *run.Weights, room int, numbers func()) app.UI {
	return &figure.Save{Title: title, File: r.subject.file(file), Numbers: numbers, Figure: func() (string, error) {
		return filters.Figure(w, filters.Layout(w, room, room).Stretched(stretch(w, room)), -w.Scale, title, says)
	}}
}

// chart is a panel with numbers over the rows.
func (r reader) chart(id, title, says string, c rowchart.Chart, numbers func()) app.UI {
	c.X = r.word()
	elements, height := c.Draw()
	return panel(id, title, says,
		app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="row-chart" viewBox="0 0 %d %d" role="img" aria-label="Lines over the %ss">%s</svg>`,
			rowchart.Width, height, c.X, elements)),
		&figure.Save{Title: title, File: r.subject.file(id), Numbers: numbers, Figure: func() (string, error) {
			c.At = -1
			elements, height := c.Draw()
			d := svg.Document{Width: rowchart.Width, Height: height, Title: title, Says: says}
			d.Add("%s", elements)
			return d.String(), nil
		}},
	)
}

// What gates do, and what would be a sign of what.
const (
	lstmGates = "The forget gate says how much of the memory stays, the input gate how much of the candidate is added, and the output gate how much of the memory " +
		"the state shows. A forget gate near 1 over many rows keeps what the unit has seen."
	gruGates = "The update gate says how much of the state stays; the rest comes from the candidate. The reset gate says how much of the states before the candidate reads. " +
		"An update gate near 1 over many rows keeps what the unit has seen."
	rnnState = "An RNN has no gates: the whole state is computed anew at each row. A line that swings with each row remembers little."
)

// gates are those of the unit, and what they make.
func (r reader) gates(d *protocol.ReadingDirection) []app.UI {
	_, unit := r.direction()
	var lines []rowchart.Line
	var opened, made []string // what they are at the row
	for i := range d.Traces {
		t := &d.Traces[i]
		line := rowchart.Line{Name: t.Name}
		for row := range r.rows() {
			line.Values = append(line.Values, float32(valueAt(&t.Values, row, unit)))
		}
		lines = append(lines, line)
		now := rowchart.Name(t.Name) + " " + number.Signed(valueAt(&t.Values, r.at(), unit))
		if rowchart.Gate(t.Name) {
			opened = append(opened, now)
		} else {
			made = append(made, now)
		}
	}
	gates, states := rowchart.Units(lines)
	gates.Backward, states.Backward = d.Backward, d.Backward
	gates.At, states.At = r.at(), r.at()
	name := r.name(r.unit)
	name = "U" + name[1:]
	about := rnnState
	switch len(gates.Lines) {
	case 3:
		about = lstmGates
	case 2:
		about = gruGates
	}
	here := fmt.Sprintf(" At %s %d: ", r.word(), r.at()+1)
	if len(gates.Lines) == 0 {
		return []app.UI{r.chart("reading-unit-state", name, about+here+made[0]+".", states, nil)}
	}
	return []app.UI{
		r.chart("reading-unit-gates", name+": its gates", about+here+strings.Join(opened, ", ")+".", gates, nil),
		r.chart("reading-unit-state", name+": its state", "The state is what the other units and the next layer read."+here+strings.Join(made, ", ")+".", states, nil),
	}
}

// answers are the probabilities of the classes after each row.
func (r reader) answers() app.UI {
	a := r.answer
	if a.Answers == nil {
		return app.Div().Hidden(true)
	}
	c := rowchart.Answers(a.Classes, a.Answers)
	c.At, c.Mark = r.at(), a.Decided
	says := fmt.Sprintf("The probability of each class if the image ended after that %s, of those that reach 20 %% somewhere. %s The dotted line marks it. "+
		"A class that wins late is told apart by the last %[1]ss.", r.word(), decided(r.word(), a))
	return r.chart("reading-answers", "The answer after each "+r.word(), says, c, r.subject.numbers(protocol.LookReading, r.about(), protocol.Answers))
}

// gradients are how far back the gradient reaches.
func (r reader) gradients() app.UI {
	g := r.answer.Gradients
	last := len(g) - 1
	c := rowchart.Chart{Log: true, At: r.at(), Mark: -1, Lines: []rowchart.Line{{Name: "gradient", Values: g}}}
	says := fmt.Sprintf("How much the answer’s logit changes with what is read at each %s: the norm of its gradient, on a logarithmic scale. By %[1]s 1 it is %[2]s, by %[1]s %[3]d %[4]s. "+
		"If it falls by powers of ten towards the %[1]ss that were read first, training hardly learns what they have to do with the answer; if it grows by powers of ten, training becomes unstable.",
		r.word(), number.Significant(float64(g[0]), 2), last+1, number.Significant(float64(g[last]), 2))
	return r.chart("reading-gradients", "How far back the gradient reaches", says, c, r.subject.numbers(protocol.LookReading, r.about(), protocol.Gradients))
}
