package learn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/magnifier"
	"unpool/app/ui/markup"
)

// grid is a small array of numbers, drawn as coloured fields with the numbers in them.
type grid struct {
	id, title, part string // part is what of an equation it is
	height, width   int
	values          []float32
	hidden          bool // the numbers are not to be seen yet

	at     *[4]int               // the fields that are marked: top, left, height and width; nil for none
	choose func(row, column int) // the reader moves the mark; nil where it is not theirs
}

// render draws the numbers.
func (g grid) render() app.UI {
	largest := float32(1e-9)
	for _, v := range g.values {
		largest = max(largest, float32(math.Abs(float64(v))))
	}
	var m markup.Markup
	m.Add(`<div class="cells">`)
	for i := range g.height * g.width {
		row, column := i/g.width, i%g.width
		marked := when(g.at != nil && row >= g.at[0] && row < g.at[0]+g.at[2] && column >= g.at[1] && column < g.at[1]+g.at[3], " in-window")
		if g.hidden {
			m.Add(`<span class="value%s"></span>`, marked)
			continue
		}
		v := g.values[i]
		m.Add(`<span class="value%s%s" style="--share: %.0f%%">%s</span>`, when(v > 0, " high")+when(v < 0, " low"), marked,
			55*math.Abs(float64(v/largest)), signed(float64(v)))
	}
	m.Add("</div>")
	class := "numbers"
	if slices.ContainsFunc(g.values, func(v float32) bool { return len([]rune(signed(float64(v)))) > 3 }) {
		class = "numbers wide-numbers"
	}
	box := app.Div().ID(g.id).Class(class).Style("--columns", fmt.Sprint(g.width)).Body(m.Element())
	if g.choose == nil {
		box = box.Role("img").Aria("label", g.title+": "+g.text())
	} else {
		row, column := g.at[0], g.at[1]
		box = box.Role("slider").TabIndex(0).Aria("label", g.title+": the selected value").
			Aria("valuemin", 1).Aria("valuemax", g.height*g.width).Aria("valuenow", row*g.width+column+1).
			Aria("valuetext", fmt.Sprintf("row %d, column %d: %s", row+1, column+1, g.value(row, column))).
			Aria("description", "Arrow keys select another value").
			On("keydown", g.onKey, app.EventScope(g.id, row, column, g.height, g.width)).
			On("click", g.onClick, app.EventScope(g.id, g.height, g.width))
	}
	return app.Div().Class("grid-of").DataSet("part", g.part).Body(app.P().Class("grid-title").Text(g.title), box)
}

// value is one of the numbers in words.
func (g grid) value(row, column int) string {
	if g.hidden {
		return "not shown yet"
	}
	return signed(float64(g.values[row*g.width+column]))
}

// text is all of them, row by row.
func (g grid) text() string {
	if g.hidden {
		return fmt.Sprintf("%d by %d numbers, not shown yet", g.height, g.width)
	}
	var rows []string
	for row := range g.height {
		var values []string
		for column := range g.width {
			values = append(values, g.value(row, column))
		}
		rows = append(rows, strings.Join(values, " "))
	}
	return fmt.Sprintf("%d by %d numbers. %s", g.height, g.width, strings.Join(rows, "; "))
}

func (g grid) onKey(_ app.Context, e app.Event) {
	if row, column, ok := magnifier.Moved([2]int{g.at[0], g.at[1]}, g.height, g.width, e.Get("key").String()); ok {
		g.choose(row, column)
	}
}

// onClick chooses the field that was pressed.
func (g grid) onClick(_ app.Context, e app.Event) {
	field := e.Get("target").Call("closest", ".value")
	if !field.Truthy() {
		return
	}
	for i, before := 0, field.Get("previousElementSibling"); i < g.height*g.width; i++ {
		if !before.Truthy() {
			g.choose(i/g.width, i%g.width)
			return
		}
		before = before.Get("previousElementSibling")
	}
}
