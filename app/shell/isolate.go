package shell

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/web"
	"unpool/core/run"
)

// isolation makes up for hosts of static files, which do not send the headers that a page needs for threads. The service worker adds them
// from the second load on, so a first visit is reloaded, unless something has been started on it: then the page says what a reload brings.
type isolation struct {
	trainer *client.Trainer
	waits   bool // for a reload
}

// begin sees, once, whether the page is isolated.
func (i *isolation) begin(dispatch func(func(app.Context))) {
	if web.Isolated() || !web.Secure() {
		return
	}
	go func() {
		if !web.Kept() {
			return
		}
		dispatch(func(app.Context) {
			if i.trainer.View.Phase == run.Empty && i.trainer.Data.Said.State == client.None && !web.Used() {
				web.ReloadOnce("isolate")
				return
			}
			i.waits = true
		})
	}()
}

// notice offers the reload.
func (i *isolation) notice() app.UI {
	return app.If(i.waits && !i.trainer.View.Phase.Active(), func() app.UI {
		return reloading("Nets train on one thread for now. Reload the page to train faster, on several threads. ")
	})
}

// reloading is a notice with a button.
func reloading(text string) app.UI {
	return app.P().Class("notice").Body(
		app.Text(text),
		app.Button().Type("button").OnClick(func(ctx app.Context, _ app.Event) { ctx.Reload() }).Text("Reload"),
	)
}
