//go:build js && wasm

package main

import (
	"bytes"
	"fmt"
	"io"
	"syscall/js"

	"unpool/core/checkpoint"
)

// parts collects what is written as the parts of a Blob, so that a large file is in memory once only.
type parts struct{ list js.Value } // an Array of Uint8Array

func (p parts) Write(b []byte) (int, error) {
	part := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(part, b)
	p.list.Call("push", part)
	return len(b), nil
}

// postFile sends the page a File of what write writes.
func postFile(name string, write func(w io.Writer) error) {
	p := parts{js.Global().Get("Array").New()}
	if err := write(p); err != nil {
		panic(err) // a state that no file can hold: trainer.js reports it to the page
	}
	js.Global().Call("postMessage", js.Global().Get("File").New(p.list, name))
}

// readCheckpoint reads a File. A file is taken into memory whole only up to the size that a checkpoint may have.
func readCheckpoint(file js.Value) (*checkpoint.Checkpoint, error) {
	name, size := file.Get("name").String(), file.Get("size").Int()
	if size > checkpoint.MaxSize {
		return nil, fmt.Errorf("the file %s is no checkpoint: it has %d bytes", name, size)
	}
	buffer, err := await(file.Call("arrayBuffer"))
	if err != nil {
		return nil, fmt.Errorf("the file %s could not be read: %w", name, err)
	}
	content := make([]byte, size)
	js.CopyBytesToGo(content, js.Global().Get("Uint8Array").New(buffer))
	c, err := checkpoint.Read(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("the file %s: %w", name, err)
	}
	return c, nil
}
