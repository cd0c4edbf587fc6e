package sweeps

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/core/api"
)

// list are the server's sweeps, each a card.
type list struct{ shell *shell.Shell }

func (l *list) render() app.UI {
	var cards []app.UI
	for i := range l.shell.Sweeps.All {
		cards = append(cards, card(&l.shell.Sweeps.All[i]))
	}
	return app.Elem("ul").ID("sweep-list").Class("cards").Body(cards...)
}

func card(s *api.SweepSummary) app.UI {
	says := extent(s) + ". " + progress(s)
	if s.Best != nil {
		says += " The best has " + accuracy(s.Best.Accuracy, 0, 1) + " of the validation images correct."
	}
	return app.Elem("li").ID("sweep-"+s.ID).Class("card").Body(
		div("card-head", link("", address(s.ID), title(s)), state(s.State)),
		bar(s),
		under(says),
		under("Begun "+clock(s.Created)),
	)
}

// state is a sweep's state, as a mark and a word.
func state(s api.SweepState) app.UI {
	return app.Span().Class("sweep-state").DataSet("state", string(s)).Text(string(s))
}

// bar shows how much of a sweep is done.
func bar(s *api.SweepSummary) app.UI {
	return app.Progress().Max(1).Value(part(s)).Aria("label", "Progress of the sweep")
}
