package sweeps

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// gauge measures the room that pictures have, and the size of letters.
type gauge struct {
	app.Compo

	Measured func(width, text float64)
}

const gaugeID = "sweep-room"

// Render is an empty line of the small letters.
func (g *gauge) Render() app.UI { return app.Div().ID(gaugeID).Class("gauge", "under") }

// OnMount measures.
func (g *gauge) OnMount(ctx app.Context) { ctx.Dispatch(func(app.Context) { g.measure() }) }

// OnResize measures again.
func (g *gauge) OnResize(ctx app.Context) { ctx.Dispatch(func(app.Context) { g.measure() }) }

func (g *gauge) measure() {
	element := app.Window().GetElementByID(gaugeID)
	if !element.Truthy() {
		return
	}
	style := app.Window().Call("getComputedStyle", element)
	if text, err := strconv.ParseFloat(strings.TrimSuffix(style.Get("fontSize").String(), "px"), 64); err == nil {
		g.Measured(element.Get("clientWidth").Float(), text)
	}
}
