package learn

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/ui/magnifier"
	"unpool/app/ui/markup"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/models/net"
)

// reading is a recurrent net that reads the digit row by row: what one of its units does at each row, and what the net would answer there.
// The number that the reader changes is the rows read.
type reading struct {
	knob
	question
	page *Page

	answer  *protocol.Reading
	unit    int
	version int // of the scene that was asked about
}

func newReading(p *Page, id string, of *chapter.Figure) *reading {
	f := &reading{page: p}
	f.knob = newKnob(id, of, func() {})
	return f
}

// begin asks for the reading.
func (f *reading) begin() {
	z, l := f.page.scene, f.page.placed()
	if z.answer == nil {
		return // render asks when it is there
	}
	f.version = z.version
	u := protocol.TestUnit{Own: z.image.Own, Image: z.image.Image, Layer: l.Name, Map: f.unit}
	look(&f.question, z.shell, protocol.LookReading, z.of(), u, func(a *protocol.Reading) { f.answer = a })
}

func (f *reading) render() app.UI {
	if z := f.page.scene; z.answer != nil && f.version != z.version && !f.waiting {
		f.version = z.version
		f.page.Dispatch(func(app.Context) { f.begin() })
	}
	parts := []app.UI{facts(f.page.placed()), f.prediction(), f.slider(), f.state(f.answer != nil)}
	if f.answer != nil {
		parts = append(parts, f.unrolled(), f.says(), f.states())
	}
	return panel(f.id, f.of.Title, parts...)
}

// row is the one that was read last, from 0.
func (f *reading) row() int { return min(int(f.value), len(f.answer.Cells)) - 1 }

// kind is that of the layer's cells.
func (f *reading) kind() net.CellKind {
	c, _ := f.page.placed().Layer.(net.Cell)
	return c.Kind
}

// symbols are what the equations call a cell's gates.
var symbols = map[string]string{"input": "i", "forget": "f", "candidate": "g", "output": "o", "update": "z", "reset": "r"}

// column is a number that each row has, drawn as fields from blue (negative) to orange.
type column struct {
	part, name string
	value      func(*protocol.Cell) float64
}

// columns are the unit's gates, its memory if it has one, and its state.
func (f *reading) columns() (all []column) {
	for i, g := range f.answer.Cells[0].Gates {
		if g.Name != "state" {
			all = append(all, column{symbols[g.Name], g.Name, func(c *protocol.Cell) float64 { return float64(c.Gates[i].Value) }})
		}
	}
	if f.kind() == net.LSTM {
		all = append(all, column{"c", "memory", func(c *protocol.Cell) float64 { return float64(c.Memory) }})
	}
	return append(all, column{"h", "state", func(c *protocol.Cell) float64 { return float64(c.State) }})
}

// unrolled is the image with what each row does beside it.
func (f *reading) unrolled() app.UI {
	a, at := f.answer, f.row()
	var m markup.Markup
	m.Add(`<div class="unrolled" role="img" aria-label="%s"><div data-part="x"><p class="grid-title">image</p><img class="crisp" alt="" src="`, f.text())
	m.WriteString(pixels(a.Image))
	m.Add(`"><span class="unread-rows" style="--read: %d"></span></div>`, at+1)
	begin := func(part, name, class string) {
		m.Add(`<div class="row-column%s" data-part="%s"><p class="grid-title" title="%s">%s</p>`, class, part, name, part)
	}
	field := func(row int, class, style, inside string) {
		m.Add(`<span data-row="%d" class="value%s" style="%s">`, row+1, class+when(row == at, " at-row")+when(row > at, " unread"), style)
		m.WriteString(inside + "</span>")
	}
	for _, c := range f.columns() {
		begin(c.part, c.name, "")
		largest := 1.0
		for i := range a.Cells {
			largest = max(largest, math.Abs(c.value(&a.Cells[i])))
		}
		for i := range a.Cells {
			v := c.value(&a.Cells[i])
			field(i, when(v > 0, " high")+when(v < 0, " low"), fmt.Sprintf("--share: %.0f%%", 90*math.Abs(v)/largest), "")
		}
		m.Add("</div>")
	}
	if slices.Contains(f.of.Words, "gradients") {
		begin("gradient", "gradient", " bars")
		most := float64(slices.Max(a.Gradients))
		for i, g := range a.Gradients {
			field(i, "", fmt.Sprintf("--width: %.1f%%", 100*float64(g)/most), "")
		}
	} else {
		begin("answer", "the net’s answer if the image ended here", "")
		for i, p := range a.Answers {
			if f.hides() {
				field(i, "", "", "")
				continue
			}
			best, share := most(p)
			var across markup.Markup
			if rows := f.sameAnswer(i); rows > 0 {
				across.Add(`<b style="--rows: %d">%s</b>`, rows, a.Classes[best])
			}
			field(i, " answer", fmt.Sprintf("--share: %.0f%%", 60*share), across.String())
		}
	}
	m.Add("</div></div>")
	return app.Div().Class("sideways").OnClick(f.onRow, app.EventScope(f.id)).Body(m.Element())
}

