package train

import (
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/form"
	"unpool/core/recipe"
	"unpool/core/run"
)

// presets are settings that the user has saved by name in this browser.
type presets struct {
	setup *setup

	all     []preset
	looked  bool
	name    string // as typed
	problem string // what is wrong with it, or with a preset
}

// preset is one of them. Its settings are the query of a link, which later versions can read.
type preset struct{ Name, Query string }

const (
	presetsKey   = "presets"      // where the browser keeps them
	presetPrefix = "your preset " // begins their values in the menu: no net of the catalog is called that
)

// look takes up, once, what the browser keeps.
func (p *presets) look(ctx app.Context) {
	if !p.looked {
		p.looked = true
		if ctx.LocalStorage().Get(presetsKey, &p.all) != nil {
			p.all = nil // nothing that can be read
		}
	}
}

// now is the place of the preset that the page is set to; -1 for none.
func (p *presets) now() int {
	r, problems := p.setup.form.Recipe()
	if problems != nil || len(p.all) == 0 {
		return -1
	}
	query := r.QueryBeside(p.setup.beside)
	return slices.IndexFunc(p.all, func(one preset) bool { return one.Query == query })
}

// choose sets the page to the preset that a value of the menu names, and reports whether it names any.
func (p *presets) choose(value string) bool {
	name, ok := strings.CutPrefix(value, presetPrefix)
	i := slices.IndexFunc(p.all, func(one preset) bool { return one.Name == name })
	if !ok || i < 0 {
		return false
	}
	saved, err := recipe.ParseLink(p.all[i].Query)
	if p.problem = form.Unknown(saved.Unknown); err != nil {
		p.problem = form.Problems(err)
	} else if len(saved.Recipes) > 0 {
		p.setup.take(saved.Recipes)
	}
	return true
}

// render is where the settings are saved as a preset, and the chosen preset can be deleted.
func (p *presets) render() app.UI {
	r, problems := p.setup.form.Recipe()
	now := p.now()
	var remove app.UI
	if now >= 0 {
		remove = app.Button().ID("preset-delete").Type("button").OnClick(func(ctx app.Context, _ app.Event) {
			p.keep(ctx, slices.Delete(slices.Clone(p.all), now, now+1))
			shell.Focus("preset-name")
		}, app.EventScope(now)).Text("Delete “" + p.all[now].Name + "”")
	}
	save := func(ctx app.Context, e app.Event) {
		e.PreventDefault()
		p.name = strings.TrimSpace(p.name)
		if err := run.CheckName(p.name); err != nil || p.name == "" {
			p.problem = "Give the preset a name of 1 to 100 characters."
			return
		}
		others := slices.DeleteFunc(slices.Clone(p.all), func(one preset) bool { return one.Name == p.name })
		p.keep(ctx, append(others, preset{p.name, r.QueryBeside(p.setup.beside)}))
		p.name = ""
	}
	return app.Elem("form").Class("preset").On("submit", save, app.EventScope(r.Query())).Body(
		app.Label().For("preset-name").Text("Preset"),
		app.Input().ID("preset-name").Type("text").AutoComplete(false).Size(24).Value(p.name).Placeholder("name").Aria("describedby", "preset-problem").
			OnInput(func(_ app.Context, e app.Event) { p.name = e.Get("target").Get("value").String() }),
		app.Button().ID("preset-save").Type("submit").Disabled(problems != nil).Text("Save these settings"),
		app.If(remove != nil, func() app.UI { return remove }),
		app.P().ID("preset-problem").Class("problem").Role("alert").Text(p.problem),
	)
}

// keep has the browser keep presets in place of those before.
func (p *presets) keep(ctx app.Context, all []preset) {
	p.all, p.problem = all, ""
	if err := ctx.LocalStorage().Set(presetsKey, all); err != nil {
		p.problem = "This browser does not store the preset: it lasts as long as the tab."
	}
}

// options are the presets in the menu of nets.
func (p *presets) options() app.UI {
	now := p.now()
	return app.If(len(p.all) > 0, func() app.UI {
		return app.Elem("optgroup").Attr("label", "Your presets").Body(app.Range(p.all).Slice(func(i int) app.UI {
			return app.Option().Value(presetPrefix + p.all[i].Name).Selected(i == now).Text(p.all[i].Name)
		}))
	})
}
