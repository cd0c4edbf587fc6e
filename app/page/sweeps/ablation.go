package sweeps

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/sweeps/draft"
	"unpool/app/ui/check"
	"unpool/models/net"
)

// ablation are the layers of the net, each to be left out or changed in width, as in table 3 of Zeiler and Fergus (2013). It is there where one change
// at a time is tried.
func (c *compose) ablation() app.UI {
	layers := c.draft.Ablation()
	shown := c.draft.Strategy == draft.Each && len(layers) > 0
	if !shown {
		return app.Elem("fieldset").Class("fields").Hidden(true)
	}
	rows := []app.UI{under("Tick what to try: the net is trained again with each change alone. Layers that follow a layer with weights, such as its ReLU, are left out with it; " +
		"pools stay. With three seeds or more, standard deviations show which differences may be chance.")}
	for _, a := range layers {
		rows = append(rows, c.changes(a.Name, a.Layer.Words(),
			change{"leave out", a.Without}, change{"half as wide", a.Half}, change{"twice as wide", a.Double}))
	}
	if all := c.draft.Together(); all != nil {
		rows = append(rows, c.changes("all", "that are left out", change{"leave out together", all}))
	}
	return group("Ablation", rows)
}

// change is a net that can be tried.
type change struct {
	name string
	net  net.Net // nil for none
}

// changes are what can be done to a layer.
func (c *compose) changes(name, words string, all ...change) app.UI {
	var boxes []app.UI
	for i, one := range all {
		if one.net == nil {
			continue
		}
		id := "ablate-" + name + []string{"", "-half", "-double"}[i]
		boxes = append(boxes, check.New(id, one.name, c.draft.TriesNet(one.net), false,
			func(on bool) { c.draft.TryNet(one.net, on) }, one.net.String()).Aria("label", name+": "+one.name))
	}
	return app.Div().Class("field").Role("group").Aria("label", name+", "+words).Hidden(len(boxes) == 0).Body(
		div("name", app.Elem("strong").Text(name), app.Span().Class("soft").Text(words)), div("boxes", boxes...))
}
