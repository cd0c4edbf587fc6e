package results

import (
	"fmt"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/results/finished"
	"unpool/core/number"
	"unpool/core/results"
)

// Render shows the whole page.
func (p *Page) Render() app.UI {
	state := "loading"
	switch {
	case p.missing || p.table != nil && len(p.table.Groups) == 0:
		state = "empty"
	case p.failed != nil:
		state = "failed"
	case p.table != nil:
		state = "ready"
	}
	return p.Frame(path,
		app.Elem("main").ID("results").TabIndex(-1).Aria("labelledby", "results-title").DataSet("state", state).Body(
			p.Notices("You are offline. Results that were opened before are still available."),
			app.Div().Class("prose").Body(
				app.Elem("h1").ID("results-title").Text("Results"),
				app.P().Text("The course report is a student’s assignment of 2020, and our baseline: it trained twelve nets and states the accuracy of "+
					"each on images that the net was not trained on. Here are the same nets, trained with the same settings by this program. "+
					"Open a row to see how its run went."),
				app.P().ID("verdict").Class("lead").Text(p.verdict()),
			),
			app.If(state == "ready", p.tables).
				ElseIf(state == "loading", func() app.UI { return app.P().Role("status").Text("Loading the results.") }).
				ElseIf(state == "empty", p.empty).
				Else(p.failure),
		),
	)
}

func (p *Page) verdict() string {
	if p.table == nil {
		return ""
	}
	return p.table.Verdict()
}

func (p *Page) empty() app.UI {
	return app.P().Body(
		app.Text("This build has no results yet. "), app.Elem("code").Text("go run ./cmd/serve reproduce"),
		app.Text(" makes them in a few hours; then restart the site."),
	)
}

func (p *Page) failure() app.UI {
	return notLoaded(p.Offline, "The results could not be loaded", p.failed, p.onRetry)
}

// tables are the tables and what belongs to all rows.
func (p *Page) tables() app.UI {
	parts := []app.UI{app.Div().Class("overview").Body(p.comparison.render(p.table.Comparisons()), dots(p.table.Dots()))}
	for _, g := range p.table.Groups {
		if g.Beyond {
			parts = append(parts, app.Div().Class("prose").Body(
				app.H2().Class("large-title").Text("Beyond the course report"),
				app.P().Text("Nets that are not in the course report. Their settings were chosen on validation images, and the accuracy is "+
					"that of the net after its last step, so the test images influenced no choice. Beside each is the course report’s best net of its kind, recurrent or "+
					"convolutional, on the same data."),
			))
		}
		parts = append(parts, p.group(g))
	}
	parts = append(parts, notes(p.table))
	return app.Div().Class("results").Body(parts...)
}

// group is a table. Its roles are written out, since on a narrow screen the style sheet lays its rows out as cards, and
// browsers then do not treat it as a table.
func (p *Page) group(g finished.Group) app.UI {
	label := "The course report’s nets"
	if g.Beyond {
		label = "Nets beyond the course report"
	}
	head := make([]app.UI, len(g.Head))
	for i, h := range g.Head {
		head[i] = app.Th().Role("columnheader").Scope("col").Text(h)
	}
	var body []app.UI
	for _, r := range g.Rows {
		body = append(body, p.line(g, r), p.detail(g, r))
	}
	return app.Table().Class("nets").Role("table").Aria("label", label).Body(
		app.Elem("thead").Role("rowgroup").Body(app.Tr().Role("row").Body(head...)),
		app.Elem("tbody").Role("rowgroup").Body(body...),
	)
}

// line is a net's row.
func (p *Page) line(g finished.Group, r finished.Row) app.UI {
	open := p.row(r).open
	cells := []app.UI{app.Th().Role("rowheader").Scope("row").Body(
		app.Button().ID("open-"+r.Entry.Name).Type("button").Class("quiet", "disclosure").
			Aria("expanded", open).Aria("controls", "row-"+r.Entry.Name).
			OnClick(func(app.Context, app.Event) { p.row(r).toggle() }, app.EventScope(r.Entry.Name)).
			Text(r.Entry.Title),
	)}
	for i, c := range r.Cells {
		cells = append(cells, app.Td().Role("cell").DataSet("label", g.Head[i+1]).Body(
			app.Span().Class("value").Text(c.Text),
			app.If(c.Soft != "", func() app.UI { return app.Span().Class("soft").Text(" " + c.Soft) }),
			app.If(c.Wrong != "", func() app.UI { return app.Span().Class("badge").Text(c.Wrong) }),
			app.If(c.Note > 0, func() app.UI {
				return app.Span().Class("note").Text(fmt.Sprintf("%s(%d)", number.Thin, c.Note))
			}),
		))
	}
	class := ""
	if open {
		class = "opened"
	}
	return app.Tr().Role("row").Class(class).Body(cells...)
}

// detail is the row below a net's row: there for every net, so that opening one moves no other, and empty until opened.
func (p *Page) detail(g finished.Group, r finished.Row) app.UI {
	open := p.row(r).open
	return app.Tr().Role("row").ID("row-" + r.Entry.Name).Class("detail").Hidden(!open).Body(
		app.Td().Role("cell").ColSpan(len(g.Head)).Body(
			app.If(open, func() app.UI { return p.row(r).render() }),
		),
	)
}

// coded is text of which the parts between backquotes are code.
func coded(text string) (parts []app.UI) {
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			parts = append(parts, app.Elem("code").Text(part))
		} else if part != "" {
			parts = append(parts, app.Text(part))
		}
	}
	return parts
}

// notes say what the numbers are.
func notes(t *finished.Table) app.UI {
	items := []app.UI{
		app.P().Text("Accuracies are measured on all test images. Ours is the accuracy at the step that the course report names or, if it names none, the best " +
			"of all evaluations: the mean over the seeds ± their standard deviation. Best, last and the steps to " +
			number.Hundredths(results.Mark) + number.Thin + "% are those of the first seed. A seed determines a net’s initial weights and the order of its images. Differences are in percentage points; a result more than one point below counts as not reproduced."),
	}
	for i, n := range t.Notes {
		items = append(items, app.P().Body(coded(fmt.Sprintf("(%d) %s", i+1, n))...))
	}
	if len(t.Unknown) > 0 {
		items = append(items, app.P().Text("The results have nets that this build does not know: "+strings.Join(t.Unknown, ", ")+"."))
	}
	return app.Div().Class("prose", "under", "footnotes").Body(items...)
}
