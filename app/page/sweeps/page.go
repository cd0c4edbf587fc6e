// Package sweeps is the Sweeps page: the sweeps that the site's server keeps, a form to begin one, and each with its outcome, live: which settings
// lead, which of them matter, who was stopped, when and why. It shows what the server says (app/client), and knows no other page.
package sweeps

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
)

// Entry is the page as the site knows it.
var Entry = shell.Page{Path: shell.Sweeps, Name: "Sweeps", New: func(s *shell.Shell) app.Composer { return New(s) }}

// address is that of a sweep.
func address(id string) string { return shell.Link(shell.Sweeps) + "?sweep=" + url.QueryEscape(id) }

// Page is the Sweeps page.
type Page struct {
	app.Compo
	*shell.Shell

	list    *list
	compose *compose
	one     *one
}

// New makes the page of a tab.
func New(s *shell.Shell) *Page {
	p := &Page{Shell: s}
	p.list = &list{shell: s}
	p.compose = newCompose(s)
	p.one = newOne(s)
	s.Sweeps.Shown = p.Mounted
	return p
}

// OnNav names the page, on the server too, and has the sweeps read.
func (p *Page) OnNav(ctx app.Context) {
	p.Tab.SetTitle(ctx, "Sweeps – Unpool")
	if app.IsServer {
		return
	}
	p.compose.watch(p.Mounted)
	p.Sweeps.Follow(ctx.Page().URL().Query().Get("sweep"))
}

// state is what the page shows.
func (p *Page) state() string {
	s := p.Sweeps
	switch {
	case s.None():
		return "none"
	case s.Failed != nil && s.Open == nil:
		return "failed"
	case !s.Listed:
		return "loading"
	case s.ID() == "" && len(s.All) == 0:
		return "empty"
	case s.ID() == "":
		return "list"
	case s.Gone:
		return "gone"
	case s.Open == nil:
		return "loading"
	}
	return "sweep"
}

// Render shows the whole page.
func (p *Page) Render() app.UI {
	state := p.state()
	return p.Frame(shell.Sweeps,
		app.Elem("main").ID("sweeps").Class("wide").TabIndex(-1).Aria("labelledby", "sweeps-title").DataSet("state", state).Body(
			p.Notices("You are offline. The last known state of the sweep is shown.", p.away()),
			app.If(state == "sweep", p.one.render).
				Else(func() app.UI { return p.overview(state) }),
		),
	)
}

// overview is the page without a sweep that is open.
func (p *Page) overview(state string) app.UI {
	parts := []app.UI{
		app.Elem("h1").ID("sweeps-title").Text("Sweeps"),
		app.P().Class("lead").Text("A sweep trains a net with many settings and ranks them by their accuracy on validation images, which are set aside from training."),
	}
	switch state {
	case "loading":
		parts = append(parts, under("Loading the server’s sweeps.").Role("status"))
	case "none":
		parts = append(parts, app.Raw(none))
	case "gone":
		parts = append(parts, under("There is no sweep at this address; it may have been deleted."), link("", shell.Link(shell.Sweeps), "All sweeps"))
	case "failed":
		parts = append(parts, p.failure())
	case "empty":
		parts = append(parts, under("There are no sweeps yet."), p.compose.render())
	default:
		parts = append(parts, p.list.render(), p.compose.render())
	}
	return div("sweeps", parts...)
}

// none says how to get a server that keeps sweeps.
const none = `<div class="prose"><p>Sweeps need a server, and this site has none that stores runs. To get one, run Unpool on your own machine:</p>` +
	`<pre>go run ./cmd/serve</pre><p>Then open the address that it prints, and go to this page there.</p></div>`

// failure says why the server's sweeps are unknown.
func (p *Page) failure() app.UI {
	return div("failure",
		app.H2().Text("The sweeps cannot be shown"),
		app.P().Text("The server, "+p.Runs.Server.Name()+", gave no usable answer; it may be older than this page: "+p.Sweeps.Failed.Error()+"."),
		button("retry", "Try again", func() {
			p.Sweeps.Follow(p.Sweeps.ID())
			shell.Focus("sweeps")
		}).Class("retry"),
	).Role("alert")
}

// away says that what is shown is not current.
func (p *Page) away() app.UI {
	server := p.Runs.Server
	return app.If(server.Away, func() app.UI {
		return shell.Notice("The server, " + server.Name() + ", cannot be reached. The last known state of its sweeps is shown.")
	})
}
