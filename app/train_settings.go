package app

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/layers"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/models"
	"unpool/models/net"
)

// settings are all fields of the next run's recipe, by their purposes.
func (p *trainPage) settings() app.UI {
	r, problems := p.recipe()
	form, _ := p.form.Recipe() // without the user's own pictures, which say themselves how many classes they have
	active := p.view.Phase.Active()
	var groups []app.UI
	for _, g := range recipe.Groups() {
		var fields []app.UI
		for _, f := range g.Fields {
			if f.Name == "net" {
				fields = append(fields, p.builder(r, active))
			}
			if f.Applies(form) {
				fields = append(fields, p.field(f, problems[f.Name], active))
			}
		}
		groups = append(groups, app.FieldSet().Class("fields").Body(append([]app.UI{app.Legend().Text(g.Name)}, fields...)...))
	}
	note := "Settings of the next run."
	if active {
		note = "These are fixed while a run is under way; its learning rate can be changed above."
	}
	return app.Div().Body(append([]app.UI{app.P().Class("under").Text(note)}, groups...)...)
}

// builder is the net as a list of layers, above its text.
func (p *trainPage) builder(r recipe.Recipe, active bool) app.UI {
	return &layers.Builder{
		Editor: &p.net, Fixed: active,
		Task:     r.Task(),
		Total:    func(plan *net.Plan) []layers.Total { return p.pace.totals(plan, r) },
		OnChange: func(_ app.Context, text string) { p.onSetting("net", text) },
		OnShow:   func(app.Context) { p.measure() },
	}
}

// measure has the trainer measure its engine, once, unless it has something to do or would have to read files first.
func (p *trainPage) measure() {
	if p.pace.asked || p.view.Phase.Active() || p.data.reading() || p.worker == nil && p.data.ready() {
		return
	}
	p.pace.asked = true
	p.withTrainer(func() { p.worker.Do(control.Command{Do: control.Measure}) })
}

// field is one setting with its help and, next to it, what is wrong with it.
func (p *trainPage) field(f *recipe.Field, problem string, disabled bool) app.UI {
	id := "setting-" + f.Name
	label := []app.UI{app.Label().For(id).Text(f.Label)}
	if kind := f.Kind(); f.Unit != "" && (kind == recipe.Whole || kind == recipe.Real) {
		label = append(label, app.Span().Class("soft").Text(", "+f.Unit))
	}
	help := app.P().ID(id + "-help").Class("under").Text(f.Help)
	if problem != "" {
		help = app.P().ID(id + "-help").Class("problem").Role("alert").Text(problem)
	}
	class := "field"
	if f.Kind() == recipe.Text {
		class = "field wide"
	}
	return app.Div().Class(class).Body(
		app.Div().Class("name").Body(label...), p.input(f, id, problem != "", disabled), help,
	)
}

// input is what a setting is changed with.
func (p *trainPage) input(f *recipe.Field, id string, wrong, disabled bool) app.UI {
	text := p.form.Text(f.Name)
	scope := app.EventScope(f.Name)
	change := func(_ app.Context, e app.Event) { p.onText(f.Name, e.Get("target").Get("value").String()) }
	if f.Name == "dataset" && p.data.own() {
		return app.Input().ID(id).Type("text").Disabled(true).Value("your pictures, "+p.data.said.From).Aria("describedby", id+"-help")
	}
	switch f.Kind() {
	case recipe.One:
		var options []app.UI
		for _, c := range f.Choices {
			if c.Value == text || f.Name != "dataset" || p.reachable(recipe.Dataset(c.Value)) {
				options = append(options, app.Option().Value(c.Value).Selected(c.Value == text).Text(c.Label))
			}
		}
		return app.Select().ID(id).Disabled(disabled).OnChange(change, scope).Aria("describedby", id+"-help").Body(options...)
	case recipe.Truth:
		toggle := func(_ app.Context, e app.Event) {
			value := "false"
			if e.Get("target").Get("checked").Bool() {
				value = "true"
			}
			p.onSetting(f.Name, value)
		}
		return app.Input().ID(id).Type("checkbox").Checked(text == "true").Disabled(disabled).OnChange(toggle, scope).
			Aria("describedby", id+"-help")
	case recipe.Text:
		return app.Textarea().ID(id).Rows(3).Spellcheck(false).Attr("value", text).Disabled(disabled).OnChange(change, scope).
			Aria("invalid", wrong).Aria("describedby", id+"-help")
	}
	return app.Input().ID(id).Type("text").Attr("inputmode", "decimal").AutoComplete(false).
		Value(text).Disabled(disabled).OnChange(change, scope).
		Aria("invalid", wrong).Aria("describedby", id+"-help")
}

// reachable reports whether the page can get a data set, as far as it knows: the menu has nets on it, the server has it, or the
// user's files are it.
func (p *trainPage) reachable(d recipe.Dataset) bool {
	return slices.ContainsFunc(models.Catalog, func(e models.Entry) bool { return e.Recipe.Dataset == d }) ||
		slices.ContainsFunc(p.data.served, func(s servedSet) bool { return s.Name == d && s.From != "" }) || p.data.standsIn(d)
}
