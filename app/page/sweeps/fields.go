package sweeps

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/sweeps/draft"
	"unpool/app/ui/form"
	"unpool/core/recipe"
	"unpool/models"
)

// form are the fields of a sweep: what it is about, how it searches, and what becomes of each setting.
func (c *compose) form(problems map[string]string) app.UI {
	parts := []app.UI{app.FieldSet().Class("fields").Body(append([]app.UI{app.Legend().Text("What and how")}, c.plan(problems)...)...)}
	for _, g := range recipe.Groups() {
		var fields []app.UI
		for _, f := range g.Fields {
			if f.Name != "seed" && c.draft.Applies(f) {
				fields = append(fields, c.setting(f, problems[f.Name]))
			}
		}
		parts = append(parts, app.FieldSet().Class("fields", "tries").Body(append([]app.UI{app.Legend().Text(g.Name)}, fields...)...))
	}
	return app.Div().Body(parts...)
}

// strategies are how points are found.
var strategies = []struct {
	of   draft.Strategy
	name string
	help string
}{
	{draft.ASHA, "random, poor ones stopped early (ASHA)", "all begin; at each rung the best go on, the others stop"},
	{draft.Random, "random", "points drawn at random, all trained to the end"},
	{draft.Grid, "every combination", "of the choices below, all trained to the end"},
}

// plan are the fields that are none of the recipe's.
func (c *compose) plan(problems map[string]string) []app.UI {
	d := c.draft
	var nets, options []app.UI
	r, _ := d.Form.Recipe()
	now := models.Describe(r).Name
	for _, e := range models.Catalog {
		nets = append(nets, app.Option().Value(e.Name).Selected(e.Name == now).Text(e.Title))
	}
	help := ""
	for _, s := range strategies {
		options = append(options, app.Option().Value(string(s.of)).Selected(s.of == d.Strategy).Text(s.name))
		if s.of == d.Strategy {
			help = s.help
		}
	}
	field := func(id, label, help, problem string, input app.UI) app.UI {
		return app.Div().Class("field").Body(app.Div().Class("name").Body(app.Label().For(id).Text(label)), input, note(id, help, problem))
	}
	text := func(id, label, help, name string, at *string) app.UI {
		return field(id, label, help, problems[name], app.Input().ID(id).Type("text").Attr("inputmode", "decimal").AutoComplete(false).Value(*at).
			Aria("invalid", problems[name] != "").Aria("describedby", id+"-help").OnChange(func(_ app.Context, e app.Event) { *at = e.Get("target").Get("value").String() }, app.EventScope(id)))
	}
	fields := []app.UI{
		field("sweep-net", "Net", "sets all fields to what is usual for it", "", app.Select().ID("sweep-net").Aria("describedby", "sweep-net-help").
			OnChange(func(_ app.Context, e app.Event) { c.take(e.Get("target").Get("value").String()) }).Body(nets...)),
		field("strategy", "Search", help, "", app.Select().ID("strategy").Aria("describedby", "strategy-help").
			OnChange(func(_ app.Context, e app.Event) { d.Strategy = draft.Strategy(e.Get("target").Get("value").String()) }).Body(options...)),
		app.Div().Class("field").Body(
			app.Div().Class("name").Body(app.Label().For("new-name").Text("Name")),
			app.Input().ID("new-name").Type("text").AutoComplete(false).Value(d.Name).Aria("describedby", "new-name-help").
				OnChange(func(_ app.Context, e app.Event) { d.Name = e.Get("target").Get("value").String() }),
			note("new-name", "what you call it; may be left empty", ""),
		),
		text("new-seeds", "Seeds", "runs of each point, which differ in their seed", draft.OfSeeds, &d.Seeds),
	}
	if d.Strategy != draft.Grid {
		fields = append(fields, text("new-points", "Points", "how many settings are drawn", draft.OfPoints, &d.Points))
	}
	if d.Strategy == draft.ASHA {
		fields = append(fields,
			text("new-least", "First rung", "training steps after which runs are compared first", draft.OfMinSteps, &d.MinSteps),
			text("new-eta", "Eta", "of so many points at a rung one goes on, and rungs lie so many times as far apart", draft.OfEta, &d.Eta))
	}
	return fields
}

// take makes the form one about a net of the catalog; how to search stays.
func (c *compose) take(name string) {
	e, err := models.Find(name)
	if err != nil {
		return // no option is of another
	}
	d := draft.New(e.Recipe)
	d.Name, d.Strategy, d.Points, d.Seeds, d.Eta = c.draft.Name, c.draft.Strategy, c.draft.Points, c.draft.Seeds, c.draft.Eta
	*c.draft = *d // which the inputs know
}

