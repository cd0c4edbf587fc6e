package look

import (
	"net/url"
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
	viewParts      view = "parts"
	viewTransfer   view = "transfer"
	viewReport     view = "report"
)

// part is what a view consists of: what the reader has chosen there, what the trainer has answered, and how that is shown.
type part interface {
	take(link url.Values) // takes up what a link says
	put(link url.Values)  // writes it into a link
	changed(what change)  // something else is looked at
	ask()                 // asks for what is to be seen at once
	render() []app.UI
}

// change is what has changed of what is looked at. With another run the step is another one too, and with another step so is what the net makes
// of the image.
type change int

const (
	otherImage change = iota
	otherStep
	otherRun
)

// views lists them in order.
var views = []struct {
	view    view
	name    string
	image   bool             // it is about the chosen image, which stands above it
	applies func(*Page) bool // to the net that is looked into; nil for every net
	part    func(*Page) part
}{
	{viewLayers, "Layers", true, nil, func(p *Page) part { return p.layers }},
	{viewOrigin, "One map", true, nil, func(p *Page) part { return oneMap{p.unit, p.Dark()} }},
	{viewRows, "Reading", true, recurrent, func(p *Page) part { return reader{p.reading, p.Dark()} }},
	{viewOcclusion, "Occlusion", true, nil, func(p *Page) part { return covering{p.occlusion, p.Dark()} }},
	{viewInvariance, "Invariance", true, nil, func(p *Page) part { return varying{p.invariance} }},
	{viewEvolution, "Evolution", false, nil, func(p *Page) part { return evolving{p.evolution, p.Dark()} }},
	{viewWeights, "Weights", false, nil, func(p *Page) part { return p.weights }},
	{viewStatistics, "Statistics", false, nil, func(p *Page) part { return p.stats }},
	{viewMistakes, "Mistakes", true, nil, func(p *Page) part { return p.mistakes }},
	{viewEmbedding, "Embedding", false, nil, func(p *Page) part { return embeddingView{layout{p.embedding}} }},
	{viewParts, "Parts", false, nil, func(p *Page) part { return marking{p.parts} }},
	{viewTransfer, "Transfer", false, nil, func(p *Page) part { return p.transfer }},
	{viewReport, "Report", false, nil, func(p *Page) part { return p.report }},
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

// look asks for what the view on show needs.
func (p *Page) look() { views[p.view.index()].part(p).ask() }

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
	one := views[p.view.index()]
	body := one.part(p).render()
	if one.image {
		body = append([]app.UI{p.scene.render()}, body...)
	}
	return app.Div().ID("view").Class("view").Role("tabpanel").TabIndex(-1).Aria("labelledby", "view-"+string(p.view)).DataSet("view", string(p.view)).Body(body...)
}
