package train

import (
	"fmt"
	"slices"

	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/web"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
)

// reference is the published run of the settings that the page is set to: what a run of them will look like.
type reference struct {
	shell *shell.Shell
	setup *setup

	files map[string]results.Run // the first published run by the catalog's names
	runs  map[string]*run.View   // by file, as far as they have arrived; nil for one being loaded
}

// knows takes in which runs are published.
func (f *reference) knows(rows []results.Row) {
	f.files, f.runs = map[string]results.Run{}, map[string]*run.View{}
	for _, row := range rows {
		if len(row.Runs) > 0 {
			f.files[row.Name] = row.Runs[0]
		}
	}
}

// look returns the published run of a recipe, nil where there is none; it gets one that is not there yet.
func (f *reference) look(r recipe.Recipe, e models.Entry) (v *run.View, seed uint64) {
	published, ok := f.files[e.Name]
	if !ok || !same(r, e) {
		return nil, 0
	}
	v, asked := f.runs[published.File]
	if !asked {
		f.runs[published.File] = nil
		f.shell.Fetch(web.File("results/"+published.File), func(text string, err error) {
			if err != nil {
				return // without it the charts are empty
			}
			if log, _, err := run.ReadLog([]byte(text)); err == nil {
				f.runs[published.File] = run.Replay(log)
			}
		})
	}
	return v, published.Seed
}

// now is the published run of what the page is set to; nil for none.
func (f *reference) now() (v *run.View, seed uint64) {
	r, problems := f.setup.recipe()
	if problems != nil {
		return nil, 0
	}
	return f.look(r, f.setup.entry)
}

// behind makes the curves of a published run those of empty charts, faint.
func (f *reference) behind(spec chart.Spec, draw func(models.Entry, *run.View, float64) chart.Spec) chart.Spec {
	v, _ := f.now()
	if v == nil {
		return spec
	}
	drawn := draw(f.setup.entry, v, spec.XMax)
	spec.Y, spec.Series = drawn.Y, slices.Clone(drawn.Series)
	for i := range spec.Series {
		one := &spec.Series[i]
		one.Name, one.Faint = one.Name+", our own run", true
	}
	return spec
}

// note says what the faint curves are.
func (f *reference) note() string {
	v, seed := f.now()
	if v == nil {
		return ""
	}
	return fmt.Sprintf("What you will see: the faint curves are our own run of these settings, seed %d. Yours are drawn from the first evaluation on.", seed)
}
