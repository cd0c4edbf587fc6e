package web

import (
	"context"
	"io"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Request makes a request of this site, with a body of a media type unless that is nil, and returns the answer as soon as it has begun. Its body is
// read as it arrives, and ends with an error when ctx does. It blocks.
func Request(ctx context.Context, method, path, kind string, body []byte) (status int, answer io.ReadCloser, err error) {
	controller := app.Window().Get("AbortController").New()
	stop := context.AfterFunc(ctx, func() { controller.Call("abort") })
	options := map[string]any{"method": method, "signal": controller.Get("signal"), "cache": "no-store"}
	if body != nil {
		options["body"], options["headers"] = array(body), map[string]any{"Content-Type": kind}
	}
	response, err := Settled(func(done, failed app.Func) {
		app.Window().Call("fetch", path, options).Call("then", done, failed)
	})
	if err != nil {
		stop()
		return 0, nil, err
	}
	a := &arriving{end: func() {
		stop()
		controller.Call("abort")
	}}
	if stream := response.Get("body"); stream.Truthy() { // a 204 has none
		a.reader = stream.Call("getReader")
	}
	return response.Get("status").Int(), a, nil
}

// arriving is an answer's body.
type arriving struct {
	reader app.Value // nil where there is no body
	chunk  []byte    // the part that has not been read
	end    func()
}

func (a *arriving) Read(p []byte) (int, error) {
	if a.reader == nil {
		return 0, io.EOF
	}
	for len(a.chunk) == 0 {
		next, err := Settled(func(done, failed app.Func) { a.reader.Call("read").Call("then", done, failed) })
		if err != nil {
			return 0, err
		}
		if next.Get("done").Bool() {
			return 0, io.EOF
		}
		array := next.Get("value")
		a.chunk = make([]byte, array.Length())
		app.CopyBytesToGo(a.chunk, array)
	}
	n := copy(p, a.chunk)
	a.chunk = a.chunk[n:]
	return n, nil
}

// Close abandons what has not arrived.
func (a *arriving) Close() error {
	a.end()
	return nil
}
