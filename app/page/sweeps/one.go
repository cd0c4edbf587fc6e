package sweeps

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/check"
	"unpool/core/api"
	"unpool/core/number"
)

// one is the sweep that is open: its head, and its views.
type one struct {
	shell    *shell.Shell
	scene    *scene
	controls *controls
	best     *best
	views    *views
	table    *table
	pair     *pair

	since time.Time // when the sweep was first seen running
	begun int64     // training steps that were taken by then
	of    string    // the sweep that this is of
}

func newOne(s *shell.Shell) *one {
	sc := newScene()
	return &one{shell: s, scene: sc, controls: &controls{shell: s}, best: &best{shell: s, scene: sc}, views: newViews(s, sc),
		table: newTable(s, sc), pair: &pair{scene: sc}}
}

func (o *one) render() app.UI {
	sweep := o.shell.Sweeps.Open
	if o.scene.take(sweep) {
		o.table.keepFocus()
		o.watch(&sweep.SweepSummary)
	}
	s := &sweep.SweepSummary
	return div("sweeps",
		div("title-row",
			div("card-head", app.Elem("h1").ID("sweeps-title").Text(title(s)), state(s.State)),
			link("", shell.Link(shell.Sweeps), "All sweeps").Class("button"),
		),
		div("card", bar(s), under(extent(s)+". "+progress(s)+o.left(s)).ID("sweep-says"), o.controls.render(sweep)),
		&gauge{Measured: o.views.measured},
		div("views", o.best.render(), o.views.importance()),
		o.switches(),
		o.views.render(),
		o.pair.render(),
		o.table.render(),
	)
}

// watch notes when the sweep was first seen running, to tell when it will end.
func (o *one) watch(s *api.SweepSummary) {
	if s.State != api.SweepRunning {
		o.of = ""
	} else if o.of != s.ID {
		o.of, o.since, o.begun = s.ID, time.Now(), s.Steps
	}
}

// pace is how long a sweep must have been seen running for its pace to be known.
const pace = 10 * time.Second

// left is about how long a running sweep still takes, "" where that is not known yet.
func (o *one) left(s *api.SweepSummary) string {
	took, done := time.Since(o.since), s.Steps-o.begun
	if o.of != s.ID || took < pace || done <= 0 {
		return ""
	}
	left := float64(size(s).Expected()-s.Steps) / float64(done) * took.Seconds()
	if left <= 0 {
		return ""
	}
	return " About " + number.Duration(left) + " left at the current speed."
}

// switches are for all views at once.
func (o *one) switches() app.UI {
	s := o.scene
	says := number.Int(s.count) + " of " + counted(len(s.shown), "point", "points") + " selected"
	if len(s.brushes) == 0 {
		says = counted(len(s.shown), "point", "points")
	}
	if hidden := len(s.All) - len(s.shown); hidden > 0 {
		says += ", " + number.Int(hidden) + " hidden"
	}
	return div("ticked",
		check.New("hide-stopped", "Hide stopped points everywhere", s.hide, false, s.setHide),
		check.New("chosen-only", "Show only selected points in the table", o.table.chosenOnly, false, o.table.setChosenOnly),
		switched("unbrush", "Select all", len(s.brushes) == 0, s.unbrush),
		app.Span().ID("chosen").Class("under").Role("status").Text(says),
	)
}
