//go:build js && wasm

package main

import (
	"context"
	"fmt"
	"strconv"
	"syscall/js"
)

// fetchAll fetches files from a folder beside the worker's script, telling how far it is in bytes of all of them.
// By way of the browser's own fetch: net/http would add a megabyte to the program.
func fetchAll(ctx context.Context, folder string, names []string, progress func(done, total int64)) (map[string][]byte, error) {
	controller := js.Global().Get("AbortController").New()
	defer context.AfterFunc(ctx, func() { controller.Call("abort") })()
	options := map[string]any{"signal": controller.Get("signal")}

	script := js.Global().Get("location").Get("href")
	responses := make([]js.Value, len(names))
	var total int64
	for i, name := range names {
		url := js.Global().Get("URL").New(folder+name, script)
		response, err := await(js.Global().Call("fetch", url, options))
		if err != nil {
			return nil, fmt.Errorf("%s could not be fetched: %w", name, err)
		}
		if !response.Get("ok").Bool() {
			return nil, fmt.Errorf("%s could not be fetched: the server answered %d %s",
				name, response.Get("status").Int(), response.Get("statusText").String())
		}
		responses[i] = response
		total = sum(total, length(response))
	}
	files := make(map[string][]byte, len(names))
	var done int64
	for i, name := range names {
		before := done
		body, err := readBody(responses[i], func(n int) {
			done = before + int64(n)
			progress(done, max(total, 0))
		})
		if err != nil {
			return nil, fmt.Errorf("%s could not be read to its end: %w", name, err)
		}
		files[name] = body
	}
	return files, nil
}

// unknown is the length of a response that does not say it.
const unknown = -1

func sum(a, b int64) int64 {
	if a == unknown || b == unknown {
		return unknown
	}
	return a + b
}

// length is the number of bytes that will arrive. A compressed response only tells how many travel.
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

// tellEvery is how many bytes arrive between two reports of progress.
const tellEvery = 250_000

func readBody(response js.Value, progress func(n int)) ([]byte, error) {
	reader := response.Get("body").Call("getReader")
	var body []byte
	told := 0
	for {
		chunk, err := await(reader.Call("read"))
		if err != nil {
			return nil, err
		}
		if chunk.Get("done").Bool() {
			progress(len(body))
			return body, nil
		}
		value := chunk.Get("value")
		at := len(body)
		body = append(body, make([]byte, value.Length())...)
		js.CopyBytesToGo(body[at:], value)
		if len(body)-told >= tellEvery {
			told = len(body)
			progress(told)
		}
	}
}
