package look

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/outline"
	"unpool/core/run"
	"unpool/models"
)

// report is all there is to see of the net on one page, in the paper's order. It asks for one part after another, also for what takes long.
type report struct {
	page  *Page
	now   int  // the part that is awaited; -1 before it is wanted, and as many as there are at the end
	asked bool // it has been asked for
}

// reported is a part of the report.
type reported struct {
	view     view        // where it can be changed
	complete func()      // asks for all that it shows, unless it is there
	busy     func() bool // something is awaited
	render   func() []app.UI
}

// part is one of the report's; nil where the net has nothing to see of it.
func (r *report) part(of outline.Part) *reported {
	p := r.page
	switch of {
	case outline.Deconv:
		if v := (oneMap{p.unit, p.Dark()}); mapped(p.scene.maps().Layers) {
			return &reported{viewOrigin, v.complete, v.busy, v.render}
		}
	case outline.Evolution:
		if v := (evolving{p.evolution, p.Dark()}); mapped(p.scene.maps().Layers) {
			return &reported{viewEvolution, v.complete, v.busy, v.render}
		}
	case outline.Rows:
		if v := (reader{p.reading, p.Dark()}); recurrent(p) {
			return &reported{viewRows, v.ask, v.busy, v.render}
		}
	case outline.Invariance:
		v := varying{p.invariance}
		return &reported{viewInvariance, v.complete, v.busy, v.render}
	case outline.Filters:
		return &reported{viewWeights, p.weights.ask, p.weights.busy, p.weights.render}
	case outline.Occlusion:
		v := covering{p.occlusion, p.Dark()}
		return &reported{viewOcclusion, v.ask, v.busy, v.render}
	case outline.Correspondence:
		v := marking{p.parts}
		return &reported{viewParts, v.complete, v.busy, v.render}
	case outline.Probes:
		v := p.embedding.probes
		return &reported{viewEmbedding, v.complete, v.busy, v.render}
	case outline.Transfer: // which takes minutes: it is there if it has been asked for
		if v := p.transfer; v.known[v.now()] != nil {
			return &reported{viewTransfer, v.ask, v.busy, v.render}
		}
	case outline.Embedding:
		v := layout{p.embedding}
		return &reported{viewEmbedding, v.ask, v.busy, v.render}
	case outline.Mistakes:
		return &reported{viewMistakes, p.mistakes.ask, p.mistakes.busy, p.mistakes.render}
	case outline.Statistics:
		return &reported{viewStatistics, p.stats.complete, p.stats.busy, p.stats.render}
	}
	return nil
}

// mapped reports whether one of the layers has maps.
func mapped(layers []run.Weights) bool {
	return slices.ContainsFunc(layers, func(l run.Weights) bool { return l.Count > 1 })
}

// parts are those of this net.
func (r *report) parts() (parts []outline.Part) {
	for _, one := range outline.Parts {
		if r.part(one) != nil {
			parts = append(parts, one)
		}
	}
	return parts
}

func (r *report) take(url.Values) {}
func (r *report) put(url.Values)  {}

// ask waits for the button: all of it takes a minute or more.
func (r *report) ask() {}

// changed makes it anew for what is now looked at, and not for another net, of which nobody has asked for one.
func (r *report) changed(what change) {
	switch {
	case what == otherRun:
		r.stop()
	case r.now >= 0:
		r.now, r.asked = 0, false
	}
}

func (r *report) stop() { r.now, r.asked = -1, false }

// begin asks for the first part.
func (r *report) begin() {
	r.now, r.asked = 0, false
	r.follow()
}

// follow asks for the next part when the one before is there, while the report is on show.
func (r *report) follow() {
	if !r.on() || r.page.scene.maps() == nil || r.page.scene.layers.cancel != nil {
		return
	}
	for parts := r.parts(); r.now < len(parts); r.now++ {
		part := r.part(parts[r.now])
		if !r.asked {
			r.asked = true
			part.complete()
		}
		if part.busy() {
			return
		}
		r.asked = false
	}
}

// on reports whether a part is shown in the report.
func (r *report) on() bool { return r.page.view == viewReport && r.now >= 0 }

