package train

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// interrupted offers to resume the run that was under way when this page was last left, whether it was reloaded, closed, or crashed, with those
// that trained beside it.
type interrupted struct {
	shell  *shell.Shell
	resume func(first *run.View, others ...*run.View)

	dismissed string // the latest run when the user did not want to resume
	looking   bool   // for whether another tab still holds a run
	problem   string // why they cannot be resumed
}

// dismissedKey is where the browser keeps dismissed.
const dismissedKey = "dismissed-run"

// look looks for such a run.
func (i *interrupted) look(ctx app.Context) {
	if err := ctx.LocalStorage().Get(dismissedKey, &i.dismissed); err != nil {
		i.dismissed = "" // nothing was kept, so nothing was dismissed
	}
	i.lookAgain(0)
}

// lookAgain lists the runs, and again while one of the latest is still held: by the trainer of the page that has just been
// left, which takes a moment to end, or another tab, which may crash. It counts how often it has looked.
func (i *interrupted) lookAgain(looked int) {
	i.shell.Runs.Follow()
	if i.looking {
		return
	}
	i.looking = true
	every := time.Second
	if looked >= 10 {
		every = 10 * time.Second
	}
	time.AfterFunc(every, func() {
		i.shell.Dispatch(func(app.Context) {
			i.looking = false
			all, listed := i.shell.Runs.Here()
			if i.shell.Trainer.View.Phase == run.Empty && (!listed || slices.ContainsFunc(together(all), func(s run.Summary) bool { return s.Phase.Active() })) {
				i.lookAgain(looked + 1)
			}
		})
	})
}

// found returns the runs, the one that led first: of the latest that this browser keeps those that have no end.
func (i *interrupted) found() (all []run.Summary) {
	latest, _ := i.shell.Runs.Here()
	if i.shell.Trainer.View.Phase != run.Empty || len(latest) == 0 || latest[0].Phase != run.Interrupted || latest[0].ID == i.dismissed {
		return nil
	}
	for _, sum := range together(latest) {
		_, more := sum.Recipe.Resume(sum.Step)
		_, continued := client.Run{Summary: sum}.Further(i.shell.Runs.All)
		if sum.Phase == run.Interrupted && more && !continued {
			all = append(all, sum)
		}
	}
	slices.Reverse(all)
	return all
}

// soon is the time within which compared runs begin.
const soon = time.Minute

// together are the first of some runs, the newest first, and those that trained beside it: of other nets on the same batches, begun at about the
// same time.
func together(latest []run.Summary) (all []run.Summary) {
	for _, sum := range latest[:min(len(latest), 1+recipe.MaxBeside)] {
		first := latest[0]
		same := slices.ContainsFunc(all, func(other run.Summary) bool { return other.Recipe == sum.Recipe })
		if same || first.Recipe.Beside(sum.Recipe) != sum.Recipe || first.Created.Sub(sum.Created) > soon {
			break
		}
		all = append(all, sum)
	}
	return all
}

// render is the offer, if there is one.
func (i *interrupted) render() app.UI {
	all := i.found()
	return app.If(len(all) > 0, func() app.UI {
		return app.Div().ID("interrupted").Class("notice", "offer").Role("status").Body(
			app.P().Text(i.words(all)),
			app.Div().Class("offer-buttons").Body(
				app.Button().ID("resume-interrupted").Type("button").Class("primary").OnClick(i.onResume).Text("Resume"),
				app.Button().ID("dismiss-interrupted").Type("button").OnClick(i.onDismiss).Text("Not now"),
			),
		)
	})
}

func (i *interrupted) words(all []run.Summary) string {
	var recipes []recipe.Recipe
	for _, sum := range all {
		recipes = append(recipes, sum.Recipe)
	}
	names := named(recipes)
	for k, sum := range all {
		names[k] += fmt.Sprintf(" at step %s of %s", number.Int(sum.Step), number.Int(sum.Recipe.Steps))
		if m := sum.Latest; m != nil {
			names[k] += fmt.Sprintf(", with %s%s%% of %s test images correct", number.Percent(m.Test.Accuracy), number.Thin, number.Int(m.Test.N))
		}
	}
	switch {
	case i.problem != "":
		return "The interrupted runs cannot be resumed: " + i.problem + "."
	case len(all) == 1:
		return "A run was interrupted: " + names[0] + ". It can be resumed from there."
	}
	return fmt.Sprintf("%d runs that trained side by side were interrupted: %s. They can be resumed from there.", len(all), strings.Join(names, "; "))
}

func (i *interrupted) onResume(app.Context, app.Event) { i.read(i.found(), nil) }

// read reads the logs of runs, one after the other, and then resumes them.
func (i *interrupted) read(all []run.Summary, views []*run.View) {
	if len(views) == len(all) {
		if now := i.found(); len(all) > 0 && len(now) > 0 && now[0].ID == all[0].ID { // else it was pressed twice
			i.resume(views[0], views[1:]...)
			shell.Focus("status") // the button is gone
		}
		return
	}
	id := all[len(views)].ID
	i.shell.Runs.Read(client.Ref{ID: id}, nil, func(kept *client.Kept, err error) {
		switch {
		case err != nil:
			i.problem = err.Error()
		case !kept.Has(store.Last) && kept.View.Step > 0 || kept.View.Start.ID != id:
			i.problem = "a checkpoint is not stored here"
		case kept.View.Phase.Over(): // another tab was faster
			i.shell.Runs.Follow()
		default:
			i.problem = ""
			i.read(all, append(views, kept.View))
		}
	})
}

func (i *interrupted) onDismiss(ctx app.Context, _ app.Event) {
	latest, _ := i.shell.Runs.Here()
	if len(latest) == 0 {
		return
	}
	i.dismissed = latest[0].ID
	if err := ctx.LocalStorage().Set(dismissedKey, i.dismissed); err != nil {
		app.Log("The choice cannot be remembered: " + err.Error()) // it lasts as long as the tab
	}
	shell.Focus("train")
}
