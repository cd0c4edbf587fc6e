package statistics

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
	"unpool/core/run"
)

// Maps is the table of a layer's maps, which is sorted by the column that one presses. It is a component of its own so that it is redrawn
// only when it changes: a layer may have a thousand maps.
type Maps struct {
	app.Compo

	ID    string
	Layer *run.LayerActivations

	by   int // the column: 0 for the map's number, else the figure after it
	down bool
}

// Render draws the table.
func (m *Maps) Render() app.UI {
	heads := []app.UI{m.head(0, "map")}
	for i, f := range figures {
		heads = append(heads, m.head(i+1, f.head))
	}
	heads = append(heads, app.Th().Scope("col").Text("dead"))
	var rows []app.UI
	for _, i := range m.order() {
		s := m.Layer.Maps[i]
		cells := []app.UI{app.Th().Scope("row").Text(number.Int(i + 1))}
		for _, text := range texts(s) {
			cells = append(cells, app.Td().Text(text))
		}
		dead := ""
		if s.Dead() {
			dead = "dead"
		}
		rows = append(rows, app.Tr().Body(append(cells, app.Td().Text(dead))...))
	}
	label := "Statistics of the maps of " + m.Layer.Layer
	return app.Div().ID(m.ID).Class("table", "maps").TabIndex(0).Role("region").Aria("label", label).Body(
		app.Table().Aria("label", label).Body(app.Elem("thead").Body(app.Tr().Body(heads...)), app.Elem("tbody").Body(rows...)),
	)
}

// head is a column's name, which sorts by it.
func (m *Maps) head(column int, name string) app.UI {
	order, mark := "none", ""
	if column == m.by {
		order, mark = "ascending", "↑"
		if m.down {
			order, mark = "descending", "↓"
		}
	}
	return app.Th().Scope("col").Aria("sort", order).Body(
		app.Button().ID(m.ID+"-by-"+strconv.Itoa(column)).Type("button").Class("quiet").
			OnClick(func(app.Context, app.Event) { m.sortBy(column) }, app.EventScope(column)).
			Body(app.Span().Class("order").Aria("hidden", true).Text(mark), app.Text(name)),
	)
}

// sortBy sorts by a column, figures from the largest down, or in reverse if it is sorted by that.
func (m *Maps) sortBy(column int) {
	if m.by == column {
		m.down = !m.down
	} else {
		m.by, m.down = column, column > 0
	}
}

// order are the maps as they are sorted.
func (m *Maps) order() []int {
	order := make([]int, len(m.Layer.Maps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		by := cmp.Compare(a, b)
		if m.by > 0 {
			value := figures[m.by-1].value
			by = cmp.Compare(value(m.Layer.Maps[a]), value(m.Layer.Maps[b]))
		}
		if m.down {
			return -by
		}
		return by
	})
	return order
}
