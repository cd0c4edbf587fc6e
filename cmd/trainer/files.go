//go:build js && wasm

package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"syscall/js"

	"unpool/core/data"
	"unpool/core/jsvalue"
)

// blobs reads Files. Each call into the browser is slow: an archive, which is read in many small steps, is read piece by
// piece, and the latest pieces are kept; small files, of which a folder has many, are asked for ahead, by path.
type blobs struct {
	ctx    context.Context
	all    []*blob // in order of their paths
	recent []piece // the latest last
}

// piece is a part of a file.
type piece struct {
	of   *blob
	at   int64
	body []byte
}

const (
	pieceSize = 64 << 10
	pieces    = 64 // that are kept
	ahead     = 16 // files that are asked for before they are needed
)

// blob is one File.
type blob struct {
	*blobs
	file  js.Value
	size  int64
	index int      // in all
	asked js.Value // a promise of all of it; undefined when it has not been asked for
}

// openBlobs makes files of a message from the page: an array of Files, and their paths joined by NUL, which no path contains.
func openBlobs(ctx context.Context, message any) []data.File {
	chosen, ok := message.(js.Value)
	if !ok {
		return nil
	}
	list := chosen.Get("files")
	files := make([]data.File, list.Length())
	paths := strings.Split(chosen.Get("paths").String(), "\x00")
	all := &blobs{ctx: ctx}
	for i := range files {
		b := &blob{blobs: all, file: list.Index(i)}
		b.size = int64(b.file.Get("size").Float())
		files[i] = data.File{Path: paths[i], Size: b.size, ReaderAt: b}
	}
	slices.SortFunc(files, func(a, b data.File) int { return strings.Compare(a.Path, b.Path) })
	for i, f := range files {
		b := f.ReaderAt.(*blob) // made above
		b.index, all.all = i, append(all.all, b)
	}
	return files
}

// ReadAt is io.ReaderAt's.
func (b *blob) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 && int64(len(p)) == b.size { // a complete file is read once
		for _, next := range b.all[b.index:min(b.index+ahead, len(b.all))] {
			if next.size <= pieceSize {
				next.ask()
			}
		}
		b.ask()
		asked := b.asked
		b.asked = js.Undefined()
		return len(p), b.take(p, asked)
	}
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= b.size {
			return n, io.EOF
		}
		body, err := b.piece(at / pieceSize * pieceSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], body[at%pieceSize:])
	}
	return n, nil
}

// piece returns the piece of a file that begins at a place.
func (b *blob) piece(at int64) ([]byte, error) {
	for i, p := range b.recent {
		if p.of == b && p.at == at {
			copy(b.recent[i:], b.recent[i+1:])
			b.recent[len(b.recent)-1] = p
			return p.body, nil
		}
	}
	p := piece{b, at, make([]byte, min(pieceSize, b.size-at))}
	if err := b.take(p.body, b.file.Call("slice", at, at+int64(len(p.body))).Call("arrayBuffer")); err != nil {
		return nil, err
	}
	if len(b.recent) == pieces {
		b.recent = append(b.recent[:0], b.recent[1:]...)
	}
	b.recent = append(b.recent, p)
	return p.body, nil
}

// ask asks for all of a file.
func (b *blob) ask() {
	if b.asked.IsUndefined() {
		b.asked = b.file.Call("arrayBuffer")
		b.asked.Call("catch", ignore) // it may never be read, and then its failure does not matter
	}
}

var ignore = js.FuncOf(func(js.Value, []js.Value) any { return nil })

// take fills p with what has been asked for. Meanwhile the worker hears messages.
func (b *blob) take(p []byte, asked js.Value) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	buffer, err := jsvalue.Await(asked)
	if err != nil {
		return err
	}
	if n := js.CopyBytesToGo(p, js.Global().Get("Uint8Array").New(buffer)); n < len(p) {
		return io.ErrUnexpectedEOF
	}
	return nil
}
