package look

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/protocol"
)

// oneMap shows the activation that the user has chosen.
type oneMap struct {
	*unit
	dark bool
}

// changed forgets what was worked out for another image or net.
func (u oneMap) changed(what change) {
	if u.forget(); what >= otherStep {
		u.strongest.close()
	}
}

// take takes up what a link says: layer, map and place, and the images searched.
func (u oneMap) take(link url.Values) {
	if m, err := strconv.Atoi(link.Get("map")); err == nil && m >= 1 && link.Has("layer") {
		u.layer, u.of, u.at = link.Get("layer"), m-1, nil
	}
	u.among = searchOf(link.Get("search"))
	rows, columns, _ := strings.Cut(link.Get("at"), ".")
	row, _ := strconv.Atoi(rows)
	column, _ := strconv.Atoi(columns)
	if row >= 1 && column >= 1 {
		u.at = &[2]int{row - 1, column - 1}
	}
}

// put writes it into a link.
func (u oneMap) put(link url.Values) {
	if u.among.link != "" {
		link.Set("search", u.among.link)
	}
	if u.layer != "" {
		link.Set("layer", u.layer)
		link.Set("map", strconv.Itoa(u.of+1))
		if u.at != nil {
			link.Set("at", fmt.Sprintf("%d.%d", u.at[0]+1, u.at[1]+1))
		}
	}
}

func (u oneMap) ask() {
	u.project()
	u.scene.scales.ask() // after what is wanted first
}

// complete chooses the map that is strongest for the image, if none is chosen, of the last layer with maps.
func (u oneMap) complete() {
	if l := u.picture(); l == nil || u.of >= maps(l) {
		u.close()
		layers := u.scene.maps().Layers
		for i := range layers {
			if l := &layers[i]; l.Count > 1 {
				size := l.Height * l.Width
				at := slices.Index(l.Pixels, slices.Max(l.Pixels))
				u.layer, u.of, u.at = l.Layer, at/size, nil
			}
		}
		u.chosen()
	}
	u.project()
	if u.strongest.answer == nil && u.strongest.cancel == nil {
		u.strongest.ask(protocol.LookStrongest, u.searched())
	}
}

func (u oneMap) busy() bool {
	return u.arithmetic.busy() || u.projections.busy() || u.others.busy() || u.integrated.busy() || u.strongest.busy()
}

func (u oneMap) render() []app.UI {
	c := closeUp(u)
	l := u.picture()
	if l == nil || u.of >= maps(l) {
		return []app.UI{c.menu(nil), app.P().Class("under").Text("Choose a layer and one of its maps to see which pixels contribute to it.")}
	}
	return []app.UI{
		c.menu(l),
		app.Div().Class("unit-top").Body(c.magnified(l), c.seen(), c.made()),
		origins(u).render(),
	}
}
