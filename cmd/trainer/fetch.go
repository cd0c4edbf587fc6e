//go:build js && wasm

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall/js"
	"time"

	"unpool/core/api"
	"unpool/core/data"
	"unpool/core/jsvalue"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/store/mirror"
	"unpool/core/worker"
)

// fetch gets a data set from the server, by way of the browser's own fetch: net/http would add a megabyte to the program.
// It is decoded while it arrives, so it is in memory once.
func fetch(ctx context.Context, name recipe.Dataset, progress worker.Progress) (*data.Dataset, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // cancels what has not been read
	folder, files := "../api/data/"+string(name)+"/", data.IDXFiles
	asked := files
	if name == recipe.MNIST { // it is among the static files, packed, and its address names its content (web.Trainer)
		folder, files, asked = "data/mnist/", data.MNISTFiles, nil
		version := strings.TrimPrefix(js.Global().Get("location").Get("hash").String(), "#")
		for _, file := range files {
			asked = append(asked, file+"?v="+version)
		}
	}
	responses, err := request(ctx, folder, asked)
	if e := (*statusError)(nil); errors.As(err, &e) && e.status == 404 && name != recipe.MNIST {
		info, _ := name.Info()
		return nil, &protocol.Error{
			Code: protocol.NoData, Message: fmt.Sprintf("the images of %s are not part of this site", info.Origin),
			Hint: fmt.Sprintf("Get %s from %s, then choose it on this page or drop it here, and train again.", info.Files, info.Source),
		}
	}
	if err != nil {
		return nil, err
	}
	var done, told, total int64
	for _, r := range responses {
		total = sum(total, length(r))
	}
	arrived := func(n int) {
		if done += int64(n); done-told >= tellEvery || done == total {
			told = done
			progress(done, max(total, 0), "bytes")
		}
	}
	return data.OpenIDX(name, files, func(file string) (io.ReadCloser, error) {
		for i := range files {
			if files[i] == file {
				return &body{reader: responses[i].Get("body").Call("getReader"), file: file, arrived: arrived}, nil
			}
		}
		return nil, errors.New("not asked for") // OpenIDX opens the files that it was given
	})
}

// get opens a file of a run that the site has: of a published result, which is among the static files, or of one that its server keeps.
func get(ctx context.Context, place protocol.Place, run, file string) (io.ReadCloser, error) {
	if place == protocol.OnServer {
		return mirror.Fetch(ctx, serverRuns(), run, file, func() (io.ReadCloser, error) { return download(ctx, "../", api.ArtifactPath(run, file)) })
	}
	return download(ctx, "results/"+run+"/", file)
}

// download begins to get a file in a folder, as seen from the worker's script.
func download(ctx context.Context, folder, file string) (io.ReadCloser, error) {
	responses, err := request(ctx, folder, []string{file})
	if err != nil {
		return nil, err
	}
	return &body{reader: responses[0].Get("body").Call("getReader"), file: file, arrived: func(int) {}}, nil
}

// tellEvery is how many bytes arrive between two reports of progress.
const tellEvery = 250_000

// request asks for files in a folder, as seen from the worker's script, and returns the answers when all have begun.
func request(ctx context.Context, folder string, files []string) ([]js.Value, error) {
	controller := js.Global().Get("AbortController").New()
	context.AfterFunc(ctx, func() { controller.Call("abort") })
	script := js.Global().Get("location").Get("href")
	responses := make([]js.Value, len(files))
	for i, file := range files {
		url := js.Global().Get("URL").New(folder+file, script)
		asked := js.Global().Call("fetch", url, map[string]any{"signal": controller.Get("signal")})
		response, err := before(asked, func() { controller.Call("abort") })
		if err != nil {
			return nil, unreached(file, err)
		}
		if !response.Get("ok").Bool() {
			return nil, refusal(file, response)
		}
		responses[i] = response
	}
	return responses, nil
}

// patience is how long nothing of a file may arrive: less than the page waits for the trainer, so that the error says what has stopped.
const patience = 30 * time.Second

// errStalled is the error of a file of which nothing has arrived for that long.
var errStalled = fmt.Errorf("nothing has arrived for %s", patience)

// before waits for a promise of the network's, and after patience cancels it.
func before(promise js.Value, giveUp func()) (js.Value, error) {
	var stalled atomic.Bool
	timer := time.AfterFunc(patience, func() {
		stalled.Store(true)
		giveUp()
	})
	defer timer.Stop()
	value, err := jsvalue.Await(promise)
	if stalled.Load() {
		err = errStalled
	}
	return value, err
}

// unreached is the error of a file that has not arrived, or not in full.
func unreached(file string, err error) error {
	return &protocol.Error{
		Code: protocol.NoData, Message: fmt.Sprintf("%s could not be downloaded: %v", file, err),
		Hint: "Check the connection, then train again.",
	}
}

// statusError is an answer that is not the file.
type statusError struct {
	file, text string
	status     int
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s could not be fetched: the server answered %d %s", e.file, e.status, e.text)
}

// Unwrap is what to do.
func (e *statusError) Unwrap() error {
	return &protocol.Error{Code: protocol.NoData, Message: e.Error(),
		Hint: "The site is being updated or is incomplete. Reload the page in a minute; if that does not help, tell whoever runs this site."}
}

// refusal is the error of an answer that is not the file; in it, serve says what to do (RFC 9457).
func refusal(file string, response js.Value) error {
	kind := response.Get("headers").Call("get", "content-type")
	if kind.Type() == js.TypeString && kind.String() == "application/problem+json" {
		if problem, err := jsvalue.Await(response.Call("json")); err == nil {
			return &protocol.Error{Code: protocol.NoData, Message: problem.Get("title").String(), Hint: problem.Get("detail").String()}
		}
	}
	return &statusError{file, response.Get("statusText").String(), response.Get("status").Int()}
}

// unknown is the length of a response that does not state it.
const unknown = -1

func sum(a, b int64) int64 {
	if a == unknown || b == unknown {
		return unknown
	}
	return a + b
}

// length is the number of bytes that will arrive. A compressed response only says how many are sent.
func length(response js.Value) int64 {
	headers := response.Get("headers")
	if headers.Call("has", "content-encoding").Bool() || !headers.Call("has", "content-length").Bool() {
		return unknown
	}
	n, err := strconv.ParseInt(headers.Call("get", "content-length").String(), 10, 64)
	if err != nil {
		return unknown
	}
	return n
}

// body is a response's body as it arrives.
type body struct {
	reader  js.Value
	chunk   js.Value // a Uint8Array, of which left bytes have not been read
	left    int
	file    string
	arrived func(n int)
}

func (b *body) Read(p []byte) (int, error) {
	for b.left == 0 {
		next, err := before(b.reader.Call("read"), func() { b.reader.Call("cancel") })
		if err != nil {
			return 0, unreached(b.file, err)
		}
		if next.Get("done").Bool() {
			return 0, io.EOF
		}
		b.chunk = next.Get("value")
		b.left = b.chunk.Length()
		b.arrived(b.left)
	}
	n := js.CopyBytesToGo(p, b.chunk.Call("subarray", b.chunk.Length()-b.left))
	b.left -= n
	return n, nil
}

// Close does nothing: fetch ends the request.
func (b *body) Close() error { return nil }
