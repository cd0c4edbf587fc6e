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
	found *run.Summary // that run, nil until it has arrived
}

func (b *best) render() app.UI {
	s := b.scene
	if s.Best == nil || s.Best.Point < 0 || s.Best.Point >= len(s.All) {
		return div("card", under("No run has been measured yet. The best point will appear here.")).ID("best")
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
	says := "of the validation images correct, " + counted(at.N, "run", "runs") + ": " + s.values(s.Best.Point) + "."
	if s.Best.Test != nil {
		says += " On " + number.Int(s.Best.TestN) + " test images it classifies " + number.Hundredths(*s.Best.Test) + number.Thin +
			"% correctly. Test images play no part in any choice; they are used once, at the end."
	}
	train := shell.Link(shell.Train)
	if b.found != nil {
		train += "?" + b.found.Recipe.Query()
	}
	ref := client.Ref{Place: protocol.OnServer, ID: id}
	return panel("best", "best", name, nil,
		app.P().ID("best-accuracy").Class("figure").DataSet("value", at.Accuracy).Text(accuracy(at.Accuracy, at.Deviation, at.N)),
		app.P().ID("best-says").Text(says),
		div("actions",
			link("best-train", train, "Train with these settings").Class("button", "primary").OnClick(b.shell.OnFollow).Hidden(b.found == nil),
			link("best-look", shell.Link(shell.Look)+"?run="+url.QueryEscape(ref.String()), "Look inside its net").Class("button"),
			link("best-curves", runsOf(at.Runs, true), "Its curves").Class("button"),
		).Hidden(id == ""),
	)
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
