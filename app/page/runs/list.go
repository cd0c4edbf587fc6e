package runs

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/button"
	"unpool/app/web"
	"unpool/core/number"
)

// onPage is how many rows the table shows at a time: a thousand would take a second to draw.
const onPage = 30

// list are the runs in the order and the selection that the user wants.
type list struct {
	hidden func(client.Ref) bool // it is being deleted

	rows    map[client.Ref]*row // as last computed
	all     []*row              // those that are not hidden, the newest first
	matches []*row              // those that match the filter, as sorted
	version int                 // of the runs that all this is of; 0 when it is to be recomputed

	query   string
	problem string // with the query
	sort    string // a column's id
	down    bool   // the largest first
	page    int
}

func newList(hidden func(client.Ref) bool) *list {
	return &list{hidden: hidden, rows: map[client.Ref]*row{}, sort: "created", down: true}
}

// stale has everything recomputed.
func (l *list) stale() { l.version = 0 }

// update computes the rows, if anything has changed.
func (l *list) update(runs *client.Runs) {
	if l.version == runs.Version {
		return
	}
	l.version = runs.Version
	rows := make(map[client.Ref]*row, len(runs.All))
	l.all = l.all[:0:0]
	for _, s := range runs.All {
		of := s.Ref()
		r := l.rows[of]
		if r == nil || !r.same(s) {
			r = newRow(s, runs.Server.Name())
		}
		rows[of] = r
		if !l.hidden(of) {
			l.all = append(l.all, r)
		}
	}
	l.rows = rows
	l.arrange()
}

// arrange filters and sorts.
func (l *list) arrange() {
	var f filter
	f, l.problem = parse(l.query)
	l.matches = l.matches[:0:0]
	for _, r := range l.all {
		if f.match(r) {
			l.matches = append(l.matches, r)
		}
	}
	compare := find(l.sort).compare
	slices.SortStableFunc(l.matches, func(a, b *row) int {
		if l.down {
			a, b = b, a
		}
		return compare(a, b)
	})
	l.page = max(0, min(l.page, (len(l.matches)-1)/onPage))
}

// shown are the rows on the page.
func (l *list) shown() []*row {
	from := l.page * onPage
	return l.matches[from:min(from+onPage, len(l.matches))]
}

// sortBy sorts by a column, or in reverse if it is sorted by that.
func (l *list) sortBy(id string) {
	if l.sort == id {
		l.down = !l.down
	} else {
		l.sort, l.down = id, find(id).down
	}
	l.page = 0
	l.arrange()
}

func (l *list) turn(to int) {
	l.page = to
	l.arrange()
}

func (l *list) onFilter(_ app.Context, e app.Event) {
	l.query, l.page = e.Get("target").Get("value").String(), 0
	l.arrange()
}

// by returns a row by its run's ref as in elements, nil if there is none.
func (l *list) by(element string) *row {
	for _, r := range l.shown() {
		if r.element() == element {
			return r
		}
	}
	return nil
}

// csvButton has the browser save the rows that match.
func (l *list) csvButton() app.UI {
	return app.Button().ID("csv").Type("button").Disabled(len(l.matches) == 0).OnClick(func(app.Context, app.Event) {
		web.Download("unpool-runs.csv", "text/csv", asCSV(l.matches))
	}).Text("Table as CSV")
}

// toolbar filters, and sorts where there is no head of a table to press.
func (l *list) toolbar() app.UI {
	var choices []app.UI
	for _, c := range columns {
		choices = append(choices, app.Option().Value(c.id).Selected(c.id == l.sort).Text(c.head))
	}
	says := number.Int(len(l.all)) + " runs"
	switch {
	case len(l.all) == 1:
		says = "1 run"
	case len(l.matches) != len(l.all):
		says = number.Int(len(l.matches)) + " of " + says
	}
	return app.Div().Class("toolbar").Body(
		app.Div().Class("filter").Body(
			app.Label().For("filter").Text("Filter"),
			app.Input().ID("filter").Type("search").Value(l.query).Placeholder("lstm  state:done  seed:2").AutoComplete(false).
				Aria("describedby", "filter-says").OnInput(l.onFilter),
		),
		app.Div().Class("sorting").Body(
			app.Label().For("sort").Text("Sort by"),
			app.Select().ID("sort").OnChange(func(_ app.Context, e app.Event) {
				l.sort = ""
				l.sortBy(e.Get("target").Get("value").String())
			}).Body(choices...),
			app.Button().ID("turn-round").Type("button").OnClick(func(app.Context, app.Event) { l.sortBy(l.sort) }).
				Aria("label", "Reverse the order").Title("Reverse the order").Text(arrow(l.down)),
		),
		app.P().ID("filter-says").Class("under").Role("status").Body(
			app.Span().Text(says),
			app.If(l.problem != "", func() app.UI { return app.Span().Class("problem").Text(" " + l.problem) }),
		),
	)
}

func arrow(down bool) string {
	if down {
		return "↓"
	}
	return "↑"
}

// pager turns the pages of a long table.
func (l *list) pager() app.UI {
	last := max(0, len(l.matches)-1) / onPage
	first := l.page * onPage
	turn := func(id, label string, to int, on bool) app.UI {
		return button.New(id, !on, func(app.Context, app.Event) { l.turn(l.page + to) }).Text(label)
	}
	return app.Elem("nav").Class("pager").Aria("label", "Pages of the table").Hidden(last == 0).Body(
		turn("previous", "Previous", -1, l.page > 0),
		app.Span().Class("under").Role("status").Text(number.Int(first+1)+"–"+number.Int(first+len(l.shown()))+" of "+number.Int(len(l.matches))),
		turn("next", "Next", 1, l.page < last),
	)
}
