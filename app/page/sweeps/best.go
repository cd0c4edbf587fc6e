package sweeps

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// best is the best point so far, and what can be done with it.
type best struct {
	shell *shell.Shell
	scene *scene

	asked string       // ID of the run that the server was asked about
	found *run.Summary // that run, nil until it has come
}

func (b *best) render() app.UI {
	s := b.scene
	if s.Best == nil || s.Best.Point < 0 || s.Best.Point >= len(s.All) {
		return app.Section().ID("best").Class("card").Aria("label", "The best point").Body(
			app.P().Class("under").Text("No run has been measured yet: the best point will stand here."))
	}
	at := &s.All[s.Best.Point]
	id := ""
	for _, r := range at.Runs {
		if id == "" && r.Phase != run.Empty {
			id = r.ID
		}
	}
	b.ask(id)
	name := "Best so far"
	if s.SweepSummary.State.Over() {
		name = "Best"
	}
	return app.Section().ID("best").Class("card", "best").Aria("labelledby", "best-title").Body(
		app.H2().ID("best-title").Text(name),
		app.P().Class("figure").Body(
			app.Span().ID("best-accuracy").DataSet("value", at.Accuracy).Text(accuracy(at.Accuracy, at.Deviation, at.N)),
		),
		app.P().Class("under").Text("of the validation images, n = "+number.Int(at.N)+"; "+s.values(s.Best.Point)),
		b.test(),
		app.P().Class("actions").Body(
			app.If(b.found != nil && b.asked == id, func() app.UI {
				return app.A().ID("best-train").Class("button", "primary").Href(shell.Link(shell.Train) + "?" + b.found.Recipe.Query()).
					OnClick(b.shell.OnFollow).Text("Train with these settings")
			}),
			app.If(id != "", func() app.UI {
				ref := client.Ref{Place: protocol.OnServer, ID: id}
				return app.A().ID("best-look").Class("button").Href(shell.Link(shell.Look) + "?run=" + url.QueryEscape(ref.String())).Text("Look inside its net")
			}),
			app.If(id != "", func() app.UI { return app.A().Class("button").Href(runsOf(at.Runs, true)).Text("Its curves") }),
		),
	)
}

// test is the accuracy on test images, once the sweep is over.
func (b *best) test() app.UI {
	best := b.scene.Best
	return app.If(best.Test != nil, func() app.UI {
		return app.P().ID("best-test").Text("On " + number.Int(best.TestN) + " test images: " + number.Hundredths(*best.Test) + number.Thin +
			"%. Nothing was chosen by these; they are shown once, at the end.")
	})
}

// ask asks the server for the recipe of a run, once.
func (b *best) ask(id string) {
	if id == "" || b.asked == id {
		return
	}
	b.asked, b.found = id, nil
	b.shell.Sweeps.Run(id, func(summary run.Summary, err error) {
		if err == nil && b.asked == id {
			b.found = &summary
		}
	})
}
