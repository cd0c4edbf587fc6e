//go:build js

package indexeddb

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall/js"

	"unpool/core/jsvalue"
	"unpool/core/run"
	"unpool/core/store"
)

// writer is a run that this program holds.
type writer struct {
	s       *Store
	id      string
	release func()
	view    *run.View // of the log, for the run's row
	last    uint64
	bytes   int64   // of the log
	beside  float64 // bytes of artifacts of a run whose log has not begun
	closed  bool
}

// Last is store.Writer's.
func (w *writer) Last() uint64 { return w.last }

// Append is store.Writer's: the lines and the run's row in one transaction.
func (w *writer) Append(records ...run.Record) error {
	if w.closed {
		return fmt.Errorf("run %s: %w", w.id, store.ErrConflict)
	}
	lines, err := store.Lines(w.id, w.last, records)
	if err != nil {
		return err
	}
	view, size := *w.view, w.bytes
	for i, r := range records {
		view.Apply(r)
		size += int64(len(lines[i]))
	}
	summary, err := json.Marshal(view.Summary())
	if err != nil {
		return err
	}
	last := w.last + uint64(len(lines))
	err = transact(w.s.db, "readwrite", func(t *transaction) error {
		t.row(w, func(row js.Value) {
			row.Set("summary", string(summary))
			row.Set("last", float64(last))
			row.Set("bytes", float64(size))
			t.table(runs).Call("put", row, w.id)
			for i, line := range lines {
				t.table(events).Call("add", string(line[:len(line)-1]), []any{w.id, float64(records[i].Seq)})
			}
		})
		return nil
	}, runs, events)
	if err != nil {
		return err
	}
	w.view, w.last, w.bytes = &view, last, size
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
			row = js.ValueOf(map[string]any{"id": w.id, "summary": "{}", "label": "{}", "last": 0, "bytes": 0, "beside": w.beside})
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
	p := jsvalue.NewParts()
	if err := write(p); err != nil {
		return err
	}
	blob := js.Global().Get("Blob").New(p.List)
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
	err := w.replace(name, row)
	if err == nil {
		return nil
	}
	w.s.removeUnnamed(w.id, row)
	if row.Get("file").Truthy() || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrConflict) {
		return err
	}
	// WebKit stores no Blob in a private window.
	buffer, failed := jsvalue.Await(blob.Call("arrayBuffer"))
	if failed != nil {
		return err
	}
	row.Set("bytes", buffer)
	return w.replace(name, row)
}

// Copy is store.Writer's. The two artifacts have one file until either is replaced.
func (w *writer) Copy(from, to string) error {
	if err := store.CheckName(to); err != nil {
		return err
	}
	if w.closed {
		return fmt.Errorf("run %s: %w", w.id, store.ErrConflict)
	}
	var row js.Value
	err := transact(w.s.db, "readonly", func(t *transaction) error {
		t.on(t.table(artifacts).Call("get", []any{w.id, from}), func(result js.Value) { row = result })
		return nil
	}, artifacts)
	if err == nil && !row.Truthy() {
		err = fmt.Errorf("%s of run %s: %w", from, w.id, store.ErrNotFound)
	}
	if err != nil {
		return err
	}
	row.Set("name", to)
	return w.replace(to, row)
}

// Remove is store.Writer's.
func (w *writer) Remove(name string) error {
	if w.closed {
		return fmt.Errorf("run %s: %w", w.id, store.ErrConflict)
	}
	return w.replace(name, js.Undefined())
}

// replace puts an artifact's row in place of the one before, or removes that, and keeps count in the run's row. Of a file that no row
// names any more nothing is left.
func (w *writer) replace(name string, with js.Value) error {
	was, named := js.Undefined(), false
	err := transact(w.s.db, "readwrite", func(t *transaction) error {
		key := []any{w.id, name}
		t.row(w, func(row js.Value) {
			t.on(t.table(artifacts).Call("getAll", all(w.id)), func(rows js.Value) {
				size := 0.0
				for i := range rows.Length() {
					if r := rows.Index(i); r.Get("name").String() == name {
						was = r
					} else {
						size += r.Get("size").Float()
					}
				}
				for i := range rows.Length() {
					r := rows.Index(i)
					named = named || was.Truthy() && r.Get("name").String() != name && sameFile(r, was)
				}
				if with.Truthy() {
					size += with.Get("size").Float()
					named = named || was.Truthy() && sameFile(with, was)
					t.table(artifacts).Call("put", with, key)
				} else {
					t.table(artifacts).Call("delete", key)
				}
				row.Set("beside", size)
				w.beside = size
				if w.last > 0 { // a run without events has no row
					t.table(runs).Call("put", row, w.id)
				}
			})
		})
		return nil
	}, runs, artifacts)
	if err == nil && !named {
		w.s.removeUnnamed(w.id, was)
	}
	return err
}

// sameFile reports whether two artifacts have one file.
func sameFile(a, b js.Value) bool {
	return a.Get("file").Truthy() && a.Get("file").Equal(b.Get("file"))
}

// Close is store.Writer's.
func (w *writer) Close() error {
	w.closed = true
	w.release()
	return nil
}
