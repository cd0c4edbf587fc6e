package train

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/curves"
	"unpool/app/ui/form"
	"unpool/app/ui/table"
	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
)

// beside are the nets that are compared with the page's: those of the next run, and how those of the run on show compare.
type beside struct {
	shell   *shell.Shell
	setup   *setup
	trainer *client.Trainer
}

// next are the recipes of the nets that are to be trained on the same batches as r's. One that cannot be is left out; its row says so.
func (b *beside) next(r recipe.Recipe) (all []recipe.Recipe) {
	for i := range b.setup.beside {
		if one, problem := b.other(i, r); problem == "" {
			all = append(all, one)
		}
	}
	return all
}

// other is the recipe of one of the nets, and why it is left out; "" where it is not.
func (b *beside) other(i int, r recipe.Recipe) (other recipe.Recipe, problem string) {
	other = r.Beside(b.setup.beside[i])
	for _, before := range b.setup.beside[:i] {
		if r.Beside(before) == other {
			problem = "This net is left out: it is the same as another."
		}
	}
	if other == r {
		problem = "This net is left out as long as it is the same as the first."
	}
	if err := other.Validate(); err != nil {
		problem = "This net is left out: " + form.Problems(err)
	}
	return other, problem
}

// render is the choice of those nets: one menu per net, and the button that adds one.
func (b *beside) render(fixed, ready bool) app.UI {
	r, problems := b.setup.recipe()
	return app.Div().Class("rivals").Hidden(fixed).Body(
		app.Range(b.setup.beside).Slice(func(i int) app.UI { return b.row(i, r, ready) }),
		app.If(len(b.setup.beside) < recipe.MaxBeside, func() app.UI {
			return app.Button().ID("compare").Type("button").Class("quiet").Disabled(!ready || problems != nil).
				Title("Train several nets side by side, on the same batches").OnClick(b.onAdd).Text("Compare with another net")
		}),
	)
}

// asSet is the value of the choice to compare with the settings as they are now, however they are changed afterwards; asItIs that of a net that is
// not in the catalog.
const (
	asSet  = "as set"
	asItIs = "as it is"
)

// row is the menu of one net.
func (b *beside) row(i int, r recipe.Recipe, ready bool) app.UI {
	other, problem := b.other(i, r)
	var options []app.UI
	known := false
	for _, e := range b.catalog() {
		is := r.Beside(e.Recipe) == other
		known = known || is
		options = append(options, app.Option().Value(e.Name).Selected(is).Text(e.Title))
	}
	if !known {
		options = append(options, app.Option().Value(asItIs).Selected(true).Text(named([]recipe.Recipe{r, other})[1]))
	}
	options = append(options, app.Option().Value(asSet).Text("The settings above, as they are now"))
	n := strconv.Itoa(i + 1)
	return app.Div().Class("rival").Body(
		app.Label().For("beside-"+n).Class("under").Text("and"),
		app.Select().ID("beside-"+n).Disabled(!ready).Aria("describedby", "beside-problem-"+n).
			OnChange(func(_ app.Context, e app.Event) { b.set(i, e.Get("target").Get("value").String()) }, app.EventScope(i)).Body(options...),
		app.Button().ID("beside-remove-"+n).Type("button").Class("quiet").Aria("label", "Remove net "+strconv.Itoa(i+2)+" from the comparison").
			OnClick(func(app.Context, app.Event) { b.remove(i) }, app.EventScope(i)).Text("Remove"),
		app.P().ID("beside-problem-"+n).Class("problem").Hidden(problem == "").Text(problem),
	)
}

// catalog are the nets of the menu that are for the page's data set, or for MNIST where none is.
func (b *beside) catalog() (all []models.Entry) {
	for _, set := range []recipe.Dataset{b.setup.entry.Recipe.Dataset, recipe.MNIST} {
		for _, e := range models.Catalog {
			if e.Recipe.Dataset == set {
				all = append(all, e)
			}
		}
		if len(all) > 0 {
			break
		}
	}
	return all
}

