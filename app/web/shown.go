package web

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// outOfSight is how long a page may be out of sight before long-lasting requests are ended.
const outOfSight = time.Minute

// WhileShown waits until the page is in sight, and returns a context that ends with ctx, a while after the page is out of sight, and at once
// when it is left: a browser keeps pages that one may go back to, with their connections, and has six at most for a site over plain http.
func WhileShown(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	document := app.Window().Get("document")
	hidden := func() bool { return document.Get("visibilityState").String() == "hidden" }
	seen := make(chan struct{}, 1)
	var later *time.Timer
	listen := func(target app.Value, event string, do func()) {
		f := app.FuncOf(func(app.Value, []app.Value) any {
			do()
			return nil
		})
		target.Call("addEventListener", event, f)
		context.AfterFunc(ctx, func() {
			target.Call("removeEventListener", event, f)
			f.Release()
		})
	}
	listen(app.Window(), "pagehide", func() {
		if later != nil {
			cancel()
		}
	})
	listen(document, "visibilitychange", func() {
		switch {
		case later == nil && !hidden():
			select {
			case seen <- struct{}{}:
			default: // it has a token
			}
		case later != nil && hidden():
			later.Reset(outOfSight)
		case later != nil:
			later.Stop()
		}
	})
	for hidden() {
		select {
		case <-seen:
		case <-ctx.Done():
			return ctx, cancel
		}
	}
	later = time.AfterFunc(outOfSight, cancel)
	later.Stop()
	return ctx, cancel
}