// sameAnswer is how many rows have the same answer from a row on, where they begin; 0 elsewhere. Rows that were read and rows that were
// not stand apart.
func (f *reading) sameAnswer(row int) (rows int) {
	answers := f.answer.Answers
	begins := func(i int) bool {
		if i == 0 || i == f.row()+1 {
			return true
		}
		before, _ := most(answers[i-1])
		best, _ := most(answers[i])
		return best != before
	}
	if !begins(row) {
		return 0
	}
	for rows = 1; row+rows < len(answers) && !begins(row+rows); rows++ {
	}
	return rows
}

// most is the largest of some probabilities.
func most(p []float32) (best int, share float64) {
	for i, v := range p {
		if v > p[best] {
			best = i
		}
	}
	return best, float64(p[best])
}

// onRow reads up to the row that was pressed.
func (f *reading) onRow(_ app.Context, e app.Event) {
	if row, err := strconv.Atoi(e.Get("target").Get("dataset").Get("row").String()); err == nil && !f.hides() {
		f.value = float64(row)
	}
}

// text is the figure for those who do not see it.
func (f *reading) text() string {
	var columns []string
	for _, c := range f.columns() {
		columns = append(columns, c.name)
	}
	return fmt.Sprintf("The image, and for each of its %d rows the %s of unit %d. The sentence below says them for the row read last.",
		len(f.answer.Cells), strings.Join(columns, ", "), f.unit+1)
}

// says is what happens at the row read last.
func (f *reading) says() app.UI {
	a, at := f.answer, f.row()
	c := &a.Cells[at]
	var m markup.Markup
	m.Add(`<div><div class="sideways" tabindex="0" role="region" aria-label="The unit at row %d"><table class="softmax gates"><thead><tr><th scope="col">Row %[1]d, unit %d</th>`, at+1, f.unit+1)
	for _, h := range [][2]string{{"W", "input"}, {"U", "states"}, {"b", "bias"}, {"then", "function"}, {"value", "gives"}} {
		m.Add(`<th scope="col" class="number" data-part="%s">%s</th>`, h[0], h[1])
	}
	m.Add("</tr></thead><tbody>")
	sum := func(x float32) string { return signed(rounded(x)) }
	for _, g := range c.Gates {
		name, part := g.Name+" "+symbols[g.Name], symbols[g.Name]
		if part == "" {
			name, part = "state h", "h"
		}
		m.Add(`<tr data-part="%s"><th scope="row">%s</th>`, part, name)
		for _, cell := range []string{sum(g.Input), sum(g.State), sum(g.Bias), g.Then, sum(g.Value)} {
			m.Add(`<td class="number">%s</td>`, cell)
		}
		m.Add("</tr>")
	}
	m.Add(`</tbody></table></div><p id="%s-value" class="sum-text" role="status">%s</p></div>`, f.id, f.sentence(c, at))
	return m.Element()
}

// sentence says what the unit's state comes to, and what the net would answer.
func (f *reading) sentence(c *protocol.Cell, at int) string {
	sum := func(x float32) string {
		if x < 0 {
			return "(" + signed(rounded(x)) + ")"
		}
		return signed(rounded(x))
	}
	gate := map[string]float32{}
	for _, g := range c.Gates {
		gate[g.Name] = g.Value
	}
	state := signed(rounded(c.State))
	says := "The state is " + state + "."
	switch f.kind() {
	case net.LSTM:
		says = fmt.Sprintf("Memory: %s · %s + %s · %s = %s. State: %s · tanh(%[5]s) = %[7]s.", sum(gate["forget"]), sum(c.MemoryBefore), sum(gate["input"]),
			sum(gate["candidate"]), signed(rounded(c.Memory)), sum(gate["output"]), state)
	case net.GRU:
		says = fmt.Sprintf("State: %s · %s + %s · %s = %s.", sum(gate["update"]), sum(c.Before), sum(1-gate["update"]), sum(gate["candidate"]), state)
	}
	if slices.Contains(f.of.Words, "gradients") {
		g := f.answer.Gradients
		return says + fmt.Sprintf(" The size of the gradient with respect to this row is %s; with respect to the last row it is %s.", number.Significant(float64(g[at]), 3), number.Significant(float64(g[len(g)-1]), 3))
	}
	if f.hides() {
		return says
	}
	best, share := most(f.answer.Answers[at])
	return says + " If the image ended here, the net would answer " + f.answer.Classes[best] + ", with probability " + number.Share(share) + "."
}

// states are those of all units, to choose one.
func (f *reading) states() app.UI {
	a, at := f.answer, f.row()
	states := &a.Directions[0].Traces[0].Values
	choose := func(row, unit int) {
		if !f.hides() {
			f.value = float64(row + 1)
		}
		if unit != f.unit {
			f.unit = unit
			f.begin()
		}
	}
	return app.Div().Class("layer-map").DataSet("part", "h").Body(
		app.P().Class("grid-title").Text(fmt.Sprintf("The states of all %d units after each row: choose a unit", states.Width)),
		&magnifier.Magnifier{
			ID: f.id + "-states", Label: "States: rows downwards, units to the right", Says: number.Significant(valueAt(states, 0, at, f.unit), 3),
			Weights: states, Dark: f.page.Dark(), Room: 420, At: [2]int{at, f.unit}, Point: choose, Choose: choose,
		},
	)
}
