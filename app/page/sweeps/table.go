package sweeps

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/sweeps/study"
	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/number"
)

// table are the points in rows. Only the rows in sight are drawn, with some before and after: ten thousand would take seconds.
type table struct {
	shell *shell.Shell
	scene *scene

	sort       study.Sorting
	chosenOnly bool
	rows       []int
	arranged   int // the scene's changes that rows are of
	columns    []column
	of         *study.Study // that columns are of
	first      int          // the first row that is drawn
}

// column is one of the table's.
type column struct {
	id, head string
	cell     func(point int) string
	width    int  // in letters
	figures  bool // its cells are numbers
}

func newTable(s *shell.Shell, sc *scene) *table {
	return &table{shell: s, scene: sc, sort: study.Sorting{By: study.ByRank}}
}

const (
	rowHeight = 36 // pixels with letters of 13; the style sheet has the same
	sight     = 16 // rows that the table shows at a time, about
	block     = 10 // rows are drawn in blocks, so that not every movement redraws
)

// arrange computes the rows.
func (t *table) arrange() {
	s := t.scene
	points := s.shown
	if t.chosenOnly {
		points = slices.DeleteFunc(slices.Clone(points), func(p int) bool { return !s.chosen[p] })
	}
	t.rows, t.arranged = s.Rows(points, t.sort), s.changes
	t.first = max(0, min(t.first, (len(t.rows)-1)/block*block))
}

func (t *table) sortBy(by string) {
	if t.sort.By == by {
		t.sort.Down = !t.sort.Down
	} else {
		t.sort = study.Sorting{By: by, Down: by == study.Accuracy || by == study.ByN || by == study.ByRung}
	}
	t.arrange()
}

// most is how many letters wide a column is at most.
const most = 28

func (t *table) heads() []column {
	s := t.scene
	if t.of == s.Study {
		return t.columns
	}
	t.of = s.Study
	rank := func(p int) string {
		if s.All[p].Rank == 0 {
			return "–"
		}
		return number.Int(s.All[p].Rank)
	}
	t.columns = []column{{study.ByRank, "Rank", rank, 6, true}}
	for _, a := range s.Axes[:len(s.Axes)-1] {
		width := len(a.Label)
		for p := range s.All {
			width = max(width, len(a.Text(p)))
		}
		t.columns = append(t.columns, column{a.Name, a.Label, a.Text, min(width, most), a.Names == nil})
	}
	t.columns = append(t.columns,
		column{study.Accuracy, "Validation accuracy", func(p int) string { return accuracy(s.All[p].Accuracy, s.All[p].Deviation, s.All[p].N) }, 20, true},
		column{study.ByN, "n", func(p int) string { return strconv.Itoa(s.All[p].N) }, 3, true},
		column{study.ByRung, "Rung", s.rung, 5, true},
		column{study.ByState, "State", func(p int) string { return string(s.State(p)) }, 11, false},
	)
	return t.columns
}

func (t *table) render() app.UI {
	if t.arranged != t.scene.changes {
		t.arrange()
	}
	columns := t.heads()
	last := min(len(t.rows), t.first+sight+2*block)
	from := max(0, t.first-block)
	body := []app.UI{gap(from)}
	for i := from; i < last; i++ {
		body = append(body, t.line(i, t.rows[i], columns))
	}
	body = append(body, gap(len(t.rows)-last))
	head := []app.UI{app.Th().Class("tick").Scope("col").Body(app.Span().Class("unseen").Text("Compare"))}
	cols := []app.UI{app.Elem("col").Style("width", "40px")}
	for _, c := range columns {
		head = append(head, t.head(c))
		cols = append(cols, app.Elem("col").Style("width", fmt.Sprintf("%dch", c.width+4)))
	}
	head = append(head, app.Th().Class("words").Scope("col").Text("Runs"))
	cols = append(cols, app.Elem("col").Style("width", "18ch"))
	save := button("csv", "Table as CSV", func() { web.Download("unpool-sweep.csv", "text/csv", t.scene.CSV(t.rows)) })
	return panel("table", "points-panel", "All points", save,
		under("Mean ± standard deviation over n seeds. Tick two points to compare them."),
		div("points", t.drawn(cols, head, body)).ID("points").TabIndex(0).Role("region").Aria("label", "The table of points").On("scroll", t.onScroll),
	)
}

func (t *table) drawn(cols, head, body []app.UI) app.UI {
	return app.Table().Aria("rowcount", 1+len(t.rows)).OnChange(t.onTick).On("pointerover", t.onOver).Body(
		app.Elem("colgroup").Body(cols...),
		app.Elem("thead").Body(app.Tr().Aria("rowindex", 1).Body(head...)),
		app.Elem("tbody").Body(body...),
	)
}

