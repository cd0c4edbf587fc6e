package look

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
)

// view is one of the ways to look at the net. Run, step, image and map stay while one changes it.
type view string

const (
	viewLayers     view = "layers"
	viewOrigin     view = "origin"
	viewOcclusion  view = "occlusion"
	viewInvariance view = "invariance"
	viewEvolution  view = "evolution"
	viewWeights    view = "weights"
	viewStatistics view = "statistics"
	viewMistakes   view = "mistakes"
	viewRows       view = "rows"
	viewEmbedding  view = "embedding"
)

// views lists them in order.
var views = []struct {
	view    view
	name    string
	applies func(*Page) bool // to the net that is looked into; nil for every net
}{
	{viewLayers, "Layers", nil},
	{viewOrigin, "One map", nil},
	{viewRows, "Reading", recurrent},
	{viewOcclusion, "Occlusion", nil},
	{viewInvariance, "Invariance", nil},
	{viewEvolution, "Evolution", nil},
	{viewWeights, "Weights", nil},
	{viewStatistics, "Statistics", nil},
	{viewMistakes, "Mistakes", nil},
	{viewEmbedding, "Embedding", nil},
}

func (v view) index() int {
	for i, one := range views {
		if one.view == v {
			return i
		}
	}
	return -1
}

func (v view) known() bool { return v.index() >= 0 }

// applies reports whether there is something to see of it in the net that is looked into.
func (v view) applies(p *Page) bool {
	applies := views[v.index()].applies
	return applies == nil || applies(p)
}

// show changes the view.
func (p *Page) show(v view) {
	p.view = v
	p.reading.plays = 0
	p.evolution.stop()
	p.look()
	p.put()
	p.AfterDrawing(func() { shell.Focus("view-" + string(v)) })
}

// look asks for what only the view on show needs.
func (p *Page) look() {
	switch p.view {
	case viewLayers:
		p.compare.ask()
	case viewOrigin:
		p.unit.ask()
	case viewRows:
		p.reading.ask()
	case viewOcclusion:
		p.occlusion.ask()
	case viewInvariance:
		p.invariance.ask()
	case viewWeights:
		p.weights.ask()
	case viewMistakes:
		p.mistakes.ask()
	case viewEmbedding:
		p.embedding.ask()
	case viewStatistics, viewEvolution:
		return
	}
	p.scene.scales.ask() // after what is wanted first
}

// tabs choose the view.
func (p *Page) tabs() app.UI {
	var tabs []app.UI
	var shown []view
	for _, one := range views {
		if !one.view.applies(p) {
			continue
		}
		shown = append(shown, one.view)
		tab := app.Button().ID("view-"+string(one.view)).Type("button").Class("tab").Role("tab").
			Aria("selected", one.view == p.view).Aria("controls", "view").
			OnClick(func(app.Context, app.Event) { p.show(one.view) }).Text(one.name)
		if one.view != p.view {
			tab = tab.TabIndex(-1)
		}
		tabs = append(tabs, tab)
	}
	return app.Div().Class("tabs").Role("tablist").Aria("label", "Views").OnKeyDown(func(_ app.Context, e app.Event) {
		by, ok := map[string]int{"ArrowRight": 1, "ArrowLeft": -1}[e.Get("key").String()]
		if ok {
			e.PreventDefault()
			p.show(shown[(slices.Index(shown, p.view)+by+len(shown))%len(shown)])
		}
	}, app.EventScope(len(shown))).Body(tabs...)
}

// panel is what the view shows.
func (p *Page) panel() app.UI {
	panel := app.Div().ID("view").Class("view").Role("tabpanel").TabIndex(-1).Aria("labelledby", "view-"+string(p.view)).DataSet("view", string(p.view))
	switch p.view {
	case viewOrigin:
		return panel.Body(p.scene.render(), p.unit.render(p.Dark()))
	case viewRows:
		return panel.Body(p.scene.render(), reader{p.reading, p.Dark()}.render())
	case viewOcclusion:
		return panel.Body(p.scene.render(), covering{p.occlusion, p.Dark()}.render())
	case viewInvariance:
		return panel.Body(p.scene.render(), varying{p.invariance}.render())
	case viewEvolution:
		return panel.Body(evolving{p.evolution, p.Dark()}.render())
	case viewWeights:
		return panel.Body(p.weights.render(p.Dark()))
	case viewStatistics:
		return panel.Body(p.stats.render())
	case viewMistakes:
		return panel.Body(p.scene.render(), p.mistakes.render())
	case viewEmbedding:
		return panel.Body(layout{p.embedding}.render(), p.probes.render())
	}
	layers := p.layers
	if p.compare.with != nothing {
		layers = func() app.UI { return p.compare.layers(p.Dark()) }
	}
	return panel.Body(p.scene.render(), p.compare.render(), p.compare.second(), layers())
}
