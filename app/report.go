package app

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/results"
	"unpool/app/run"
)

// The report's results, as cmd/serve report writes them: a table, and beside it each run's events.
const (
	resultsFolder = "/web/report/"
	resultsTable  = resultsFolder + "report.json"
)

// notFound is the HTTP status of a file that is not there.
const notFound = 404

// reportPage is the Report page: the report's table, theirs beside ours, and what each row's runs did.
type reportPage struct {
	app.Compo
	*document

	begun   bool // the table has been asked for
	table   *results.Table
	missing bool  // this build has no results
	failed  error // why there is no table; nil while it loads

	rows     map[string]*openRow // of the nets that have been opened, by name
	runs     map[string]*loading // of events, by file
	compared int                 // which comparison is chosen
	curves   bool                // the comparison's curves are open
}

// loading is a run's events on their way: run, or failed, or neither yet.
type loading struct {
	run    *results.Run
	failed error
}

// openRow is what a row shows, kept when it is closed.
type openRow struct {
	open bool
	seed int  // which of the runs is on show; -1 for the mean of several
	fold fold // the part below the charts that is open
}

func newReportPage(d *document) *reportPage {
	return &reportPage{document: d, rows: map[string]*openRow{}, runs: map[string]*loading{}}
}

// OnNav names the page, on the server too, and asks for the table when it is first shown.
func (p *reportPage) OnNav(ctx app.Context) {
	ctx.Page().SetTitle("The report, made again – Unpool")
	if app.IsServer {
		return
	}
	if address := ctx.Page().URL(); address.Path != reportPath {
		address.Path = reportPath // a host of static files has sent on to a folder
		ctx.Page().ReplaceURL(address)
	}
	if !p.begun {
		p.load()
	}
}

// load gets the table.
func (p *reportPage) load() {
	p.begun, p.failed, p.missing = true, nil, false
	p.fetch(resultsTable, func(text string, err error) {
		var status errStatus
		if errors.As(err, &status) && status.code == notFound {
			p.missing = true
			return
		}
		if err == nil {
			var t results.Table
			if t, err = results.Read(text); err == nil {
				p.table = &t
			}
		}
		p.failed = err
	})
}

// loadRuns gets those of a net's runs that are not there yet.
func (p *reportPage) loadRuns(r results.Row) {
	for _, one := range r.Runs {
		file := one.File
		if l := p.runs[file]; l != nil && l.failed == nil {
			continue
		}
		l := &loading{}
		p.runs[file] = l
		p.fetch(resultsFolder+file, func(text string, err error) {
			if err == nil {
				l.run, err = results.ReadRun(text)
			}
			l.failed = err
		})
	}
}

// loaded are a net's runs when all are there; the error says why they cannot be.
func (p *reportPage) loaded(r results.Row) (runs []*results.Run, err error) {
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
func (p *reportPage) row(r results.Row) *openRow {
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

// chosen are the curves on show of a row, and the run whose weights, statistics and recipe are: the first stands for
// the mean.
func (o *openRow) chosen(runs []*results.Run) (*run.View, *results.Run) {
	if o.seed == meanOfSeeds {
		mean := results.Mean(runs)
		return &mean, runs[0]
	}
	one := runs[o.seed]
	return &one.View, one
}

func (p *reportPage) onRetry(app.Context, app.Event) { p.load() }
