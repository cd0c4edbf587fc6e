package train

import (
	"fmt"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/models"
)

// interrupted offers to resume the run that was under way when this page was last left, whether it was reloaded, closed, or crashed.
type interrupted struct {
	shell  *shell.Shell
	resume func(*run.View)

	dismissed string // the run that the user does not want to resume
	looking   bool   // for whether a run is still in another tab's hand
	problem   string // why it cannot be resumed
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

// lookAgain lists the runs, and again while the latest is in somebody's hand: that may be the trainer of the page that has just been
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
			if i.shell.Trainer.View.Phase == run.Empty && (!listed || len(all) > 0 && all[0].Phase.Active()) {
				i.lookAgain(looked + 1)
			}
		})
	})
}

// found returns the run, and whether there is one: the latest that this browser keeps, if that has no end.
func (i *interrupted) found() (run.Summary, bool) {
	all, _ := i.shell.Runs.Here()
	if i.shell.Trainer.View.Phase != run.Empty || len(all) == 0 || all[0].Phase != run.Interrupted || all[0].ID == i.dismissed {
		return run.Summary{}, false
	}
	_, more := all[0].Recipe.Resume(all[0].Step)
	_, continued := client.Run{Summary: all[0]}.Further(i.shell.Runs.All)
	return all[0], more && !continued
}

// render is the offer, if there is one to make.
func (i *interrupted) render() app.UI {
	sum, ok := i.found()
	return app.If(ok, func() app.UI {
		return app.Div().ID("interrupted").Class("notice", "offer").Role("status").Body(
			app.P().Text(i.words(sum)),
			app.Div().Class("offer-buttons").Body(
				app.Button().ID("resume-interrupted").Type("button").Class("primary").OnClick(i.onResume).Text("Resume"),
				app.Button().ID("dismiss-interrupted").Type("button").OnClick(i.onDismiss).Text("Not now"),
			),
		)
	})
}

func (i *interrupted) words(sum run.Summary) string {
	at := fmt.Sprintf("step %s of %s", number.Int(sum.Step), number.Int(sum.Recipe.Steps))
	if m := sum.Latest; m != nil {
		at += fmt.Sprintf(", with %s%s%% of %s test images correct", number.Percent(m.Test.Accuracy), number.Thin, number.Int(m.Test.N))
	}
	text := fmt.Sprintf("A run was interrupted: %s at %s. It can be resumed from there.", models.Title(sum.Recipe), at)
	if i.problem != "" {
		text = "The interrupted run cannot be resumed: " + i.problem + "."
	}
	return text
}

func (i *interrupted) onResume(app.Context, app.Event) {
	sum, ok := i.found()
	if !ok {
		return
	}
	i.shell.Runs.Read(client.Ref{ID: sum.ID}, nil, func(kept *client.Kept, err error) {
		if err != nil {
			i.problem = err.Error()
			return
		}
		if i.problem = ""; !kept.Has(store.Last) && kept.View.Step > 0 || kept.View.Start.ID != sum.ID {
			i.problem = "its checkpoint is not stored here"
			return
		}
		now, ok := i.found()
		if !ok || now.ID != sum.ID { // it was pressed twice
			return
		}
		if kept.View.Phase.Over() { // another tab was faster
			i.shell.Runs.Follow()
			return
		}
		i.resume(kept.View)
		shell.Focus("status") // the button is gone
	})
}

func (i *interrupted) onDismiss(ctx app.Context, _ app.Event) {
	if sum, ok := i.found(); ok {
		i.dismissed = sum.ID
		if err := ctx.LocalStorage().Set(dismissedKey, i.dismissed); err != nil {
			app.Log("The choice cannot be remembered: " + err.Error()) // it holds as long as the tab
		}
		shell.Focus("train")
	}
}
