// Package table shows tables of numbers.
package table

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Table is a table that can be scrolled, also by keyboard. name says what it is a table of; the first cell of each row says
// what the others are about.
func Table(name string, head []string, rows [][]string) app.UI {
	cells := make([]app.UI, len(head))
	for i, h := range head {
		if cells[i] = app.Th().Scope("col").Text(h); h == "" {
			cells[i] = app.Td() // a head without words is none
		}
	}
	body := make([]app.UI, len(rows))
	for i, row := range rows {
		line := []app.UI{app.Th().Scope("row").Text(row[0])}
		for _, c := range row[1:] {
			line = append(line, app.Td().Text(c))
		}
		body[i] = app.Tr().Body(line...)
	}
	return app.Div().Class("table").TabIndex(0).Role("region").Aria("label", name).Body(
		app.Table().Body(app.Elem("thead").Body(app.Tr().Body(cells...)), app.Elem("tbody").Body(body...)),
	)
}
