package class

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/button"
	"unpool/app/ui/chart"
	"unpool/app/ui/check"
	"unpool/app/ui/curves"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/task"
)

// mostCurves is how many looks there are, by which curves on one chart can be distinguished.
const mostCurves = 40

// overlay is the curves of hand-ins over one another, as last computed.
type overlay struct {
	of     string // the names of the curves
	curves curves.Overlay
	linked chart.Group
}

func (h *hands) render(ready bool) app.UI {
	return app.Elem("section").ID("hands").Class("panel").Aria("labelledby", "hands-title").DataSet("files", len(h.all)).Body(
		app.Div().Class("prose").Body(
			app.H2().ID("hands-title").TabIndex(-1).Text("What was handed in"),
			app.P().Text("Choose the files that your students saved with the button Hand in, or drop them on this page. They are read in this tab, and sent nowhere."),
		),
		app.Div().Class("press").Body(
			app.Button().ID("hands-choose").Type("button").Disabled(!ready || h.reading).
				OnClick(func(app.Context, app.Event) { web.With("#hands-files", func(input app.Value) { input.Call("click") }) }).Text("Choose files…"),
			app.Input().ID("hands-files").Type("file").Accept(".json").Multiple(true).Hidden(true).OnChange(func(_ app.Context, e app.Event) {
				input := e.Get("target")
				all := web.Listed(input.Get("files"))
				input.Set("value", "") // so that the same file can be chosen again
				h.take(all)
			}),
		),
		app.P().ID("hands-said").Class("under").Role("status").Hidden(h.said == "" && !h.reading).Text(h.says()),
		app.If(len(h.all) > 0, h.shown),
		app.Div().Class("drop-here").Hidden(!h.dragging).Aria("hidden", true).Body(app.P().Text("Drop what was handed in")),
	)
}

func (h *hands) says() string {
	if h.reading {
		return "Reading the files."
	}
	return strings.TrimSpace(h.said)
}

// shown is the page with files.
func (h *hands) shown() app.UI {
	of, given := h.of()
	about := h.about()
	return app.Div().Class("handed").Body(
		h.which(),
		h.actions(of),
		app.P().ID("hands-summary").Text(h.summary(about)),
		h.table(about, given),
		app.P().Class("under", "prose").Text("“Identical” means that this computer trained the same settings again, and got the same evaluations and weights, bit for bit. "+
			"A run that was not exact is compared with the spread over seeds, within which 99 of 100 honest runs lie. Neither shows who trained the net."),
		app.If(len(of) > 0, func() app.UI { return h.curves(of) }),
		app.If(len(of) > 0, func() app.UI { return h.answers(of, given) }),
	)
}

// which chooses the task where there are several.
func (h *hands) which() app.UI {
	ids, count, titles := h.tasks()
	var options []app.UI
	for _, id := range ids {
		options = append(options, web.Option(id).Selected(id == h.about()).Text(titles[id]+" ("+number.Int(count[id])+")"))
	}
	return app.Div().Class("field", "wide").Hidden(len(ids) < 2).Body(
		app.Div().Class("name").Body(app.Label().For("hands-task").Text("Task")),
		app.Select().ID("hands-task").OnChange(func(_ app.Context, e app.Event) { h.task = web.Chosen(e) }).Body(options...),
	)
}

func (h *hands) actions(of []*handed) app.UI {
	says, share := h.checker.progress()
	var some []*handed
	for _, f := range of {
		if state, _ := h.standing(f, h.about()); state != "outside" {
			some = append(some, f)
		}
	}
	return app.Div().Body(
		app.Div().Class("press").Body(
			app.If(says == "", func() app.UI {
				return button.New("hands-check", len(some) == 0, func(app.Context, app.Event) { h.checker.begin(some) }, len(some), h.about()).Class("primary").Text("Check")
			}).Else(func() app.UI {
				return app.Button().ID("hands-stop").Type("button").OnClick(func(app.Context, app.Event) { h.checker.stop() }).Text("Stop checking")
			}),
			app.Button().ID("hands-csv").Type("button").OnClick(func(app.Context, app.Event) { web.Download("unpool-hand-ins.csv", "text/csv", h.csv()) }).Text("Table as CSV"),
			app.Button().ID("hands-clear").Type("button").OnClick(h.clear).Text("Remove all"),
			check.Of("hands-nameless", "Hide names", &h.nameless),
		),
		app.Div().Class("checking").Hidden(says == "").Body(
			app.P().ID("hands-progress").Class("under").Role("status").Text(says),
			app.Progress().Aria("label", "checking").Max(1).Value(share),
		),
	)
}

func (h *hands) table(about string, given *task.Task) app.UI {
	title := "Hand-ins"
	if given != nil {
		title = given.Title
	}
	head := []app.UI{}
	for _, name := range []string{"name", "test accuracy", "of images", "after step", "settings that differ", "state"} {
		head = append(head, app.Th().Scope("col").Text(name))
	}
	var rows []app.UI
	for _, f := range h.all {
		l := h.line(f, about)
		rows = append(rows, app.Tr().DataSet("state", l.state).Body(
			app.Th().Scope("row").Text(l.name), app.Td().Text(l.accuracy), app.Td().Text(l.n), app.Td().Text(l.step),
			app.Td().Class("words").Text(l.differs), app.Td().Class("words", "standing").Text(l.says),
		))
	}
	return app.Div().ID("hands-table").Class("table").TabIndex(0).Role("region").Aria("label", title).Body(
		app.Table().Body(app.Elem("thead").Body(app.Tr().Body(head...)), app.Elem("tbody").Body(rows...)),
	)
}

// curves are those of the hand-ins over one another.
func (h *hands) curves(of []*handed) app.UI {
	all := of[:min(len(of), mostCurves)]
	var names []string
	var views []*run.View
	for _, f := range all {
		names, views = append(names, h.name(f)), append(views, f.Run)
	}
	if key := strings.Join(names, "\n") + h.about(); h.drawn.of != key {
		h.drawn.of, h.drawn.curves = key, curves.NewOverlay(views...)
		for i, v := range views {
			h.drawn.curves.Add(names[i], v)
		}
	}
	return app.Div().Body(
		app.P().Class("under").Hidden(len(of) <= mostCurves).Text("The charts draw the first "+number.Int(mostCurves)+" curves; the table has all."),
		&chart.Axes{ID: "axes-hands", Group: &h.drawn.linked},
		app.Div().Class("panels", "pair").Body(
			&chart.Chart{ID: "chart-accuracy-hands", Title: "Test accuracy", Spec: h.drawn.curves.Accuracy, Group: &h.drawn.linked, File: "unpool-hand-ins-accuracy"},
			&chart.Chart{ID: "chart-loss-hands", Title: "Test loss", Loss: true, Spec: h.drawn.curves.Loss, Group: &h.drawn.linked, File: "unpool-hand-ins-loss"},
		),
	)
}

// answers are side by side.
func (h *hands) answers(of []*handed, given *task.Task) app.UI {
	title := "Answers"
	if given.Question != "" {
		title += ": " + given.Question
	}
	var cards []app.UI
	for _, f := range of {
		answer := f.Answer
		if strings.TrimSpace(answer) == "" {
			answer = "–"
		}
		cards = append(cards, app.Elem("li").Body(app.Elem("h4").Text(h.name(f)), app.P().Text(answer)))
	}
	return app.Div().Body(app.Elem("h3").ID("answers-title").Text(title), app.Elem("ul").ID("hands-answers").Class("answers-given").Aria("labelledby", "answers-title").Body(cards...))
}
