//go:build js

package indexeddb

import (
	"encoding/json"
	"fmt"
	"io"
	"syscall/js"

	"unpool/core/run"
	"unpool/core/store"
)

// writer is a run that this program has in hand.
type writer struct {
	s       *Store
	id      string
	release func()
	view    *run.View // of the log, for the run's row
	last    uint64
	bytes   int64 // of the log
	closed  bool
}

// Last is store.Writer's.
func (w *writer) Last() uint64 { return w.last }

// Append is store.Writer's: the line and the run's row in one transaction.
func (w *writer) Append(r run.Record) error {
	if w.closed || r.Seq != w.last+1 {
		return fmt.Errorf("run %s: event %d after %d: %w", w.id, r.Seq, w.last, store.ErrConflict)
	}
	line, err := r.Marshal()
	if err != nil {
		return err
	}
	view := *w.view
	view.Apply(r)
	summary, err := json.Marshal(view.Summary())
	if err != nil {
		return err
	}
	size := w.bytes + int64(len(line)) + 1
	err = transact(w.s.db, "readwrite", func(t *transaction) error {
		t.row(w, func(row js.Value) {
			row.Set("summary", string(summary))
			row.Set("last", float64(r.Seq))
			row.Set("bytes", float64(size))
			t.table(runs).Call("put", row, w.id)
			t.table(events).Call("add", string(line), []any{w.id, float64(r.Seq)})
		})
		return nil
	}, runs, events)
	if err != nil {
		return err
	}
	w.view, w.last, w.bytes = &view, r.Seq, size
	w.s.tell(w.id)
	return nil
}

// row gives f the run's row as this writer left it, a new one before the first event.
func (t *transaction) row(w *writer, f func(row js.Value)) {
	t.on(t.table(runs).Call("get", w.id), func(row js.Value) {
		last := uint64(0)
		if row.Truthy() {
			last = uint64(row.Get("last").Float())
		} else {
			row = js.ValueOf(map[string]any{"id": w.id, "summary": "{}", "label": "{}", "last": 0, "bytes": 0, "beside": 0})
		}
		if last != w.last {
			t.fail(fmt.Errorf("run %s: %w", w.id, store.ErrConflict))
			return
		}
		f(row)
	})
}

// Put is store.Writer's. A file of the private file system gets a new name each time: the row in the database says which holds.
func (w *writer) Put(name string, write func(io.Writer) error) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	if w.closed {
		return fmt.Errorf("run %s: %w", w.id, store.ErrConflict)
	}
	p := parts{js.Global().Get("Array").New()}
	if err := write(p); err != nil {
		return err
	}
	blob := js.Global().Get("Blob").New(p.list)
	row := js.ValueOf(map[string]any{"name": name, "size": blob.Get("size")})
	if w.s.files.Truthy() {
		file, err := w.s.writeFile(w.id, blob)
		if err != nil {
			return fmt.Errorf("%s of run %s cannot be written: %w", name, w.id, err)
		}
		row.Set("file", file)
	} else {
		row.Set("bytes", blob)
	}
	return w.replace(name, row)
}

// Remove is store.Writer's.
func (w *writer) Remove(name string) error {
	if w.closed {
		return fmt.Errorf("run %s: %w", w.id, store.ErrConflict)
	}
	return w.replace(name, js.Undefined())
}

// replace puts an artifact's row in place of the one before, or removes that, and keeps count in the run's row.
func (w *writer) replace(name string, with js.Value) error {
	old := js.Undefined()
	err := transact(w.s.db, "readwrite", func(t *transaction) error {
		key := []any{w.id, name}
		t.row(w, func(row js.Value) {
			t.on(t.table(artifacts).Call("get", key), func(was js.Value) {
				old = was
				size := row.Get("beside").Float()
				if was.Truthy() {
					size -= was.Get("size").Float()
				}
				if with.Truthy() {
					size += with.Get("size").Float()
					t.table(artifacts).Call("put", with, key)
				} else {
					t.table(artifacts).Call("delete", key)
				}
				row.Set("beside", size)
				if w.last > 0 { // a run without events has no row
					t.table(runs).Call("put", row, w.id)
				}
			})
		})
		return nil
	}, runs, artifacts)
	for _, row := range []js.Value{old, with} {
		if row.Truthy() && row.Get("file").Truthy() && (err == nil) == row.Equal(old) {
			w.s.removeFile(w.id, row.Get("file").String())
		}
	}
	return err
}

// Close is store.Writer's.
func (w *writer) Close() error {
	w.closed = true
	w.release()
	return nil
}
