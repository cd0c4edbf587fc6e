package app

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// patience is how many milliseconds a file may take.
const patience = 30_000

// errStatus is an answer that is not the file.
type errStatus struct {
	code int
	text string
}

func (e errStatus) Error() string { return fmt.Sprintf("%d %s", e.code, e.text) }

// fetch gets a static file of this build as text and hands it, or what went wrong, to done on the pages' goroutine.
// The service worker keeps what has been fetched so.
func (d *document) fetch(path string, done func(text string, err error)) {
	url := d.ctx.ResolveStaticResource(path) + "?v=" + app.Getenv("GOAPP_VERSION")
	end := func(text string, err error) { d.dispatch(func(app.Context) { done(text, err) }) }
	failed := func(reason app.Value) { end("", fmt.Errorf("%s", reason.Call("toString").String())) }
	options := map[string]any{"signal": app.Window().Get("AbortSignal").Call("timeout", patience)}
	await(app.Window().Call("fetch", url, options), func(response app.Value) {
		if !response.Get("ok").Bool() {
			end("", errStatus{response.Get("status").Int(), response.Get("statusText").String()})
			return
		}
		await(response.Call("text"), func(text app.Value) { end(text.String(), nil) }, failed)
	}, failed)
}

// await calls one of the two with what comes of a promise.
func await(promise app.Value, fulfilled, rejected func(app.Value)) {
	var then, otherwise app.Func
	handle := func(f func(app.Value)) app.Func {
		return app.FuncOf(func(_ app.Value, args []app.Value) any {
			then.Release()
			otherwise.Release()
			f(args[0])
			return nil
		})
	}
	then, otherwise = handle(fulfilled), handle(rejected)
	promise.Call("then", then, otherwise)
}
