package sweeps

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/sweeps/draft"
	"unpool/app/ui/check"
	"unpool/app/ui/form"
	"unpool/core/recipe"
	"unpool/models"
)

// form are the fields of a sweep: what it is about, how it searches, and the mode of each setting.
func (c *compose) form(problems map[string]string) app.UI {
	parts := []app.UI{group("Net and search", c.plan(problems)), ablation(c.draft)}
	for _, g := range recipe.Groups() {
		var fields []app.UI
		for _, f := range g.Fields {
			if f.Name != "seed" && c.draft.Applies(f) {
				fields = append(fields, c.setting(f, problems[f.Name]))
			}
		}
		parts = append(parts, group(g.Name, fields))
	}
	return app.Div().Body(parts...)
}

func group(name string, fields []app.UI) app.UI {
	return app.Elem("fieldset").Class("fields").Body(append([]app.UI{app.Elem("legend").Text(name)}, fields...)...)
}

// strategies are how points are found, and how each works.
var (
	strategies = []option{
		{string(draft.ASHA), "random, early stopping (ASHA)"},
		{string(draft.Random), "random"},
		{string(draft.Grid), "every combination"},
		{string(draft.GridASHA), "every combination, early stopping (ASHA)"},
		{string(draft.Each), "one change at a time"},
	}
	strategyHelp = map[draft.Strategy]string{
		draft.ASHA:     "all runs begin; at each rung the best continue and the others stop",
		draft.Random:   "points drawn at random, all trained to the end",
		draft.Grid:     "every combination of the choices below, all trained to the end",
		draft.GridASHA: "every combination of the choices below begins; at each rung the best continue and the others stop",
		draft.Each:     "the settings below as they are, and with each choice alone, as in an ablation; all trained to the end",
	}
)

// plan are the fields that are not the recipe's.
func (c *compose) plan(problems map[string]string) []app.UI {
	d := c.draft
	r, _ := d.Form.Recipe()
	var nets []option
	for _, e := range models.Catalog {
		nets = append(nets, option{e.Name, e.Title})
	}
	fields := []app.UI{
		field("sweep-net", "Net", "sets all fields to this net’s usual values", "", choose("sweep-net", models.Describe(r).Name, nets, c.take).Aria("describedby", "sweep-net-help")),
		field("strategy", "Search", strategyHelp[d.Strategy], "",
			choose("strategy", string(d.Strategy), strategies, func(value string) { d.Strategy = draft.Strategy(value) }).Aria("describedby", "strategy-help")),
	}
	for _, one := range []struct {
		id, label, help, name string
		at                    *string
		only                  bool
	}{
		{"new-name", "Name", "name of the sweep; optional", "", &d.Name, true},
		{"new-seeds", "Seeds", "runs of each point, each with its own seed", draft.OfSeeds, &d.Seeds, true},
		{"new-points", "Points", "number of settings to draw", draft.OfPoints, &d.Points, d.Strategy.Draws()},
		{"new-least", "First rung", "training steps before runs are first compared", draft.OfMinSteps, &d.MinSteps, d.Strategy.Stops()},
		{"new-eta", "Eta", "one in this many points continues from each rung, and each rung takes this many times the steps of the one before", draft.OfEta, &d.Eta, d.Strategy.Stops()},
	} {
		if one.only {
			problem := problems[one.name]
			fields = append(fields, field(one.id, one.label, one.help, problem, entry(one.id, *one.at, problem != "", func(text string) { *one.at = text })))
		}
	}
	return fields
}

// take sets the form to a net of the catalog; how to search stays.
func (c *compose) take(name string) {
	e, err := models.Find(name)
	if err != nil {
		return // no option is of another
	}
	d := draft.New(e.Recipe)
	d.Name, d.Strategy, d.Points, d.Seeds, d.Eta = c.draft.Name, c.draft.Strategy, c.draft.Points, c.draft.Seeds, c.draft.Eta
	*c.draft = *d // which the inputs know
}

// modes are those of a setting, in words.
var modes = map[draft.Mode]string{draft.Fixed: "fixed", draft.Choices: "choices", draft.LogRange: "range (log)", draft.Range: "range"}

// setting is a field of the recipe: its mode, and its value or what is tried.
func (c *compose) setting(f *recipe.Field, problem string) app.UI {
	d := c.draft
	id, mode := "setting-"+f.Name, d.Mode(f.Name)
	unit := ""
	if kind := f.Kind(); f.Unit != "" && (kind == recipe.Whole || kind == recipe.Real) {
		unit = ", " + f.Unit
	}
	name := []app.UI{app.Span().Body(app.Label().For(id).Text(f.Label), app.Span().Class("soft").Text(unit))}
	if draft.Open(f) {
		var options []option
		for _, m := range d.Modes(f) {
			options = append(options, option{string(m), modes[m]})
		}
		name = append(name, choose("mode-"+f.Name, string(mode), options, func(value string) { d.SetMode(f.Name, draft.Mode(value)) }).
			Class("mode").Aria("label", f.Label+": fixed or tried"))
	}
	class, help := "field", f.Help
	if f.Kind() == recipe.Text {
		class = "field wide"
		if mode == draft.Choices {
			help += "; one net per line"
		}
	}
	if mode != draft.Fixed {
		class += " tried"
	}
	return div(class, div("name", name...), c.value(f, id, mode, problem != ""), note(id, help, problem))
}

// value is what a setting's value, or what is tried of it, is changed with.
func (c *compose) value(f *recipe.Field, id string, mode draft.Mode, wrong bool) app.UI {
	d := c.draft
	switch {
	case mode == draft.Fixed:
		return div("", form.Input{Field: f, ID: id, Text: d.Form.Text(f.Name), Wrong: wrong, Set: func(text string) { d.Form.Set(f.Name, text) }}.Render())
	case mode == draft.LogRange || mode == draft.Range:
		low, high := d.Ends(f.Name)
		return div("ends",
			entry(id, low, wrong, func(text string) { d.SetEnd(f.Name, false, text) }).Aria("label", f.Label+", from"),
			app.Text("to"),
			entry(id+"-high", high, wrong, func(text string) { d.SetEnd(f.Name, true, text) }).Aria("label", f.Label+", to").Aria("describedby", id+"-help"))
	case draft.Values(f) != nil:
		var boxes []app.UI
		for i, v := range draft.Values(f) {
			box := id
			if i > 0 { // the label is the first's
				box = id + "-" + v.Value
			}
			boxes = append(boxes, check.New(box, v.Label, d.Has(f, v.Value), false, func(on bool) { d.Toggle(f, v.Value, on) }))
		}
		return div("boxes", boxes...)
	case f.Kind() == recipe.Text:
		return div("", area(id, d.Choices(f.Name), 3, wrong).OnChange(typed(func(text string) { d.SetChoices(f.Name, text) }), app.EventScope(id)))
	}
	return div("", entry(id, d.Choices(f.Name), wrong, func(text string) { d.SetChoices(f.Name, text) }).Placeholder("32, 64, 128"))
}

// area is an input for a text of several lines.
func area(id, text string, rows int, wrong bool) app.HTMLTextarea {
	return app.Textarea().ID(id).Rows(rows).Spellcheck(false).Attr("value", text).Aria("invalid", wrong).Aria("describedby", id+"-help")
}
