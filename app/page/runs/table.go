package runs

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
)

// grid is the table, a page of it at a time. Its roles are written out, since on a narrow screen the style sheet lays its rows out as cards,
// and browsers then do not treat it as a table.
type grid struct {
	list    *list
	ticks   *ticks
	details map[client.Ref]*detail // of the runs that have been opened
	open    func(client.Ref) *detail
}

// detail is the state of a run's row, which is kept when it is closed.
func (g *grid) detail(of client.Ref) *detail {
	d := g.details[of]
	if d == nil {
		d = g.open(of)
		g.details[of] = d
	}
	return d
}

func (g *grid) render() app.UI {
	shown := g.list.shown()
	if len(shown) == 0 {
		return app.P().Class("none").Body(
			app.Text("No run matches the filter. "),
			app.Button().ID("clear").Type("button").OnClick(func(app.Context, app.Event) {
				g.list.query = ""
				g.list.arrange()
				shell.Focus("filter") // the button disappears
			}).Text("Show all"),
		)
	}
	var body []app.UI
	for _, r := range shown {
		body = append(body, g.line(r), g.below(r))
	}
	return app.Div().Class("runs-table").Body(
		app.Table().Role("table").Aria("label", "Runs").OnClick(g.onOpen).OnChange(g.onTick).Body(
			app.Elem("thead").Role("rowgroup").Body(app.Tr().Role("row").Body(g.head()...)),
			app.Elem("tbody").Role("rowgroup").Body(body...),
		),
	)
}

// What is pressed and ticked in rows is heard by the table: giving each row new handlers takes as long as drawing it.

const (
	idOpen  = "open-"
	idTick  = "tick-"
	idTicks = "ticks" // the box for all runs
)

func (g *grid) onOpen(ctx app.Context, e app.Event) {
	button := e.Get("target").Call("closest", "button[id^="+idOpen+"]")
	if button.Truthy() {
		if r := g.list.by(strings.TrimPrefix(button.Get("id").String(), idOpen)); r != nil {
			d := g.detail(r.Ref())
			d.open = !d.open
			return
		}
	}
	ctx.PreventUpdate()
}

func (g *grid) onTick(ctx app.Context, e app.Event) {
	box := e.Get("target")
	id, on := box.Get("id").String(), box.Get("checked").Truthy()
	if id == idTicks {
		g.ticks.set(g.list.matches, on)
		return
	}
	if of, ok := strings.CutPrefix(id, idTick); ok {
		if r := g.list.by(of); r != nil {
			g.ticks.set([]*row{r}, on)
			return
		}
	}
	ctx.PreventUpdate()
}

// head are the columns' names, which sort, and before them what ticks every run that matches.
func (g *grid) head() []app.UI {
	ticked := true
	for _, r := range g.list.matches {
		ticked = ticked && g.ticks.refs[r.Ref()]
	}
	cells := []app.UI{app.Th().Role("columnheader").Scope("col").Class("tick").Body(
		app.Label().Body(
			app.Input().ID(idTicks).Type("checkbox").Checked(ticked),
			app.Span().Class("unseen").Text("Tick all runs"),
		),
	)}
	for _, c := range columns {
		order, mark := "none", ""
		if c.id == g.list.sort {
			order, mark = "ascending", arrow(false)
			if g.list.down {
				order, mark = "descending", arrow(true)
			}
		}
		cells = append(cells, app.Th().Role("columnheader").Scope("col").Class(c.class()).Aria("sort", order).Body(
			app.Button().ID("sort-"+c.id).Type("button").Class("quiet").
				OnClick(func(app.Context, app.Event) { g.list.sortBy(c.id) }, app.EventScope(c.id)).
				Body(app.Text(c.head), app.Span().Class("order").Aria("hidden", true).Text(mark)),
		))
	}
	return cells
}

// class says how the column's cells are aligned.
func (c column) class() string {
	if c.down {
		return "figures"
	}
	return "words"
}

// line is a run's row.
func (g *grid) line(r *row) app.UI {
	open := g.details[r.Ref()] != nil && g.details[r.Ref()].open
	id := r.element()
	cells := []app.UI{
		app.Td().Role("cell").Class("tick").Body(
			app.Input().ID(idTick+id).Type("checkbox").Checked(g.ticks.refs[r.Ref()]).Aria("label", "Tick "+r.name),
		),
		app.Th().Role("rowheader").Scope("row").Body(
			app.Button().ID(idOpen+id).Type("button").Class("quiet", "disclosure").
				Aria("expanded", open).Aria("controls", "run-"+id).Text(r.name),
			app.If(r.on != "", func() app.UI { return app.Span().Class("soft").Text(" " + r.on) }),
		),
	}
	for _, c := range columns[1:] {
		text, soft := c.cell(r)
		td := app.Td().Role("cell").Class(c.class(), "of-"+c.id).DataSet("label", c.head)
		if c.wide && len(text) > 20 {
			td = td.Title("%s", text) // it may be cut off
		}
		if c.id == "state" {
			td = td.DataSet("state", text)
		}
		cells = append(cells, td.Body(
			app.Text(text),
			app.If(soft != "", func() app.UI { return app.Span().Class("soft").Text(" " + soft) }),
		))
	}
	tr := app.Tr().Role("row").ID("row-" + id)
	if open {
		tr = tr.Class("opened")
	}
	return tr.Body(cells...)
}

// below is the row below a run's row: there for every run, so that opening one moves no other, and empty until opened.
func (g *grid) below(r *row) app.UI {
	d := g.details[r.Ref()]
	open := d != nil && d.open
	return app.Tr().Role("row").ID("run-" + r.element()).Class("detail").Hidden(!open).Body(
		app.Td().Role("cell").ColSpan(1 + len(columns)).Body(
			app.If(open, func() app.UI { return d.render(r) }),
		),
	)
}
