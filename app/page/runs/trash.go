package runs

import (
	"fmt"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
)

// undoFor is how long a deletion can be taken back.
const undoFor = 15 * time.Second

// trash are the runs that the user has deleted: hidden at once, and deleted for good when that can no longer be taken back.
type trash struct {
	shell *shell.Shell
	note  func(ids []string) // keeps what is waiting

	ids     []string
	says    string
	kept    int             // runs that were to be deleted, too, but are being trained
	round   int             // counts deletions
	gone    map[string]bool // being deleted for good
	problem string
}

// trashKey is where the browser keeps the runs that are waiting to be deleted for good: a reload takes no deletion back.
const trashKey = "deleted-runs"

// finish deletes what an earlier page left waiting.
func (t *trash) finish(ctx app.Context) {
	var left []string
	if err := ctx.LocalStorage().Get(trashKey, &left); err != nil || len(left) == 0 || len(t.ids) > 0 {
		return
	}
	t.shell.Runs.Open(func() {
		t.ids = append(t.ids, left...)
		t.empty()
	})
}

// note has the browser keep what is waiting. Where it keeps nothing a reload takes the deletion back.
func (p *Page) note(ids []string) {
	p.Dispatch(func(ctx app.Context) {
		if err := ctx.LocalStorage().Set(trashKey, ids); err != nil {
			app.Log("The deletion is not yet noted: " + err.Error())
		}
	})
}

// has reports whether a run is not to be shown.
func (t *trash) has(id string) bool {
	return slices.Contains(t.ids, id) || t.gone[id]
}

// put hides runs. What was hidden before is deleted for good.
func (t *trash) put(rows []*row) {
	t.empty()
	t.problem, t.kept = "", 0
	for _, r := range rows {
		if under(r) {
			t.kept++
			continue
		}
		t.ids = append(t.ids, r.ID)
		t.says = "Deleted “" + r.name + "”."
	}
	if len(t.ids) > 1 {
		t.says = fmt.Sprintf("Deleted %d runs.", len(t.ids))
	}
	t.note(t.ids)
	t.round++
	round := t.round
	time.AfterFunc(undoFor, func() {
		t.shell.Dispatch(func(app.Context) {
			if t.round == round {
				t.empty()
			}
		})
	})
}

// back takes a run's deletion back, and reports whether it was to be deleted.
func (t *trash) back(id string) bool {
	n := len(t.ids)
	t.ids = slices.DeleteFunc(t.ids, func(one string) bool { return one == id })
	t.note(t.ids)
	return len(t.ids) < n
}

// undo takes the last deletion back.
func (t *trash) undo() {
	t.ids = nil
	t.note(t.ids)
}

// empty deletes for good.
func (t *trash) empty() {
	ids := t.ids
	if t.ids = nil; len(ids) == 0 {
		return
	}
	for _, id := range ids {
		t.gone[id] = true
	}
	t.shell.Runs.Delete(ids, func(err error) {
		for _, id := range ids {
			delete(t.gone, id) // what is still there is to be seen, and what is imported again
		}
		t.note(t.ids)
		if err == nil {
			t.shell.Storage.Look()
			return
		}
		t.problem = "Not all could be deleted: " + err.Error()
		t.shell.Runs.Follow()
	})
}

// render says what was deleted, and offers to take it back. changed is called when it is.
func (t *trash) render(changed func()) app.UI {
	return app.Div().Hidden(len(t.ids) == 0 && len(t.gone) == 0 && t.problem == "" && t.kept == 0).Body(
		app.If(len(t.ids) > 0, func() app.UI {
			return app.P().Class("notice").Body(
				app.Text(t.says),
				app.Button().ID("undo").Type("button").OnClick(func(app.Context, app.Event) {
					t.undo()
					changed()
					shell.Focus("runs")
				}).Text("Undo"),
			)
		}),
		app.If(len(t.gone) > 0 && len(t.ids) == 0, func() app.UI {
			return app.P().ID("deleting").Class("notice").Text("Deleting…")
		}),
		app.If(t.kept > 0, func() app.UI {
			return app.P().Class("notice").Text("What is being trained stays; stop it on the Train page first.")
		}),
		app.If(t.problem != "", func() app.UI { return app.P().Class("notice").Text(t.problem) }),
	)
}
