package chart

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/check"
)

// Axes chooses what runs along the X axis of a group's charts.
type Axes struct {
	app.Compo

	ID    string
	Group *Group
}

// Render shows the choice.
func (a *Axes) Render() app.UI {
	g := a.Group
	var choices []app.UI
	for _, axis := range []struct {
		is   Axis
		name string
	}{{Steps, "training steps"}, {Elapsed, "time since the start"}, {Clock, "time of day"}} {
		id := a.ID + "-" + string(axis.is)
		choices = append(choices, check.Choice(id, a.ID, axis.name, g.axis == axis.is || g.axis == "" && axis.is == Steps, func() { a.Group.along(axis.is, a) }))
	}
	return app.Div().ID(a.ID).Class("choices").Role("group").Aria("labelledby", a.ID+"-label").Body(
		app.Span().ID(a.ID+"-label").Class("under").Text("Over"),
		app.Div().Class("choices").Role("radiogroup").Aria("labelledby", a.ID+"-label").Body(choices...),
		check.New(a.ID+"-log", "logarithmic", g.logX, g.axis == Clock, func(on bool) { a.Group.logarithmic(on, a) }, g),
	)
}
