package train

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/form"
	"unpool/app/ui/layers"
	"unpool/core/recipe"
	"unpool/models/net"
)

// settings are all fields of the next run's recipe.
type settings struct {
	setup   *setup
	images  *images
	presets *presets
	pace    *pace
	trainer *client.Trainer
}

// render shows the fields by their purposes.
func (s *settings) render() app.UI {
	r, problems := s.setup.recipe()
	own, _ := s.setup.form.Recipe() // without the user's own pictures, which have their own number of classes
	active := s.trainer.Others.Phase().Active()
	var groups []app.UI
	for _, g := range recipe.Groups() {
		var fields []app.UI
		for _, f := range g.Fields {
			if f.Name == "net" {
				fields = append(fields, s.builder(r, active))
			}
			if f.Applies(own) {
				fields = append(fields, s.field(f, problems[f.Name], active))
			}
		}
		groups = append(groups, app.Elem("fieldset").Class("fields").Body(append([]app.UI{app.Elem("legend").Text(g.Name)}, fields...)...))
	}
	note := "Settings of the next run."
	if active {
		note = "These are fixed while a run is under way; its learning rate can be changed above."
	}
	return app.Div().Body(append([]app.UI{app.P().Class("under").Text(note), s.presets.render()}, groups...)...)
}

// builder is the net as a list of layers, above its text.
func (s *settings) builder(r recipe.Recipe, active bool) app.UI {
	return &layers.Builder{
		Editor: &s.setup.net, Fixed: active,
		Task:     r.Task(),
		Total:    func(plan *net.Plan) []layers.Total { return s.pace.totals(plan, r) },
		OnChange: func(_ app.Context, text string) { s.setup.change("net", text) },
		OnShow:   func(app.Context) { s.measure() },
	}
}

// measure has the trainer measure its engine, once.
func (s *settings) measure() {
	s.pace.asked = s.pace.asked || s.trainer.Measure(s.pace.hear)
}

// field is one setting with its help and, next to it, what is wrong with it.
func (s *settings) field(f *recipe.Field, problem string, disabled bool) app.UI {
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
		app.Div().Class("name").Body(label...), s.input(f, id, problem != "", disabled), help,
	)
}

// input is what a setting is changed with.
func (s *settings) input(f *recipe.Field, id string, wrong, disabled bool) app.UI {
	text := s.setup.form.Text(f.Name)
	if f.Name == "dataset" && s.images.own() {
		return app.Input().ID(id).Type("text").Disabled(true).Value("your pictures, "+s.images.data.Said.From).Aria("describedby", id+"-help")
	}
	offered := func(value string) bool {
		return f.Name != "dataset" || s.images.served.Reach(recipe.Dataset(value), s.images.data)
	}
	set := func(text string) { s.setup.typed(f.Name, text) }
	return form.Input{Field: f, ID: id, Text: text, Wrong: wrong, Disabled: disabled, Offered: offered, Set: set}.Render()
}