// setChosenOnly leaves out of the table what is not chosen, or not.
func (t *table) setChosenOnly(only bool) {
	t.chosenOnly = only
	t.arrange()
}

// gap stands for rows that are not drawn.
func gap(rows int) app.UI {
	return app.Tr().Class("gap").Aria("hidden", true).Hidden(rows <= 0).Body(
		app.Td().Style("height", fmt.Sprintf("calc(%d * var(--row))", max(0, rows))))
}

func (t *table) head(c column) app.UI {
	order, mark := "none", ""
	if c.id == t.sort.By {
		order, mark = "ascending", " ↑"
		if t.sort.Down {
			order, mark = "descending", "↓"
		}
	}
	return app.Th().Scope("col").Class(c.class()).Aria("sort", order).Body(
		button("sort-"+c.id, c.head+mark, func() { t.sortBy(c.id) }).Class("quiet"),
	)
}

// class says how the column's cells are aligned.
func (c column) class() string {
	if c.figures {
		return "figures"
	}
	return "words"
}

// idPoint and idTick come before a point's number in the IDs of its row and its box.
const (
	idPoint = "point-"
	idTick  = "compare-"
)

// line is a point's row.
func (t *table) line(i, p int, columns []column) app.UI {
	s := t.scene
	id := strconv.Itoa(p)
	cells := []app.UI{app.Td().Class("tick").Body(
		app.Input().ID(idTick+id).Type("checkbox").Checked(slices.Contains(s.picked, p)).Aria("label", "Compare point "+columns[0].cell(p)),
	)}
	for _, c := range columns {
		text := c.cell(p)
		td := app.Td().Class(c.class(), "of-"+c.id).Text(text)
		if len(text) > c.width {
			td = td.Title("%s", text) // it is cut off
		}
		if c.id == study.ByState {
			td = td.DataSet("state", text)
		}
		cells = append(cells, td)
	}
	cells = append(cells, t.links(p))
	var class []string
	if p == s.at {
		class = append(class, "at")
	}
	if !s.chosen[p] {
		class = append(class, "off")
	}
	return app.Tr().ID(idPoint+id).Aria("rowindex", i+2).Class(strings.Join(class, " ")).Body(cells...)
}

// links lead to a point's runs and to their curves.
func (t *table) links(p int) app.UI {
	runs := t.scene.All[p].Runs
	if t.scene.State(p) == study.None {
		return app.Td().Class("words").Text("–")
	}
	return app.Td().Class("words").Body(
		link("", runsOf(runs, false), counted(len(runs), "run", "runs")), app.Text(" · "), link("", runsOf(runs, true), "curves"),
	)
}

// pointOf is the point that an event in the table is about, by its element's ID.
func pointOf(id, prefix string) (p int, ok bool) {
	text, ok := strings.CutPrefix(id, prefix)
	if !ok {
		return 0, false
	}
	p, err := strconv.Atoi(text)
	return p, err == nil
}

func (t *table) onTick(ctx app.Context, e app.Event) {
	if p, ok := pointOf(e.Get("target").Get("id").String(), idTick); ok && p < len(t.scene.All) {
		t.scene.pick(p)
		return
	}
	ctx.PreventUpdate()
}

func (t *table) onOver(ctx app.Context, e app.Event) {
	if row := e.Get("target").Call("closest", "tr[id]"); row.Truthy() {
		if p, ok := pointOf(row.Get("id").String(), idPoint); ok && p != t.scene.at && p < len(t.scene.All) {
			t.scene.at = p
			return
		}
	}
	ctx.PreventUpdate()
}

// onScroll draws the rows in sight, when they have changed.
func (t *table) onScroll(ctx app.Context, e app.Event) {
	box := e.Get("target")
	row := rowHeight
	if drawn := box.Call("querySelector", "tr[id]"); drawn.Truthy() {
		row = max(1, drawn.Get("offsetHeight").Int())
	}
	first := box.Get("scrollTop").Int() / row / block * block
	if first == t.first {
		ctx.PreventUpdate()
		return
	}
	t.keepFocus()
	t.first = first
}

// keepFocus gives the focus back to the element in the table that has it, when others have been drawn in its place.
func (t *table) keepFocus() {
	if app.IsServer {
		return
	}
	focused := app.Window().Get("document").Get("activeElement")
	if !focused.Truthy() || !focused.Call("closest", "#points tr[id]").Truthy() {
		return
	}
	id := focused.Get("id").String()
	t.shell.AfterDrawing(func() {
		web.With(web.ID(id), func(e app.Value) { e.Call("focus", map[string]any{"preventScroll": true}) })
	})
}
