package train

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/chart"
	"unpool/app/ui/curves"
	"unpool/app/ui/table"
	"unpool/app/ui/words"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
)

// shown is what the page is about: the run, or before the first the net of the menu.
type shown struct {
	setup     *setup
	beside    *beside
	images    *images
	run       *run.View
	reference *reference

	entry   models.Entry  // the net of the run
	trained recipe.Recipe // of the run
	curves  curves.Kept
	before  []chart.Spec // of accuracy and loss of the run before on the same images; empty where there was none
	opened  bool         // a checkpoint was chosen to resume from, and its run has not begun
}

// another reports whether a recipe is not that of the run on show: another page has resumed a run.
func (s *shown) another(r recipe.Recipe) bool {
	return slices.ContainsFunc(recipe.Differences(s.trained, r), recipe.Difference.Decides)
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

// charts are those of accuracy and of loss.
func (s *shown) charts() (accuracy, loss chart.Spec) {
	if s.beside.is() {
		return s.beside.charts(s.trained)
	}
	return s.accuracy(), s.loss()
}

func (s *shown) accuracy() chart.Spec {
	spec := s.behind(0, s.curves.Accuracy(s.net(), s.run, s.last()))
	if s.run.Phase == run.Empty {
		return s.reference.behind(spec, curves.Accuracy)
	}
	return spec
}

func (s *shown) loss() chart.Spec {
	spec := s.behind(1, s.curves.Loss(s.net(), s.run, s.last()))
	if s.run.Phase == run.Empty {
		return s.reference.behind(spec, curves.Loss)
	}
	return spec
}

// keep keeps the curves of a run, or with nil of the run on show, if it has any, behind those of one of a recipe that is about to
// begin.
func (s *shown) keep(before *run.View, next recipe.Recipe) {
	if before == nil {
		before = s.run
	}
	was, _ := before.Recipe()
	switch {
	case was.Dataset != next.Dataset:
		s.before = nil
	case len(before.Metrics) > 0:
		e := models.Describe(was)
		s.before = []chart.Spec{curves.Accuracy(e, before, 0), curves.Loss(e, before, 0)}
	}
}

// behind puts the test curve of the run before behind those of the run on show.
func (s *shown) behind(i int, spec chart.Spec) chart.Spec {
	if len(s.before) > 0 {
		series := s.before[i].Series
		test := series[len(series)-1]
		test.Name, test.Faint = "test, previous run", true
		spec.Series = slices.Insert(slices.Clone(spec.Series), 0, test)
	}
	return spec
}

// recipe is that of the run, or before the first that of the next.
func (s *shown) recipe() recipe.Recipe {
	r, ok := s.run.Recipe()
	if !ok {
		r, _ = s.setup.recipe()
	}
	return r
}

// last is the step where the charts' X axis can end at most.
func (s *shown) last() float64 { return float64(s.recipe().Steps) }

// notes are what to know about the net's baseline, and about curves that are not those of a run here.
func (s *shown) notes() app.UI {
	baseline, reference := "", ""
	if b := s.net().Baseline; b != nil && b.Note != "" {
		baseline = "On the course report’s numbers: " + b.Note + "."
	}
	if s.run.Phase == run.Empty {
		reference = s.reference.note()
	}
	return app.Div().Class("notes").Hidden(baseline == "" && reference == "").Body(
		app.P().ID("reference-note").Class("under").Hidden(reference == "").Text(reference),
		app.P().ID("baseline-note").Class("under").Hidden(baseline == "").Text(baseline),
	)
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

// failure says what happened, why, and what to do; nil is none.
func failure(f *words.Failure) app.UI {
	return app.Div().ID("error").Role("alert").Hidden(f == nil).Body(
		app.If(f != nil, func() app.UI {
			return app.Div().Class("failure").Body(
				app.H2().Text("The run failed"),
				app.P().Text(f.What),
				app.P().Text(f.Hint),
				app.If(f.Details != "", func() app.UI {
					return app.Elem("details").Body(app.Elem("summary").Text("Details"), app.Elem("pre").Text(f.Details))
				}),
			)
		}),
	)
}