// onAdd adds the first net of the catalog that is not compared yet.
func (b *beside) onAdd(app.Context, app.Event) {
	r, _ := b.setup.recipe()
	at := len(b.setup.beside)
	b.setup.beside = append(b.setup.beside, r)
	for _, e := range b.catalog() {
		b.setup.beside[at] = e.Recipe
		if _, problem := b.other(at, r); problem == "" {
			break
		}
	}
	b.shell.AfterDrawing(func() { shell.Focus("beside-" + strconv.Itoa(at+1)) })
}

func (b *beside) set(i int, value string) {
	if e, err := models.Find(value); err == nil {
		b.setup.beside[i] = e.Recipe
	} else if r, problems := b.setup.recipe(); value == asSet && problems == nil {
		b.setup.beside[i] = r
	}
}

func (b *beside) remove(i int) {
	b.setup.beside = append(b.setup.beside[:i:i], b.setup.beside[i+1:]...)
	b.shell.AfterDrawing(func() { shell.Focus("compare") })
}

// is reports whether the run on show has others beside it.
func (b *beside) is() bool { return len(b.trainer.Others.All) > 0 }

// names are what the nets are called whose runs are on show, the page's first.
func (b *beside) names(first recipe.Recipe) []string {
	return named(append([]recipe.Recipe{first}, b.trainer.Others.Recipes()...))
}

// longest is how many characters of a net's layers are its name.
const longest = 40

// named are what the nets of recipes are called beside each other.
func named(all []recipe.Recipe) (names []string) {
	for _, r := range all {
		title := []rune(models.Title(r))
		if len(title) > longest {
			title = append(title[:longest-1:longest-1], '…')
		}
		names = append(names, string(title))
	}
	return words.Apart(names, all)
}

// charts are the test curves of the nets over one another.
func (b *beside) charts(first recipe.Recipe) (accuracy, loss chart.Spec) {
	views := b.trainer.Others.Views()
	o := curves.NewOverlay(views...)
	for i, name := range b.names(first) {
		o.Add(name, views[i])
	}
	o.Accuracy.XMax, o.Loss.XMax = float64(first.Steps), float64(first.Steps)
	return o.Accuracy, o.Loss
}

// standing says who leads, as it is read and as it is heard; ok is false before each net was evaluated.
func (b *beside) standing(first recipe.Recipe) (read, heard string, ok bool) {
	if !b.is() {
		return "", "", false
	}
	s, ok := run.Compare(b.trainer.Others.Views())
	if !ok {
		return "", "", false
	}
	names := b.names(first)
	return words.Standing(s, names), words.StandingHeard(s, names), true
}

// table is the outcome of each net.
func (b *beside) table(first recipe.Recipe) app.UI {
	return app.If(b.is(), func() app.UI {
		names := b.names(first)
		var rows [][]string
		for i, v := range b.trainer.Others.Views() {
			phase := v.Phase
			if b.trainer.View.Phase == run.Paused && phase.Active() { // the others wait for the first
				phase = run.Paused
			}
			row := []string{names[i], "–", "–", "–", "–", string(phase)}
			if m, ok := v.Latest(); ok {
				row[1], row[2] = number.Share(m.Test.Accuracy)+" of "+number.Int(m.Test.N), number.Loss(m.Test.Loss)
			}
			if v.Start != nil {
				row[3] = number.Int(v.Start.Parameters)
			}
			if ms := v.Progress.MsPerStep; ms > 0 {
				row[4] = number.Significant(ms, 2) + number.Thin + "ms"
			}
			rows = append(rows, row)
		}
		return app.Div().ID("compared").Body(
			table.Table("The nets that are compared", []string{"net", "test accuracy", "test loss", "parameters", "a step takes", "state"}, rows))
	})
}
