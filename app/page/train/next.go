package train

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/advice"
	"unpool/core/run"
)

// next is what to try after a run.
type next struct {
	shell   *shell.Shell
	trainer *client.Trainer
	set     func(advice.Suggestion) // sets the page to it

	of  *run.End // the end of the run that this is about
	all []advice.Suggestion

	chosen string // what the page has been set to; "" for none
}

// look computes what to try when a run has ended.
func (n *next) look() {
	if end := n.trainer.View.End; n.of != end {
		n.of, n.all, n.chosen = end, advice.After(&n.trainer.View), ""
	}
}

// render shows the suggestions, each with its reason and a button that sets the page to it.
func (n *next) render() app.UI {
	n.look()
	return app.If(len(n.all) > 0, func() app.UI {
		var cards []app.UI
		for i, s := range n.all {
			id := "next-" + strconv.Itoa(i)
			cards = append(cards, app.Elem("li").Class("suggestion").Body(
				app.Elem("h3").ID(id+"-what").Text(s.What),
				app.P().Class("under").Text(s.Why),
				app.Button().ID(id).Type("button").Aria("describedby", id+"-what").
					OnClick(func(app.Context, app.Event) { n.choose(s) }, app.EventScope(s)).Text("Set this"),
			))
		}
		says := ""
		if n.chosen != "" {
			says = "Set: " + n.chosen + ". Press Train to start the run."
		}
		return app.Elem("section").ID("next").Class("next").Aria("labelledby", "next-title").Body(
			app.Div().Class("answers-head").Body(
				app.H2().ID("next-title").Text("What to try next"),
				app.P().ID("next-set").Role("status").Class("under").Text(says),
			),
			app.Elem("ol").Class("suggestions").Body(cards...),
		)
	})
}

// choose sets the page to a suggestion. The button that starts it then has the focus.
func (n *next) choose(s advice.Suggestion) {
	n.chosen = s.What
	n.set(s)
	n.shell.AfterDrawing(func() { shell.Focus("train") })
}
