// Package results is the Results page: the baselines beside our results, and what each row's runs did. What finished runs come to
// is decided in its package finished.
package results

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/results/finished"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/curves"
	"unpool/app/web"
	"unpool/core/run"
)

// Entry is the page as the site knows it.
var Entry = shell.Page{Path: path, Name: "Results", Was: []string{"report/"}, New: func(s *shell.Shell) app.Composer { return New(s) }}

const path = "results/"

// Our results, as serve reproduce writes them: a table, and beside it each run's events.
const (
	resultsFolder = "results/" // among the static files
	resultsTable  = resultsFolder + "results.json"
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

	rows     map[string]*openRow // of the nets that have been opened, by name
	runs     map[string]*loading // of events, by file
	compared int                 // which comparison is chosen
	curves   bool                // the comparison's curves are open
	specs    map[int]chart.Spec  // of the comparisons that have been shown
}

// loading is a run's events on their way: run, or failed, or neither yet.
type loading struct {
	run    *finished.Run
	failed error
}

// openRow is what a row shows, kept when it is closed.
type openRow struct {
	open  bool
	seed  int  // which of the runs is on show; meanOfSeeds for the mean of several
	fold  fold // the part below the charts that is open
	shown *shownRun
}

// shownRun is what is worked out of a row's runs: once, since the page is redrawn with every movement on a chart.
type shownRun struct {
	seed           int
	view           *run.View     // the curves
	one            *finished.Run // whose weights, statistics and recipe are shown; the first stands for the mean
	accuracy, loss chart.Spec
	sentence       string
}

// New makes the page of a tab.
func New(s *shell.Shell) *Page {
	return &Page{Shell: s, rows: map[string]*openRow{}, runs: map[string]*loading{}, specs: map[int]chart.Spec{}}
}

// OnNav names the page, on the server too, and asks for the table when it is first shown.
func (p *Page) OnNav(ctx app.Context) {
	ctx.Page().SetTitle("Results – Unpool")
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
	p.Fetch(web.File(resultsTable), func(text string, err error) {
		var status web.Status
		if errors.As(err, &status) && status.Code == notFound {
			p.missing = true
			return
		}
		if err == nil {
			var t finished.Table
			if t, err = finished.Read(text); err == nil {
				p.table = &t
			}
		}
		p.failed = err
	})
}

// loadRuns gets those of a net's runs that are not there yet.
func (p *Page) loadRuns(r finished.Row) {
	for _, one := range r.Runs {
		file := one.File
		if l := p.runs[file]; l != nil && l.failed == nil {
			continue
		}
		l := &loading{}
		p.runs[file] = l
		p.Fetch(web.File(resultsFolder+file), func(text string, err error) {
			if err == nil {
				l.run, err = finished.ReadRun(text)
			}
			l.failed = err
		})
	}
}

// loaded are a net's runs when all are there; the error says why they cannot be.
func (p *Page) loaded(r finished.Row) (runs []*finished.Run, err error) {
	for _, one := range r.Runs {
		l := p.runs[one.File]
		if l == nil {
			return nil, nil
		}
		if l.failed != nil {
			return nil, l.failed
		}
		if l.run == nil {
			return nil, nil
		}
		runs = append(runs, l.run)
	}
	return runs, nil
}

// row is what a row shows. At first that is the mean of its runs, if there are several.
func (p *Page) row(r finished.Row) *openRow {
	o := p.rows[r.Entry.Name]
	if o == nil {
		o = &openRow{fold: foldSettings}
		if len(r.Runs) > 1 {
			o.seed = meanOfSeeds
		}
		p.rows[r.Entry.Name] = o
	}
	return o
}

// meanOfSeeds is in place of a run's index.
const meanOfSeeds = -1

// show works out what is on show of a row.
func (o *openRow) show(r finished.Row, runs []*finished.Run) *shownRun {
	if o.shown != nil && o.shown.seed == o.seed {
		return o.shown
	}
	s := &shownRun{seed: o.seed, one: runs[max(o.seed, 0)]}
	if s.view = &s.one.View; o.seed == meanOfSeeds {
		mean := finished.Mean(runs)
		s.view = &mean
	}
	s.accuracy = curves.Accuracy(r.Entry, s.view, lastOf(s.view))
	s.loss = curves.Loss(s.view, lastOf(s.view))
	s.loss.Log = true // the first evaluations would press the rest into a line at the bottom
	s.sentence = finished.Sentence(r, s.view.Metrics)
	o.shown = s
	return s
}

// lastOf is where the X axis of a finished run ends.
func lastOf(view *run.View) float64 { return float64(view.Start.Recipe.Steps) }

func (p *Page) onRetry(app.Context, app.Event) {
	p.load()
	shell.Focus("results") // the button goes with the failure
}
