package app

import (
	"errors"
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
	d.get(d.ctx.ResolveStaticResource(path)+"?v="+app.Getenv("GOAPP_VERSION"), done)
}

// get is fetch for any address of this server.
func (d *document) get(url string, done func(text string, err error)) {
	go func() {
		text, err := body(url)
		d.dispatch(func(app.Context) { done(text, err) })
	}()
}

// body gets a text. It blocks.
func body(url string) (string, error) {
	options := map[string]any{"signal": app.Window().Get("AbortSignal").Call("timeout", patience)}
	response, err := called(func(done, failed app.Func) {
		app.Window().Call("fetch", url, options).Call("then", done, failed)
	})
	if err != nil {
		return "", err
	}
	if !response.Get("ok").Bool() {
		return "", errStatus{response.Get("status").Int(), response.Get("statusText").String()}
	}
	text, err := called(func(done, failed app.Func) { response.Call("text").Call("then", done, failed) })
	if err != nil {
		return "", err
	}
	return text.String(), nil
}

// called waits for one of two callbacks.
func called(do func(done, failed app.Func)) (app.Value, error) {
	type outcome struct {
		value app.Value
		err   error
	}
	settled := make(chan outcome, 1)
	done := app.FuncOf(func(_ app.Value, args []app.Value) any {
		settled <- outcome{value: args[0]}
		return nil
	})
	defer done.Release()
	failed := app.FuncOf(func(_ app.Value, args []app.Value) any {
		settled <- outcome{err: errors.New(args[0].Call("toString").String())}
		return nil
	})
	defer failed.Release()
	do(done, failed)
	got := <-settled
	return got.value, got.err
}
