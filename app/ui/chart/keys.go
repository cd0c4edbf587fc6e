package chart

import "github.com/maxence-charriere/go-app/v10/pkg/app"

func onKey(c *Chart, e app.Event) {
	for _, held := range []string{"ctrlKey", "metaKey", "altKey"} {
		if e.Get(held).Bool() {
			return // the browser's own
		}
	}
	press(c.drawn().plot, c.group(), e.Get("key").String(), e.Get("shiftKey").Bool(), c)
}

// press does what a key asks for on a plot: arrows move the crosshair, and with shift what is on view; plus and minus zoom.
func press(p Plot, g *Group, key string, shift bool, by any) {
	stations := g.stations(p.curves)
	ends, _ := stations.on(p.X.Scale)
	at, middle := ends.To, (p.X.From+p.X.To)/2
	if g.showing {
		at = g.at
		if at >= p.X.Min && at <= p.X.Max {
			middle = p.X.Pixel(at)
		}
	}
	move := func(n int) {
		if shift { // by a fifth of what is on view
			g.show(p.X.pan(float64(-n)*(p.X.To-p.X.From)/5), by)
		} else {
			g.point(stations.step(p.X.Scale, at, n), by)
		}
	}
	switch key {
	case "+", "=":
		g.show(p.X.zoom(middle, 1.5), by)
	case "-", "_":
		g.show(p.X.zoom(middle, 1/1.5), by)
	case "0":
		g.show(Range{}, by)
	case "ArrowLeft", "ArrowDown":
		move(-1)
	case "ArrowRight", "ArrowUp":
		move(1)
	case "PageDown":
		g.point(stations.step(p.X.Scale, at, -10), by)
	case "PageUp":
		g.point(stations.step(p.X.Scale, at, 10), by)
	case "Home":
		g.point(ends.From, by)
	case "End":
		g.point(ends.To, by)
	case "Escape":
		g.rest(by)
	}
}
