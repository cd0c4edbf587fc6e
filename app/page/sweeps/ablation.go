package sweeps

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/sweeps/draft"
	"unpool/app/ui/check"
	"unpool/models/net"
)

// ablation lists the layers of the net, each to be left out or changed in width, as in table 3 of Zeiler and Fergus (2013). It is there where one change
// at a time is tried.
func ablation(d *draft.Draft) app.UI {
	a := draft.NewAblation(d)
	if d.Strategy != draft.Each || len(a.Layers) == 0 {
		return app.Elem("fieldset").Class("fields").Hidden(true)
	}
	rows := []app.UI{under("Tick what to try: the net is trained again with each change alone. Layers that follow a layer with weights, such as its ReLU, are left out with it; " +
		"pools stay. With three seeds or more, standard deviations show which differences may be chance.")}
	for _, l := range a.Layers {
		rows = append(rows, changes(a, l.Name, l.Layer.Words(),
			change{"leave out", l.Without}, change{"half as wide", l.Half}, change{"twice as wide", l.Double}))
	}
	if all := a.Together(); all != nil {
		rows = append(rows, changes(a, "all", "that are left out", change{"leave out together", all}))
	}
	return group("Ablation", rows)
}

// change is a net that can be tried.
type change struct {
	name string
	net  net.Net // nil for none
}

// changes are what can be done to a layer.
func changes(a *draft.Ablation, name, words string, all ...change) app.UI {
	var boxes []app.UI
	for i, one := range all {
		if one.net == nil {
			continue
		}
		id := "ablate-" + name + []string{"", "-half", "-double"}[i]
		boxes = append(boxes, check.New(id, one.name, a.Tries(one.net), false,
			func(on bool) { a.Try(one.net, on) }, one.net.String(), a.Net.String()).Aria("label", name+": "+one.name))
	}
	return app.Div().Class("field").Role("group").Aria("label", name+", "+words).Hidden(len(boxes) == 0).Body(
		div("name", app.Elem("strong").Text(name), app.Span().Class("soft").Text(words)), div("boxes", boxes...))
}