func (r *report) render() []app.UI {
	parts := r.parts()
	body := []app.UI{
		app.H2().ID("report-title").Class("large-title").Text("Report"),
		app.P().Class("under").Body(
			app.Text("What the views show of this net on one page, for the run, step and image chosen here. "+outline.Source+" To change what a part shows, or to save its figures and numbers, open its view. "+
				"The paper’s ablation (table 3) trains other nets: it is a "), app.A().Href(shell.Link(shell.Sweeps)).OnClick(r.page.OnFollow).Text("sweep"), app.Text("."),
		),
		r.controls(parts),
	}
	if r.now >= 0 {
		shown := []app.UI{r.head()}
		for i, one := range parts[:min(r.now+1, len(parts))] {
			id, title, part := "report-"+string(one), fmt.Sprintf("%d. %s", i+1, one.Title()), r.part(one)
			shown = append(shown, app.Elem("section").ID(id).Class("report-part").Aria("labelledby", id+"-title").Body(append([]app.UI{
				app.Div().Class("report-heading").Body(
					app.H2().ID(id+"-title").Text(title),
					app.Button().ID(id+"-open").Type("button").Class("quiet").Aria("label", "Open this view: "+title).OnClick(func(app.Context, app.Event) {
						r.page.show(part.view)
					}, app.EventScope(one)).Text("Open this view"),
				),
			}, part.render()...)...))
		}
		body = append(body, app.Elem("article").ID("report").Class("view").Aria("labelledby", "report-head").Body(shown...))
	}
	return body
}

// controls make the report, say how far that is, and save it.
func (r *report) controls(parts []outline.Part) app.UI {
	controls := app.Div().ID("report-controls").Class("report-controls")
	switch {
	case r.now < 0:
		return controls.Body(app.Button().ID("report-make").Type("button").Class("primary").OnClick(func(app.Context, app.Event) {
			r.begin()
			r.page.KeepFocus("report-stop", "view")
		}).Text("Make the report"))
	case r.now < len(parts):
		return controls.Body(
			app.Button().ID("report-stop").Type("button").OnClick(func(app.Context, app.Event) {
				r.stop()
				r.page.KeepFocus("report-make", "view")
			}).Text("Stop"),
			app.P().ID("report-says").Class("under").Role("status").Text(fmt.Sprintf("Part %d of %d: %s.", r.now+1, len(parts), parts[r.now].Title())),
		)
	}
	return controls.Body(
		app.Button().ID("report-save").Type("button").OnClick(func(app.Context, app.Event) {
			web.Download(r.page.subject.file("report")+".html", "text/html", web.Page("report", "Report: "+r.name()))
		}).Text("Save as a web page"),
		app.Button().ID("report-print").Type("button").OnClick(func(app.Context, app.Event) { web.Print() }).Text("Print or save as PDF"),
		app.P().ID("report-says").Class("under").Role("status").Text(fmt.Sprintf("All %d parts are here.", len(parts))),
	)
}

// name is what the net is called.
func (r *report) name() string {
	name := r.page.subject.id.String()
	if v := r.page.subject.curve.view; v != nil {
		if of, ok := v.Recipe(); ok {
			name = models.Title(of)
		}
	}
	return name + ", after step " + number.Int(r.page.subject.step())
}

// head says which net and image it is about.
func (r *report) head() app.UI {
	s := r.page.subject
	var drawn app.UI
	says := r.name() + "."
	if v := s.curve.view; v != nil {
		if of, ok := v.Recipe(); ok {
			says += fmt.Sprintf(" %s parameters. Trained on %s, with seed %d, for %s steps", number.Int(v.Start.Parameters), of.Dataset.Title(), of.Seed, number.Int(v.Step))
			if m, ok := v.Latest(); ok {
				says += fmt.Sprintf("; %s of %s test images are classified correctly", number.Share(m.Test.Accuracy), number.Int(m.Test.N))
			}
			says += "."
		}
		drawn = &chart.Chart{ID: "report-curve", Title: "Accuracy through training", Spec: s.curve.spec, Height: 200}
	}
	m := r.page.scene.maps()
	return app.Elem("header").Class("report-head").Body(
		app.H2().ID("report-head").Class("large-title").Text("The net"), app.P().Text(says),
		app.If(drawn != nil, func() app.UI { return drawn }),
		app.Div().Class("scene").Body(picture(m.Image, 168, caption(m)), app.P().Class("caption").Text(caption(m)), answer("report-answer", m)))
}
