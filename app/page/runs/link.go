package runs

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/protocol"
)

// Last is the query of a link to the run that was begun last in this browser, and to the Train page where there is none.
const Last = "last"

// follow takes up what a link to the page asks for: a filter, and the curves of the runs that match.
func (p *Page) follow(query url.Values) {
	if filter := query.Get("filter"); filter != "" {
		p.list.query, p.list.page = filter, 0
		p.list.stale()
	}
	p.curves = query.Get("curves") != ""
	if query.Has(Last) {
		p.Runs.Open(protocol.InBrowser, func() { p.Dispatch(func(ctx app.Context) { openLast(ctx, p) }) })
	}
}

// openLast opens the run that was begun last, if the page is still the one on show.
func openLast(ctx app.Context, p *Page) {
	all, _ := p.Runs.Here()
	switch {
	case !p.Mounted():
	case len(all) == 0:
		shell.Go(ctx, shell.Link(shell.Train))
	default:
		p.grid.detail(client.Ref{ID: all[0].ID}).open = true
	}
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
