// Package runs is the Runs page: every run that this browser or the site's server keeps, in a table to sort and filter, each to be opened, several to be
// compared; and what can be done with kept runs: name, delete, export, import. It shows what is in the store (app/client) and knows
// no other page, and nothing of how a run is trained.
package runs

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/button"
	"unpool/app/ui/words"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
)

// Entry is the page as the site knows it.
var Entry = shell.Page{Path: path, Name: "Runs", New: func(s *shell.Shell) app.Composer { return New(s) }}

const path = shell.Runs

// Page is the Runs page. Its parts each have one job; it passes them what they need of each other.
type Page struct {
	app.Compo
	*shell.Shell

	list    *list
	shelf   *shelf
	ticks   *ticks
	trash   *trash
	files   *files
	compare *comparison
	grid    *grid

	watching bool // the page is told what is dropped on it
	curves   bool // those of the runs that match are to be shown once they are listed
}

// New makes the page of a tab.
func New(s *shell.Shell) *Page {
	p := &Page{Shell: s}
	p.trash = &trash{shell: s, note: p.note, gone: map[client.Ref]bool{}}
	p.list = newList(p.trash.has)
	p.shelf = &shelf{shell: s, runs: map[client.Ref]*loading{}}
	p.ticks = &ticks{}
	p.files = &files{shell: s, back: func(of client.Ref) bool {
		defer p.list.stale()
		return p.trash.back(of)
	}}
	p.compare = &comparison{shelf: p.shelf}
	move := client.NewMove(s.Runs, s.Trainer)
	p.grid = &grid{list: p.list, ticks: p.ticks, details: map[client.Ref]*detail{}, open: func(of client.Ref) *detail {
		return &detail{of: of, shell: s, shelf: p.shelf, files: p.files, move: move, remove: p.remove}
	}}
	s.Runs.Shown = p.Mounted
	return p
}

// OnNav names the page, on the server too, and has the runs listed when it is shown.
func (p *Page) OnNav(ctx app.Context) {
	p.Tab.SetTitle(ctx, "Runs – Unpool")
	if app.IsServer {
		return
	}
	p.trash.finish(ctx)
	p.follow(ctx.Page().URL().Query())
	p.Runs.Follow()
	p.Storage.Look()
	if !p.watching {
		p.watching = true
		web.Drops(p.Mounted, p.files.drag, p.files.onDrop)
	}
}

// OnDismount deletes for good what is waiting to be: there is no way back without the page.
func (p *Page) OnDismount() { p.trash.empty() }

// remove hides runs and deletes them unless that is undone.
func (p *Page) remove(rows []*row) {
	p.trash.put(rows)
	p.ticks.none()
	p.list.stale()
	p.KeepFocus("runs") // the button may disappear with its run
}

// Render shows the whole page.
func (p *Page) Render() app.UI {
	p.list.update(p.Runs)
	p.showCurves()
	_, listed := p.Runs.Here()
	state := "loading"
	switch {
	case p.Runs.Failed != nil && len(p.Runs.All) == 0:
		state = "failed"
	case !listed && p.Runs.Failed == nil:
	case len(p.list.all) == 0:
		state = "empty"
	default:
		state = "ready"
	}
	return p.Frame(path,
		app.Elem("main").ID("runs").TabIndex(-1).Aria("labelledby", "runs-title").DataSet("state", state).Body(
			p.Notices("You are offline. You can still view the runs stored in this browser.", p.away()),
			app.Div().Class("title-row").Body(
				app.Elem("h1").ID("runs-title").Text("Runs"),
				app.Div().Class("actions").Body(p.files.importButton(listed), p.list.csvButton()),
			),
			p.said(),
			app.If(state == "ready", p.ready).
				ElseIf(state == "loading", func() app.UI { return app.P().Role("status").Text("Looking for runs in this browser.") }).
				ElseIf(state == "empty", empty).
				Else(p.failure),
			p.files.dropHere(),
		),
	)
}

