package look

import (
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
)

// views lists them in order.
var views = []struct {
	view view
	name string
}{
	{viewLayers, "Layers"},
	{viewOrigin, "One map"},
	{viewOcclusion, "Occlusion"},
	{viewInvariance, "Invariance"},
	{viewEvolution, "Evolution"},
	{viewWeights, "Weights"},
	{viewStatistics, "Statistics"},
	{viewMistakes, "Mistakes"},
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

// show changes the view.
func (p *Page) show(v view) {
	p.view = v
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
	case viewOcclusion:
		p.occlusion.ask()
	case viewInvariance:
		p.invariance.ask()
	case viewWeights:
		p.weights.ask()
	case viewMistakes:
		p.mistakes.ask()
	case viewStatistics, viewEvolution:
		return
	}
	p.scene.scales.ask() // after what is wanted first
}

// tabs choose the view.
func (p *Page) tabs() app.UI {
	var tabs []app.UI
	for _, one := range views {
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
			p.show(views[(p.view.index()+by+len(views))%len(views)].view)
		}
	}).Body(tabs...)
}

// panel is what the view shows.
func (p *Page) panel() app.UI {
	panel := app.Div().ID("view").Class("view").Role("tabpanel").TabIndex(-1).Aria("labelledby", "view-"+string(p.view)).DataSet("view", string(p.view))
	switch p.view {
	case viewOrigin:
		return panel.Body(p.scene.render(), p.unit.render(p.Dark()))
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
	}
	layers := p.layers
	if p.compare.with != nothing {
		layers = func() app.UI { return p.compare.layers(p.Dark()) }
	}
	return panel.Body(p.scene.render(), p.compare.render(), p.compare.second(), layers())
}