// note is a field's help, or what is wrong with it.
func note(id, help, problem string) app.UI {
	if problem != "" {
		return app.P().ID(id + "-help").Class("problem").Role("alert").Text(problem)
	}
	return app.P().ID(id + "-help").Class("under").Text(help)
}

// modes are what can become of a setting, in words.
var modes = map[draft.Mode]string{draft.Fixed: "fixed", draft.Choices: "choices", draft.LogRange: "range (log)", draft.Range: "range"}

// setting is a field of the recipe: what becomes of it, and its value or what is tried.
func (c *compose) setting(f *recipe.Field, problem string) app.UI {
	d := c.draft
	id, mode := "setting-"+f.Name, d.Mode(f.Name)
	label := []app.UI{app.Label().For(id).Text(f.Label)}
	if kind := f.Kind(); f.Unit != "" && (kind == recipe.Whole || kind == recipe.Real) {
		label = append(label, app.Span().Class("soft").Text(", "+f.Unit))
	}
	if draft.Open(f) {
		var options []app.UI
		for _, m := range d.Modes(f) {
			options = append(options, app.Option().Value(string(m)).Selected(m == mode).Text(modes[m]))
		}
		label = append(label, app.Select().ID("mode-"+f.Name).Class("mode").Aria("label", f.Label+": fixed or tried").
			OnChange(func(_ app.Context, e app.Event) {
				c.draft.SetMode(f.Name, draft.Mode(e.Get("target").Get("value").String()))
			}, app.EventScope(f.Name)).
			Body(options...))
	}
	class := "field"
	if f.Kind() == recipe.Text {
		class = "field wide"
	}
	if mode != draft.Fixed {
		class += " tried"
	}
	help := f.Help
	if mode == draft.Choices && f.Kind() == recipe.Text {
		help += "; one net a line"
	}
	return app.Div().Class(class).Body(app.Div().Class("name").Body(label...), c.value(f, id, mode, problem != ""), note(id, help, problem))
}

// value is what a setting's value, or what is tried of it, is changed with.
func (c *compose) value(f *recipe.Field, id string, mode draft.Mode, wrong bool) app.UI {
	d := c.draft
	switch {
	case mode == draft.Fixed:
		return app.Div().Body(form.Input{Field: f, ID: id, Text: d.Form.Text(f.Name), Wrong: wrong, Set: func(text string) { c.draft.Form.Set(f.Name, text) }}.Render())
	case mode == draft.Choices && draft.Values(f) != nil:
		var boxes []app.UI
		for i, v := range draft.Values(f) {
			box := app.Input().Type("checkbox").Checked(d.Has(f, v.Value)).OnChange(func(_ app.Context, e app.Event) {
				c.draft.Toggle(f, v.Value, e.Get("target").Get("checked").Bool())
			}, app.EventScope(f.Name, v.Value))
			if i == 0 {
				box = box.ID(id)
			}
			boxes = append(boxes, app.Label().Class("check").Body(box, app.Text(v.Label)))
		}
		return app.Div().Class("boxes").Role("group").Aria("label", f.Label).Body(boxes...)
	case mode == draft.Choices:
		set := func(_ app.Context, e app.Event) { c.draft.SetChoices(f.Name, e.Get("target").Get("value").String()) }
		if f.Kind() == recipe.Text {
			return app.Div().Body(app.Textarea().ID(id).Rows(3).Spellcheck(false).Attr("value", d.Choices(f.Name)).
				Aria("invalid", wrong).Aria("describedby", id+"-help").OnChange(set, app.EventScope(f.Name)))
		}
		return app.Div().Body(app.Input().ID(id).Type("text").AutoComplete(false).Value(d.Choices(f.Name)).Placeholder("32, 64, 128").
			Aria("invalid", wrong).Aria("describedby", id+"-help").OnChange(set, app.EventScope(f.Name)))
	}
	low, high := d.Ends(f.Name)
	end := func(id, label, value string, set func(text string)) app.UI {
		return app.Input().ID(id).Type("text").Attr("inputmode", "decimal").AutoComplete(false).Value(value).Aria("label", f.Label+", "+label).
			Aria("invalid", wrong).OnChange(func(_ app.Context, e app.Event) { set(e.Get("target").Get("value").String()) }, app.EventScope(id))
	}
	return app.Div().Class("ends").Body(
		end(id, "from", low, func(text string) { c.draft.SetLow(f.Name, text) }),
		app.Span().Text("to"),
		end(id+"-high", "to", high, func(text string) { c.draft.SetHigh(f.Name, text) }),
	)
}
