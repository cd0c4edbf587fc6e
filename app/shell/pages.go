package shell

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// A Page is one of the site's pages, as the others know it.
type Page struct {
	// Path is where it is, relative to the site's root: "" for the root itself, else with a slash at its end, since a host of
	// static files keeps a page as a folder.
	Path string
	Name string   // in the navigation
	Was  []string // paths that older links lead to
	New  func(*Shell) app.Composer
}

// Train is the path of the page with the run under way. A recipe may follow it as a query.
const Train = ""

// Look is the path of the page that looks into nets. A run's ID may follow it as the query's run.
const Look = "look/"

// Runs is the path of the page of all runs. The query may have a filter, and curves, which shows those of the runs that match.
const Runs = "runs/"

// Sweeps is the path of the page of sweeps.
const Sweeps = "sweeps/"

// Class is the path of the page for whoever teaches a class.
const Class = "class/"

// Link is the address of the page at a path, relative to the site's root.
func Link(path string) string { return "./" + path }

// Go shows the page at an address that Link has returned. go-app takes addresses from the root of the host only.
func Go(ctx app.Context, address string) {
	ctx.Navigate(web.Root() + strings.TrimPrefix(address, "./"))
}

// Register registers each page with go-app at its paths. Both the browser program and the server call it.
func Register(pages []Page) {
	shown := make([]app.Composer, len(pages)) // what a page shows, and the trainer, survive when it is left
	if app.IsClient {
		s := New(pages)
		for i, p := range pages {
			shown[i] = p.New(s)
		}
	}
	for i, p := range pages {
		page := func() app.Composer {
			if app.IsServer {
				return p.New(New(pages)) // each rendering has its own
			}
			return shown[i]
		}
		for _, path := range p.paths() {
			app.Route(web.Root()+path, page)
		}
	}
}

func (p Page) paths() []string { return append([]string{p.Path}, p.Was...) }

// Paths are where pages are, the former paths among them, on a host of their own.
func Paths(pages []Page) (paths []string) {
	for _, p := range pages {
		for _, path := range p.paths() {
			paths = append(paths, "/"+path)
		}
	}
	return paths
}
