package look

import (
	"fmt"
	"math"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/scatter"
)

// plot is points in the plane, of which pointer and keys choose one.
type plot struct {
	places   [][2]float64 // of the points, in the picture
	elements string       // that are drawn
	of       any          // what they are drawn of
}

// draw draws points anew where what they are of is something else.
func (p *plot) draw(of any, positions []float32, classes []int, wrong []bool, only int) {
	if p.of != of {
		p.of, p.places = of, scatter.Place(positions)
		p.elements = scatter.Draw(p.places, classes, wrong, only)
	}
}

// render shows them with a ring around the one that is looked at.
func (p *plot) render(id, label, says string, at int, look, choose func(int)) app.UI {
	place := p.places[at]
	pointed := func(e app.Event) int { return p.nearest(pointer(id, e)) }
	return app.Div().ID(id).Class("scatter").Role("slider").TabIndex(0).
		Aria("label", label).Aria("valuemin", 1).Aria("valuemax", len(p.places)).Aria("valuenow", at+1).Aria("valuetext", says).
		Aria("description", "Arrow keys go to the next point in that direction; Enter shows the image’s layers").
		On("pointermove", func(ctx app.Context, e app.Event) {
			if one := pointed(e); one != at {
				look(one)
				return
			}
			ctx.PreventUpdate()
		}, app.EventScope(at, p.of)).
		On("click", func(_ app.Context, e app.Event) { choose(pointed(e)) }, app.EventScope(p.of)).
		On("keydown", func(_ app.Context, e app.Event) {
			switch key := e.Get("key").String(); key {
			case "Enter", " ":
				e.PreventDefault()
				choose(at)
			case "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown":
				e.PreventDefault()
				look(p.towards(at, key))
			}
		}, app.EventScope(at, p.of)).
		Body(
			app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %[1]d" aria-hidden="true">%s</svg>`, scatter.Side, p.elements)),
			app.Span().Class("ring").Style("left", share(place[0])).Style("top", share(place[1])),
		)
}

func share(pixels float64) string { return fmt.Sprintf("%.2f%%", 100*pixels/scatter.Side) }

// pointer is where it is in the picture.
func pointer(id string, e app.Event) (at [2]float64) {
	web.With(web.ID(id), func(picture app.Value) {
		box := picture.Call("getBoundingClientRect")
		at[0] = (e.Get("clientX").Float() - box.Get("left").Float()) / box.Get("width").Float() * scatter.Side
		at[1] = (e.Get("clientY").Float() - box.Get("top").Float()) / box.Get("height").Float() * scatter.Side
	})
	return at
}

// nearest is the point nearest to a place.
func (p *plot) nearest(to [2]float64) (best int) {
	least := math.Inf(1)
	for i, at := range p.places {
		if far := math.Hypot(at[0]-to[0], at[1]-to[1]); far < least {
			best, least = i, far
		}
	}
	return best
}

// towards is the point that an arrow key leads to: the nearest that is further in the key's direction than to its sides, or the same if there is none.
func (p *plot) towards(from int, key string) int {
	axis, sign := 0, 1.0
	if key == "ArrowUp" || key == "ArrowDown" {
		axis = 1
	}
	if key == "ArrowLeft" || key == "ArrowUp" {
		sign = -1
	}
	best, least := from, math.Inf(1)
	for i, at := range p.places {
		along, aside := sign*(at[axis]-p.places[from][axis]), math.Abs(at[1-axis]-p.places[from][1-axis])
		if far := math.Hypot(along, aside); along > aside && far < least {
			best, least = i, far
		}
	}
	return best
}
