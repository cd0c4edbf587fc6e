package chart

// Group is what linked charts share: the X axis and the part of it on view, the place of the crosshair, and which series are
// hidden or highlighted. The zero value shows all of all over steps. A chart without one is a group of its own.
type Group struct {
	axis Axis
	logX bool
	zoom Range

	at      float64 // the place of the crosshair; only while showing
	showing bool

	// Stops are the only steps at which the crosshair stops, in order, where something is chosen by it: Stopped is notified of each. It
	// stays when the pointer leaves. nil where it moves along the curves.
	Stops   []float64
	Stopped func(at float64)

	hidden   map[string]bool // names of series
	standing string          // the name of the highlighted series; "" for none

	members map[any]func() // redraw the charts
}

// join has a member redrawn when another changes what they share.
func (g *Group) join(member any, redraw func()) {
	if g.members == nil {
		g.members = map[any]func(){}
	}
	g.members[member] = redraw
}

func (g *Group) leave(member any) { delete(g.members, member) }

// changed redraws the members other than the one that made the change, which is redrawn as it is.
func (g *Group) changed(by any) {
	for member, redraw := range g.members {
		if member != by {
			redraw()
		}
	}
}

// ShowAll shows the whole X axis: what was on view of it belonged to other curves.
func (g *Group) ShowAll() {
	g.showing = false
	g.show(Range{}, nil)
}

// show shows a part of the X axis.
func (g *Group) show(part Range, by any) {
	g.zoom = part
	g.changed(by)
}

// Stop puts the crosshair at one of the Stops.
func (g *Group) Stop(at float64) {
	g.at, g.showing = at, true
	g.changed(nil)
}

// stations are where the crosshair can be.
func (g *Group) stations(cs curves) curves {
	if g.Stops == nil {
		return cs
	}
	stops := curve{raw: make([]xy, len(g.Stops))}
	for i, at := range g.Stops {
		stops.raw[i].x = at
	}
	return curves{stops}
}

// point puts the crosshair somewhere.
func (g *Group) point(at float64, by any) {
	g.at, g.showing = at, true
	if g.Stopped != nil {
		g.Stopped(at)
	}
	g.changed(by)
}

// rest removes the crosshair.
func (g *Group) rest(by any) {
	if g.Stops == nil {
		g.showing = false
		g.changed(by)
	}
}

// along sets what the X axis shows. What was on view of it means nothing there.
func (g *Group) along(axis Axis, by any) {
	g.axis, g.showing = axis, false
	g.show(Range{}, by)
}

// logarithmic makes the X axis logarithmic, or not.
func (g *Group) logarithmic(on bool, by any) {
	g.logX = on
	g.show(Range{}, by)
}

// stand highlights a series, or with "" none.
func (g *Group) stand(name string, by any) {
	g.standing = name
	g.changed(by)
}

// toggle hides a series, or shows it again.
func (g *Group) toggle(name string, by any) {
	if g.hidden == nil {
		g.hidden = map[string]bool{}
	}
	g.hidden[name] = !g.hidden[name]
	g.changed(by)
}

// view is a Spec as the group looks at it.
func (g *Group) view(s Spec) Spec {
	s.Axis, s.LogX, s.Zoom = g.axis, g.logX, g.zoom
	series := make([]Series, len(s.Series))
	for i, one := range s.Series {
		one.Hidden = one.Hidden || g.hidden[one.Name]
		series[i] = one
	}
	s.Series = series
	return s
}
