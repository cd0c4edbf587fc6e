package app

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/number"
)

// The pages and where they are.
const (
	trainPath   = "/"
	resultsPath = "/results"
	reportPath  = "/report" // where the Results page was, and older links lead
)

// header is what stands above every page; current is the path of the page on show.
func (d *document) header(current string) app.UI {
	link := func(path, name string) app.UI {
		a := app.A().Href(path).Text(name)
		if path == current {
			a = a.Aria("current", "page")
		}
		return a
	}
	return app.Header().Class("top").Body(
		app.Span().Class("brand").Body(
			app.Img().Src("/web/icon.svg").Width(20).Height(20).Attr("alt", " "),
			app.Text("Unpool"),
		),
		app.Nav().Aria("label", "Pages").Body(
			link(trainPath, "Train"),
			link(resultsPath, "Results"),
		),
		d.trainer(current),
		app.Button().Type("button").Class("quiet", "theme").Disabled(!d.ready).OnClick(d.onTheme).
			Aria("label", fmt.Sprintf("Theme: %s. Change to %s.", d.theme, d.theme.next())).
			Title("Theme: %s", d.theme).
			Body(app.Span().Class("theme-"+string(d.theme)).Aria("hidden", true)),
	)
}

// trainer says on the Train page what it computes with, and elsewhere how far the run under way is.
func (d *document) trainer(current string) app.UI {
	v := &d.train.view
	if r, ok := v.Recipe(); ok && current != trainPath && v.Phase.Active() {
		return app.A().ID("under-way").Class("tier").Href(trainPath).
			Text(fmt.Sprintf("%s: step %s / %s", v.Phase, number.Int(v.Step), number.Int(r.Steps)))
	}
	tier := ""
	if v.Start != nil && current == trainPath {
		tier = "tier: " + v.Start.Tier
	}
	return app.Span().Class("tier").Text(tier)
}

// update says that another build is ready, when it is.
func (d *document) update() app.UI {
	return app.If(d.updateReady, func() app.UI {
		return app.P().Class("notice").Body(
			app.Text("A newer version of this page is ready. "),
			app.Button().Type("button").OnClick(d.onReload).Text("Reload"),
		)
	})
}

func (d *document) onTheme(ctx app.Context, _ app.Event)  { d.theme.set(ctx, d.theme.next()) }
func (d *document) onReload(ctx app.Context, _ app.Event) { ctx.Reload() }
