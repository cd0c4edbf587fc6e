package runs

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// resumable reports whether a run can be trained further where it is kept.
func resumable(r *row, kept *client.Kept) bool {
	if _, more := r.Recipe.Resume(r.Step); !more {
		return false
	}
	there := r.Place == protocol.OnServer // which knows what it can resume
	switch r.Phase {
	case run.Interrupted, run.Stopped:
		return there || kept.View.Start.ID == r.ID
	case run.Done:
		return (there || kept.View.Start.ID == r.ID) && kept.Has(store.Last)
	case run.Failed:
		return !there && kept.View.Start.ID == r.ID && kept.Has(store.Last)
	}
	return false
}

// resumeButton trains a run further where it is kept.
func (d *detail) resumeButton(r *row, kept *client.Kept, busy bool) app.UI {
	on, _ := r.Recipe.Resume(r.Step)
	b := app.Button().ID("resume-"+r.element()).Type("button").Disabled(busy).OnClick(func(ctx app.Context, _ app.Event) {
		if r.Place == protocol.OnServer {
			d.shell.Trainer.There.Resume(r.ID, 0)
		} else {
			d.shell.Trainer.Resume(kept.View, kept.View.LearningRate)
		}
		shell.Go(ctx, shell.Link(shell.Train))
	}, app.EventScope(d.of, r.Last)).Title("Continue training this run, to step %s", number.Int(on.Steps)).Text("Resume")
	if r.Phase != run.Done {
		b = b.Class("primary")
	}
	return b
}

// movable reports whether a run can be taken elsewhere, as far as that depends on what is kept of it.
func movable(r *row, kept *client.Kept) bool {
	if kept == nil || kept.View.Start == nil || kept.View.Start.ID != r.ID || !kept.Has(store.Last) {
		return false
	}
	_, more := r.Recipe.Resume(r.Step)
	return more && !under(r) && r.Phase != run.Waiting && r.Phase != run.Parked
}

// moveButton takes a run elsewhere and has it trained further there.
func (d *detail) moveButton(id string, r *row, kept *client.Kept) app.UI {
	to := protocol.OnServer
	if r.Place == protocol.OnServer {
		to = protocol.InBrowser
	}
	return app.If(movable(r, kept) && d.move.Can(to, r.Summary), func() app.UI {
		return app.Button().ID(id).Type("button").Disabled(d.shell.Trainer.Others.Phase().Active()).OnClick(func(ctx app.Context, _ app.Event) {
			d.move.Start(d.of, 0, func() { shell.Go(ctx, shell.Link(shell.Train)) })
		}, app.EventScope(d.of, r.Last)).Text(d.move.To(to))
	})
}

// saveButton saves a run for the user's own server, where the site has none.
func (d *detail) saveButton(r *row, kept *client.Kept) app.UI {
	return app.If(movable(r, kept) && d.move.ByFile(r.Summary), func() app.UI {
		return app.Button().ID("save-"+r.element()).Type("button").
			OnClick(func(app.Context, app.Event) { d.move.Save(d.of) }, app.EventScope(d.of)).Text(words.OnYourGPU)
	})
}

// notMoved says why a run could not be taken elsewhere.
func notMoved(m *client.Move) app.UI {
	return app.If(m.Problem != "", func() app.UI {
		return app.Span().Class("problem").Role("alert").Text("The run could not be moved: " + words.AsSentence(m.Problem))
	})
}

// onward offers to continue a run that was imported on the site's server.
func (g *grid) onward(of client.Ref) app.UI {
	r, d := g.list.rows[of], g.detail(of)
	if r == nil { // it is being listed
		return app.Text("")
	}
	kept, _ := d.shelf.get(r) // its row says why it cannot be read
	return app.Span().Body(d.moveButton("onward", r, kept), notMoved(d.move))
}

// continued says that a run's other copy is the run now.
func (d *detail) continued(other client.Run) string {
	at := "in this browser"
	if other.Place == protocol.OnServer {
		at = "on " + d.shell.Runs.Server.Name()
	}
	return "This run was continued " + at + ", and is at step " + number.Int(other.Step) + " there. This copy is unchanged."
}
