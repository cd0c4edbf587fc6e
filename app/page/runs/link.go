package runs

import "net/url"

// follow takes up what a link to the page asks for: a filter, and the curves of the runs that match.
func (p *Page) follow(query url.Values) {
	if filter := query.Get("filter"); filter != "" {
		p.list.query, p.list.page = filter, 0
		p.list.stale()
	}
	p.curves = query.Get("curves") != ""
}

// showCurves shows the curves that a link has asked for, once the runs are there: one run is opened, several are compared.
func (p *Page) showCurves() {
	if !p.curves || len(p.list.matches) == 0 {
		return
	}
	p.curves = false
	if len(p.list.matches) == 1 {
		p.grid.detail(p.list.matches[0].Ref()).open = true
		return
	}
	p.ticks.none()
	p.ticks.set(p.list.matches, true)
	p.compare.open, p.compare.mean = true, true
}
