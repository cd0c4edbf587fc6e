//go:build js && wasm

package main

import (
	"context"
	"io"
	"strings"
	"syscall/js"
	"time"

	"unpool/core/data"
	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/core/train"
)

// choose reads the files that the user chose to train on: an array of Files, their paths joined by NUL, which no path
// holds, what the user calls them, and the page's number for the choice. They take the place of those chosen before, even if they cannot be used.
func (t *trainer) choose(ctx context.Context, chosen js.Value) {
	t.own = nil // first, so that there is room
	name := chosen.Get("name").String()
	say := event.Data{From: name, Choice: chosen.Get("choice").Int(), State: event.DataReading}
	post(&say)
	told := time.Now()
	sets, err := data.OpenFiles(name, openBlobs(ctx, chosen), func(done, total int64, unit string) error {
		if time.Since(told) > 100*time.Millisecond {
			told = time.Now()
			say.Done, say.Total, say.Unit = done, total, unit
			post(&say)
		}
		return ctx.Err()
	})
	if err == nil {
		err = train.Fits(sets[0])
	}
	say.Done, say.Total, say.Unit = 0, 0, ""
	switch {
	case ctx.Err() != nil:
		say.State = event.DataStopped
	case err != nil:
		say.State, say.Error = event.DataFailed, err.Error()
		say.Hint = "Choose a zip or a folder with the folders train and test, each with a folder of PNG or JPEG pictures for each class, or the files of CIFAR-10 or MNIST."
	default:
		t.own = sets
		say.State = event.DataReady
		say.Classes, say.Train, say.Test = sets[0].Classes, sets[0].Train.Len(), sets[0].Test.Len()
		for _, d := range sets {
			say.Sets = append(say.Sets, d.Name)
		}
	}
	post(&say)
}

// folder is the name of the data set in the user's files, if they are none of those that have a name everywhere.
func (t *trainer) folder() recipe.Dataset {
	if len(t.own) == 0 {
		return recipe.Folder("no files")
	}
	return t.own[0].Name
}

// blobs reads Files piece by piece and keeps the latest pieces: an archive is read in many small steps, and each step
// into the browser is slow.
type blobs struct {
	ctx    context.Context
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
)

// blob is one File.
type blob struct {
	*blobs
	file js.Value
	size int64
}

// openBlobs makes files of a message from the page.
func openBlobs(ctx context.Context, chosen js.Value) []data.File {
	list := chosen.Get("files")
	all := &blobs{ctx: ctx}
	files := make([]data.File, list.Length())
	paths := strings.Split(chosen.Get("paths").String(), "\x00")
	for i := range files {
		b := &blob{all, list.Index(i), int64(list.Index(i).Get("size").Float())}
		files[i] = data.File{Path: paths[i], Size: b.size, ReaderAt: b}
	}
	return files
}

// ReadAt is io.ReaderAt's.
func (b *blob) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 && int64(len(p)) == b.size { // a whole file is read once
		return len(p), b.read(p, 0)
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
	if err := b.read(p.body, at); err != nil {
		return nil, err
	}
	if len(b.recent) == pieces {
		b.recent = append(b.recent[:0], b.recent[1:]...)
	}
	b.recent = append(b.recent, p)
	return p.body, nil
}

// read fills p from the browser. Meanwhile the worker hears messages.
func (b *blob) read(p []byte, at int64) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	buffer, err := await(b.file.Call("slice", at, at+int64(len(p))).Call("arrayBuffer"))
	if err != nil {
		return err
	}
	if n := js.CopyBytesToGo(p, js.Global().Get("Uint8Array").New(buffer)); n < len(p) {
		return io.ErrUnexpectedEOF
	}
	return nil
}
