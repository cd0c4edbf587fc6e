package runs

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/protocol"
)

// undoFor is how long a deletion can be undone.
const undoFor = 15 * time.Second

// trash are the runs that the user has deleted: hidden at once, and deleted for good when that can no longer be undone.
type trash struct {
	shell *shell.Shell
	note  func([]client.Ref) // keeps what is waiting

	refs    []client.Ref
	says    string
	kept    int                 // runs that were to be deleted, too, but are being trained
	round   int                 // counts deletions
	later   *time.Timer         // empties it; nil for none
	gone    map[client.Ref]bool // being deleted for good
	problem string
}

// trashKey is where the browser keeps the runs that are waiting to be deleted for good: a reload does not undo a deletion.
const trashKey = "deleted-runs"

// finish deletes what an earlier page left waiting.
func (t *trash) finish(ctx app.Context) {
	var left []client.Ref
	if err := ctx.LocalStorage().Get(trashKey, &left); err != nil || len(left) == 0 || len(t.refs) > 0 {
		return
	}
	for _, of := range left {
		t.gone[of] = true
	}
	for place, ids := range byPlace(left) {
		t.shell.Runs.Open(place, func() { t.destroy(place, ids) })
	}
}

// note has the browser keep what is waiting. Where it keeps nothing, a reload undoes the deletion.
func (p *Page) note(refs []client.Ref) {
	p.Dispatch(func(ctx app.Context) {
		if err := ctx.LocalStorage().Set(trashKey, refs); err != nil {
			app.Log("The deletion could not be recorded: " + err.Error())
		}
	})
}

// keep notes what is waiting or being deleted.
func (t *trash) keep() {
	t.note(append(slices.Collect(maps.Keys(t.gone)), t.refs...))
}

// has reports whether a run is not to be shown.
func (t *trash) has(of client.Ref) bool {
	return slices.Contains(t.refs, of) || t.gone[of]
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
		t.refs = append(t.refs, r.Ref())
		t.says = "Deleted “" + r.name + "”."
	}
	if len(t.refs) > 1 {
		t.says = fmt.Sprintf("Deleted %d runs.", len(t.refs))
	}
	t.keep()
	t.round++
	round := t.round
	t.later = time.AfterFunc(undoFor, func() {
		t.shell.Dispatch(func(app.Context) {
			if t.round == round {
				t.empty()
			}
		})
	})
}

// back undoes a run's deletion, and reports whether it was to be deleted.
func (t *trash) back(of client.Ref) bool {
	n := len(t.refs)
	t.refs = slices.DeleteFunc(t.refs, func(one client.Ref) bool { return one == of })
	t.keep()
	return len(t.refs) < n
}

// undo undoes the last deletion.
func (t *trash) undo() {
	t.refs = nil
	t.keep()
}

// empty deletes for good.
func (t *trash) empty() {
	if t.later != nil {
		t.later.Stop()
	}
	refs := t.refs
	t.refs = nil
	for place, ids := range byPlace(refs) {
		t.destroy(place, ids)
	}
}

// byPlace are the IDs of runs, by where those are kept.
func byPlace(refs []client.Ref) map[protocol.Place][]string {
	ids := map[protocol.Place][]string{}
	for _, of := range refs {
		ids[of.Place] = append(ids[of.Place], of.ID)
	}
	return ids
}

// destroy deletes runs of a place for good.
func (t *trash) destroy(place protocol.Place, ids []string) {
	for _, id := range ids {
		t.gone[client.Ref{Place: place, ID: id}] = true
	}
	t.shell.Runs.Delete(place, ids, func(err error) {
		for _, id := range ids {
			delete(t.gone, client.Ref{Place: place, ID: id}) // what is still there is to be seen, and what is imported again
		}
		t.keep()
		if err == nil {
			t.shell.Storage.Look()
			return
		}
		t.problem = "Not all could be deleted: " + err.Error()
		t.shell.Runs.Follow()
	})
}

// render says what was deleted, and offers to undo it. changed is called when it is.
func (t *trash) render(changed func()) app.UI {
	return app.Div().Hidden(len(t.refs) == 0 && len(t.gone) == 0 && t.problem == "" && t.kept == 0).Body(
		app.If(len(t.refs) > 0, func() app.UI {
			return app.P().Class("notice").Body(
				app.Text(t.says),
				app.Button().ID("undo").Type("button").OnClick(func(app.Context, app.Event) {
					t.undo()
					changed()
					shell.Focus("runs")
				}).Text("Undo"),
			)
		}),
		app.If(len(t.gone) > 0 && len(t.refs) == 0, func() app.UI {
			return app.P().ID("deleting").Class("notice").Text("Deleting…")
		}),
		app.If(t.kept > 0, func() app.UI {
			return app.P().Class("notice").Text("Runs in training were not deleted; stop them on the Train page first.")
		}),
		app.If(t.problem != "", func() app.UI { return app.P().Class("notice").Text(t.problem) }),
	)
}
