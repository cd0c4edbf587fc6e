package train

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/term"
	"unpool/core/recipe"
	"unpool/models"
	"unpool/models/net"
)

// menu is the menu of nets with what the chosen one is about.
type menu struct {
	setup        *setup
	beside       *beside
	presets      *presets
	edit         app.EventHandler // opens the builder
	fixed, ready bool
}

func (m *menu) render() app.UI {
	if m.setup.hidden("net") {
		return app.Div().Class("net").Hidden(true)
	}
	entry, preset := m.setup.entry, m.presets.now() >= 0
	tasked, fixed := m.setup.task != nil, m.fixed || m.setup.fixed("net")
	var groups []app.UI
	for _, info := range recipe.Datasets {
		if m.setup.fixed("dataset") && info.Name != entry.Recipe.Dataset {
			continue
		}
		var options []app.UI
		for _, e := range models.Catalog {
			if e.Recipe.Dataset == info.Name {
				options = append(options, app.Option().Value(e.Name).Selected(e.Name == entry.Name && !preset).Text(e.Title))
			}
		}
		if len(options) > 0 {
			groups = append(groups, app.Elem("optgroup").Attr("label", info.Title).Body(options...))
		}
	}
	if _, err := models.Find(entry.Name); err != nil {
		groups = append(groups, app.Option().Value(entry.Name).Selected(!preset).Text("A net of your own"))
	}
	if !tasked {
		groups = append(groups, m.presets.options())
	}
	return app.Div().Class("net").Body(
		app.Label().For("net").Class("unseen").Text("Net"),
		app.Select().ID("net").Disabled(fixed || !m.ready).OnChange(m.onNet).Body(groups...),
		app.Div().Class("under").Body(
			term.Explained("net", m.about(), entry.About),
			app.Button().ID("edit-net").Type("button").Class("quiet").Disabled(!m.ready || m.setup.fixed("net")).OnClick(m.edit).Text("Edit its layers"),
		),
		app.If(!tasked, func() app.UI { return m.beside.render(m.fixed, m.ready) }),
	)
}

// about says what the chosen net learns from.
func (m *menu) about() string {
	r, images := m.setup.entry.Recipe, m.setup.images
	on := "on " + r.Dataset.Title()
	if images.own() {
		on = "on " + images.data.Said.From
	}
	if n, err := net.Parse(r.Net); err == nil && n.Recurrent() {
		on += ", read " + n.Along()
	}
	return on
}

// onNet chooses a net, with its own settings.
func (m *menu) onNet(_ app.Context, e app.Event) {
	value := e.Get("target").Get("value").String()
	if m.presets.choose(value) {
		return
	}
	entry, err := models.Find(value)
	if err != nil {
		return // the menu lists the catalog
	}
	m.setup.set(entry, entry.Recipe)
}
