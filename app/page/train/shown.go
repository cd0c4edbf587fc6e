package train

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/chart"
	"unpool/app/ui/curves"
	"unpool/app/ui/table"
	"unpool/app/ui/words"
	"unpool/core/run"
	"unpool/models"
)

// shown is what the page is about: the run, or before the first the net of the menu.
type shown struct {
	setup  *setup
	images *images
	run    *run.View

	entry  models.Entry // what the run is one of
	curves curves.Kept
	opened bool // a checkpoint was chosen to resume from, and its run has not begun
}

// net is the one that the page is about.
func (s *shown) net() models.Entry {
	e := s.entry
	if s.run.Phase == run.Empty {
		e = s.setup.entry
	}
	if s.own() {
		e.Baseline = nil
	}
	return e
}

// own reports whether the page is about pictures of the user's own, for which there is no baseline.
func (s *shown) own() bool {
	if r, ok := s.run.Recipe(); ok {
		_, own := r.Dataset.Folder()
		return own
	}
	return s.images.own()
}

func (s *shown) accuracy() chart.Spec { return s.curves.Accuracy(s.net(), s.run, s.last()) }
func (s *shown) loss() chart.Spec     { return s.curves.Loss(s.net(), s.run, s.last()) }

// last is the step where the charts' X axis can end at most.
func (s *shown) last() float64 {
	r, ok := s.run.Recipe()
	if !ok {
		r, _ = s.setup.recipe()
	}
	return float64(r.Steps)
}

// note is what to know about the net's baseline.
func (s *shown) note() app.UI {
	note := ""
	if b := s.net().Baseline; b != nil {
		note = b.Note
	}
	return app.P().ID("baseline-note").Class("under").Hidden(note == "").Text("On the course report’s numbers: " + note + ".")
}

// evaluations is the table of a run's evaluations.
func evaluations(v *run.View) app.UI {
	if len(v.Metrics) == 0 {
		return app.P().Class("under").Text("Each evaluation adds a row here; the first comes after the first steps of a run.")
	}
	head, rows, note := words.Table(v)
	return app.Div().Body(
		app.If(note != "", func() app.UI { return app.P().Class("under").Text(note) }),
		table.Table("Evaluations", head, rows),
	)
}

// failure says what happened, why, and what to do.
func failure(v *run.View) app.UI {
	f := words.FailureOf(v)
	return app.Div().ID("error").Role("alert").Hidden(f == nil).Body(
		app.If(f != nil, func() app.UI {
			return app.Div().Class("failure").Body(
				app.H2().Text("The run failed"),
				app.P().Text(f.What),
				app.P().Text(f.Hint),
				app.If(f.Details != "", func() app.UI {
					return app.Details().Body(app.Summary().Text("Details"), app.Pre().Text(f.Details))
				}),
			)
		}),
	)
}