// said is the outcome of what the user did last.
func (p *Page) said() app.UI {
	return app.Div().ID("said").Class("notices").Role("status").Body(p.trash.render(p.list.stale), p.files.render(p.grid.onward))
}

func empty() app.UI {
	return app.Div().Class("prose").Body(
		app.P().Text("No runs are stored here yet. Train a net, and its run will appear here, even after a reload; or import a run’s file."),
		app.P().Body(app.A().ID("to-train").Class("button", "primary").Href(shell.Link(shell.Train)).Text("Train a net")),
	)
}

// failure says why there are no runs, and what that means.
func (p *Page) failure() app.UI {
	return app.Div().Class("failure").Role("alert").Body(
		app.H2().Text("Runs cannot be stored here"),
		app.P().Text("You can still train; save a checkpoint on the Train page before you leave. The usual cause is a private window or a setting that forbids storage."),
		app.Elem("details").Body(app.Elem("summary").Text("Details"), app.Elem("pre").Text(p.Runs.Failed.Error())),
		app.P().Body(app.Button().ID("retry").Type("button").Class("retry").OnClick(func(app.Context, app.Event) {
			p.Runs.Follow()
			shell.Focus("runs")
		}).Text("Try again")),
	)
}

// ready is the page with runs.
func (p *Page) ready() app.UI {
	ticked := p.ticks.of(p.list)
	return app.Div().Class("runs").Body(
		p.list.toolbar(),
		p.actions(ticked),
		p.compare.render(ticked),
		p.grid.render(),
		p.list.pager(),
		p.storage(),
	)
}

// actions are for the runs that are ticked.
func (p *Page) actions(ticked []*row) app.UI {
	press := func(id, label string, on bool, do func()) app.HTMLButton {
		return button.New(id, !on, func(app.Context, app.Event) { do() }).Text(label)
	}
	some := len(ticked) > 0
	says := "Tick runs to compare, export or delete them."
	if some {
		says = number.Int(len(ticked)) + " of " + number.Int(len(p.list.all)) + " ticked"
	}
	return app.Div().Class("ticked").Body(
		press("compare", "Compare", len(ticked) > 1 || p.compare.open, p.compare.toggle).
			Aria("expanded", p.compare.open).Aria("controls", "comparison"),
		press("export", "Export", some, func() { p.files.export(p.ticks.of(p.list)) }),
		press("delete", "Delete", some, func() { p.remove(p.ticks.of(p.list)) }),
		press("untick", "Untick all", some, p.ticks.none),
		app.Span().ID("ticked").Class("under").Role("status").Text(says),
	)
}

// mine are the runs in this browser.
func (p *Page) mine() (mine []*row) {
	for _, r := range p.list.all {
		if r.Place == protocol.InBrowser {
			mine = append(mine, r)
		}
	}
	return mine
}

// away says that the list of the server's runs is not current.
func (p *Page) away() app.UI {
	server := p.Runs.Server
	return app.If(server.Away, func() app.UI {
		return shell.Notice("The server, " + server.Name() + ", cannot be reached. Its runs are listed as of " + words.Moment(server.AsOf, time.Now()) + ".")
	})
}

// storage says how much room the runs take, and whether the browser may take it back.
func (p *Page) storage() app.UI {
	total := int64(0)
	mine := p.mine()
	for _, r := range mine {
		total += r.Bytes
	}
	says := "The runs in this browser take " + number.Bytes(total)
	if p.Storage.Granted > 0 {
		says += " of the " + number.Bytes(p.Storage.Granted) + " that the browser allows this site"
	}
	lasting := "The browser may remove them when storage runs short or after a week without a visit: export what you want to keep."
	if p.Storage.Lasting {
		lasting = "The browser keeps them until you delete them."
	}
	return app.Div().Class("storage").Body(
		app.P().ID("storage").Class("under").Text(says+". "+lasting),
		app.Button().ID("empty").Type("button").OnClick(func(app.Context, app.Event) { p.remove(p.mine()) }).Disabled(len(mine) == 0).Text("Delete all here"),
	)
}
