package results

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/results/finished"
	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/run"
)

// runs are the events of finished runs, got when they are first needed.
type runs struct {
	shell *shell.Shell
	files map[string]*loading
}

// loading is a run's events being loaded: run, or failed, or neither yet.
type loading struct {
	run    *run.View
	failed error
}

// load gets those runs of nets that are not there yet.
func (r *runs) load(rows ...finished.Row) {
	for _, row := range rows {
		for _, one := range row.Runs {
			if l := r.files[one.File]; l == nil || l.failed != nil {
				r.fetch(one.File)
			}
		}
	}
}

func (r *runs) fetch(file string) {
	l := &loading{}
	r.files[file] = l
	r.shell.Fetch(web.File(folder+file), func(text string, err error) {
		if err == nil {
			l.run, err = finished.ReadRun(text)
		}
		l.failed = err
	})
}

// loaded are a net's runs when all are there; the error says why they cannot be.
func (r *runs) loaded(row finished.Row) (all []*run.View, err error) {
	for _, one := range row.Runs {
		l := r.files[one.File]
		if l == nil {
			return nil, nil
		}
		if l.failed != nil {
			return nil, l.failed
		}
		if l.run == nil {
			return nil, nil
		}
		all = append(all, l.run)
	}
	return all, nil
}

// notLoaded says that files did not arrive, why, and what to do.
func notLoaded(offline bool, what string, err error, retry app.EventHandler) app.UI {
	hint := "Check the connection, then try again."
	if offline {
		hint = "You are offline, and they were not loaded before. Try again when you are online."
	}
	return app.Div().Class("failure").Role("alert").Body(
		app.H2().Text(what),
		app.P().Text(hint),
		app.Elem("details").Body(app.Elem("summary").Text("Details"), app.Elem("pre").Text(err.Error())),
		app.P().Body(app.Button().Type("button").Class("retry").OnClick(retry, app.EventScope(what)).Text("Try again")),
	)
}
