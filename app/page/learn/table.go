package learn

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/core/number"
)

// table is the chapter's net in numbers.
type table struct{ page *Page }

func (f *table) begin() {}

func (f *table) render() app.UI {
	p := f.page.chapter().Plan
	row := func(class string, cells ...string) app.UI {
		all := []app.UI{app.Th().Scope("row").Text(cells[0])}
		for _, c := range cells[1:] {
			all = append(all, app.Td().Text(c))
		}
		return app.Tr().Class(class).Body(all...)
	}
	var rows []app.UI
	for l := range p.All() {
		rows = append(rows, row("one", l.Name, chapter.Times(l.Out), number.Int(l.Parameters()), number.Int(l.Forward), chapter.Sees(l)))
	}
	rows = append(rows, row("total-row", "all", "", number.Int(p.Parameters()), number.Int(p.Forward()), ""))
	var heads []app.UI
	for _, h := range []string{"Layer", "Gives", "Parameters", "Multiply-adds", "Sees"} {
		heads = append(heads, app.Th().Scope("col").Text(h))
	}
	return app.Div().Class("sideways").TabIndex(0).Role("region").Aria("label", "The net in numbers").Body(
		app.Table().Class("net-table").Body(app.THead().Body(app.Tr().Body(heads...)), app.TBody().Body(rows...)),
	)
}
