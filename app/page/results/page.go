// Package results is the Results page: the baselines beside our results, and what each row's runs did. The outcome of finished runs
// is decided in its package finished.
package results

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/results/finished"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/web"
)

// Entry is the page as the site knows it.
var Entry = shell.Page{Path: path, Name: "Results", Was: []string{"report/"}, New: func(s *shell.Shell) app.Composer { return New(s) }}

const path = "results/"

// Our results, as serve reproduce writes them: a table, and beside it each run's events.
const (
	folder    = "results/" // among the static files
	tableFile = folder + "results.json"
)

// notFound is the HTTP status of a file that is not there.
const notFound = 404

// Page is the Results page: the baselines beside our results, and what each row's runs did.
type Page struct {
	app.Compo
	*shell.Shell

	begun   bool // the table has been asked for
	table   *finished.Table
	missing bool  // this build has no results
	failed  error // why there is no table; nil while it loads

	runs       *runs
	rows       map[string]*row // by the net's name
	comparison *comparison
}

// New makes the page of a tab.
func New(s *shell.Shell) *Page {
	r := &runs{shell: s, files: map[string]*loading{}}
	return &Page{Shell: s, runs: r, rows: map[string]*row{}, comparison: &comparison{runs: r, specs: map[int]chart.Spec{}}}
}

// OnNav names the page, on the server too, and asks for the table when it is first shown.
func (p *Page) OnNav(ctx app.Context) {
	p.Tab.SetTitle(ctx, "Results – Unpool")
	if app.IsServer {
		return
	}
	if address := ctx.Page().URL(); address.Path != web.Root()+path { // an old link
		address.Path = web.Root() + path
		ctx.Page().ReplaceURL(address)
	}
	if !p.begun {
		p.load()
	}
}

// load gets the table.
func (p *Page) load() {
	p.begun, p.failed, p.missing = true, nil, false
	p.Fetch(web.File(tableFile), func(text string, err error) {
		var status web.Status
		if errors.As(err, &status) && status.Code == notFound {
			p.missing = true
			return
		}
		if err == nil {
			var t finished.Table
			if t, err = finished.Read(text); err == nil {
				p.table = &t
				p.comparison.load(t.Comparisons())
			}
		}
		p.failed = err
	})
}

// row is the state of a net's row. At first it shows the mean of its runs, if there are several.
func (p *Page) row(of finished.Row) *row {
	r := p.rows[of.Entry.Name]
	if r == nil {
		r = &row{Row: of, runs: p.runs, fold: foldSettings}
		if len(of.Runs) > 1 {
			r.seed = meanOfSeeds
		}
		p.rows[of.Entry.Name] = r
	}
	return r
}

func (p *Page) onRetry(app.Context, app.Event) {
	p.load()
	shell.Focus("results") // the button goes with the failure
}
