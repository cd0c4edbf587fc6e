//go:build js

package indexeddb

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"sync"
	"syscall/js"

	"unpool/core/jsvalue"
	"unpool/core/run"
	"unpool/core/store"
)

// The tables of the database. A run's row has its summary as JSON, which is all that a list of runs needs.
const (
	runs      = "runs"      // id -> {id, summary, label, last, bytes}
	events    = "events"    // [id, number] -> a line of the log
	artifacts = "artifacts" // [id, name] -> {name, size, bytes}, a Blob or an ArrayBuffer, or {name, size, file}
)

// Store keeps runs in a database.
type Store struct {
	db    js.Value
	files js.Value // folder of the origin's private file system; undefined where there is none
	name  string

	lock   js.Value // LockManager; undefined where the origin is not secure
	leases js.Value // the database of those that there are then

	mu     sync.Mutex
	listed map[string]listed // by the run's ID
}

// listed is a summary as a run's row has it. Most are the same the next time, and to read a thousand takes a browser a quarter of
// a second.
type listed struct {
	text string
	sum  run.Summary
}

var _ store.Changing = (*Store)(nil)

// Open opens the database of a name, and the folder of the private file system that has its artifacts, which are made if they are not there: no
// two databases may have one folder. In a private window, or where the user forbids storage, a
// browser may refuse. Runs written by other tabs are seen too.
func Open(name, folder string) (*Store, error) {
	navigator := js.Global().Get("navigator")
	s := &Store{name: name, lock: navigator.Get("locks")}
	var err error
	if s.db, err = database(name, runs, events, artifacts); err == nil && !s.lock.Truthy() {
		s.leases, err = database(name+" in hand", leases)
	}
	if err != nil {
		return nil, fmt.Errorf("this browser cannot store runs here: %w", err)
	}
	s.files = privateFiles(navigator, folder)
	return s, nil
}

// privateFiles is the folder of the origin's private file system that holds runs, where there is one in which files can be replaced
// as a whole.
func privateFiles(navigator js.Value, name string) js.Value {
	handle := js.Global().Get("FileSystemFileHandle")
	if !handle.Truthy() || !handle.Get("prototype").Get("createWritable").Truthy() {
		return js.Undefined()
	}
	var folder js.Value
	err := jsvalue.Try(func() error {
		root, err := jsvalue.Await(navigator.Get("storage").Call("getDirectory"))
		if err == nil {
			folder, err = subfolder(root, name, true)
		}
		return err
	})
	if err != nil {
		return js.Undefined()
	}
	return folder
}

func subfolder(of js.Value, name string, create bool) (js.Value, error) {
	return jsvalue.Await(of.Call("getDirectoryHandle", name, map[string]any{"create": create}))
}

// Create is store.Store's.
func (s *Store) Create(ctx context.Context, id string) (store.Writer, error) {
	if err := store.CheckName(id); err != nil {
		return nil, err
	}
	release, err := s.take(id)
	if err != nil {
		return nil, err
	}
	w := &writer{s: s, id: id, release: release, view: &run.View{}}
	err = transact(s.db, "readonly", func(t *transaction) error {
		t.on(t.table(runs).Call("get", id), func(row js.Value) {
			if row.Truthy() {
				t.fail(fmt.Errorf("%s: %w", id, store.ErrExists))
			}
		})
		return nil
	}, runs)
	if err == nil { // of a run that never began there may be something
		err = transact(s.db, "readwrite", func(t *transaction) error { t.clear(id); return nil }, events, artifacts)
		s.removeFolder(id)
	}
	if err != nil {
		release()
		return nil, err
	}
	return w, nil
}

func (t *transaction) table(name string) js.Value { return t.Call("objectStore", name) }

// all is the range of a run's keys.
func all(id string) js.Value {
	return js.Global().Get("IDBKeyRange").Call("bound", []any{id}, []any{id, []any{}}) // arrays sort after numbers and strings
}

// find gives f the row of a run, or fails the transaction.
func (t *transaction) find(id string, f func(row js.Value)) {
	t.on(t.table(runs).Call("get", id), func(row js.Value) {
		if !row.Truthy() {
			t.fail(fmt.Errorf("run %s: %w", id, store.ErrNotFound))
			return
		}
		f(row)
	})
}

// Open is store.Store's.
func (s *Store) Open(ctx context.Context, id string) (store.Writer, error) {
	release, err := s.take(id)
	if err != nil {
		return nil, err
	}
	log, err := s.Read(ctx, id, 1)
	if err != nil {
		release()
		return nil, err
	}
	w := &writer{s: s, id: id, release: release, view: run.Replay(log), last: uint64(len(log))}
	for _, r := range log {
		line, err := r.Marshal()
		if err != nil {
			release()
			return nil, err
		}
		w.bytes += int64(len(line)) + 1
	}
	return w, nil
}

// Read is store.Store's.
func (s *Store) Read(_ context.Context, id string, from uint64) ([]run.Record, error) {
	var lines js.Value
	err := transact(s.db, "readonly", func(t *transaction) error {
		t.find(id, func(js.Value) {
			keys := js.Global().Get("IDBKeyRange").Call("bound", []any{id, float64(from)}, []any{id, math.MaxFloat64})
			t.on(t.table(events).Call("getAll", keys), func(result js.Value) { lines = result })
		})
		return nil
	}, runs, events)
	if err != nil {
		return nil, err
	}
	log := make([]run.Record, lines.Length())
	for i := range log {
		r, err := run.UnmarshalRecord([]byte(lines.Index(i).String()))
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", id, err)
		}
		log[i] = r
	}
	return log, nil
}

// Watch is store.Store's.
func (s *Store) Watch(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error] {
	return func(yield func(run.Record, error) bool) {
		changed, stop := s.listen(id)
		defer stop()
		store.Follow(from, func(from uint64) ([]run.Record, error) { return s.Read(ctx, id, from) }, func() bool {
			select {
			case <-ctx.Done():
				return false
			case <-changed:
				return true
			}
		})(yield)
	}
}

// List is store.Store's.
func (s *Store) List(context.Context) ([]run.Summary, error) {
	var rows js.Value
	err := transact(s.db, "readonly", func(t *transaction) error {
		t.on(t.table(runs).Call("getAll"), func(result js.Value) { rows = result })
		return nil
	}, runs)
	if err != nil {
		return nil, err
	}
	held, err := s.held()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.listed
	s.listed = make(map[string]listed, rows.Length())
	list := make([]run.Summary, rows.Length())
	for i := range list {
		row, sum := rows.Index(i), &list[i]
		id := row.Get("id").String()
		text := row.Get("summary").String()
		one, ok := before[id]
		if !ok || one.text != text {
			one = listed{text: text}
			if err := json.Unmarshal([]byte(text), &one.sum); err != nil {
				one.sum = run.Summary{Phase: run.Unreadable, Error: "its summary: " + err.Error()}
			}
		}
		s.listed[id] = one
		*sum = one.sum
		sum.ID = id
		sum.Last, sum.Bytes = uint64(row.Get("last").Float()), int64(row.Get("bytes").Float())+int64(row.Get("beside").Float())
		if err := json.Unmarshal([]byte(row.Get("label").String()), &sum.Label); err != nil {
			sum.Phase, sum.Error = run.Unreadable, "its label: "+err.Error()
		}
		sum.Held(slices.Contains(held, id))
	}
	run.Newest(list)
	return list, nil
}

// Changes is store.Changing's.
func (s *Store) Changes(ctx context.Context) <-chan struct{} {
	changed, stop := s.listen("")
	context.AfterFunc(ctx, stop)
	return changed
}

// Artifacts is store.Store's.
func (s *Store) Artifacts(_ context.Context, id string) (list []store.Artifact, err error) {
	err = transact(s.db, "readonly", func(t *transaction) error {
		t.find(id, func(js.Value) {
			t.on(t.table(artifacts).Call("getAll", all(id)), func(rows js.Value) {
				for i := range rows.Length() {
					row := rows.Index(i)
					list = append(list, store.Artifact{Name: row.Get("name").String(), Size: int64(row.Get("size").Float())})
				}
			})
		})
		return nil
	}, runs, artifacts)
	return list, err // in order of name, as the database has its keys
}

// Get is store.Store's.
func (s *Store) Get(_ context.Context, id, name string) (io.ReadCloser, error) {
	if err := store.CheckName(name); err != nil {
		return nil, err
	}
	var row js.Value
	err := transact(s.db, "readonly", func(t *transaction) error {
		t.find(id, func(js.Value) {
			t.on(t.table(artifacts).Call("get", []any{id, name}), func(result js.Value) { row = result })
		})
		return nil
	}, runs, artifacts)
	if err == nil && !row.Truthy() {
		err = fmt.Errorf("%s of run %s: %w", name, id, store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	b, err := s.content(id, row)
	if err != nil {
		return nil, fmt.Errorf("%s of run %s cannot be read: %w", name, id, err)
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// Label is store.Store's.
func (s *Store) Label(_ context.Context, id string, l run.Label) error {
	if err := l.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	err = transact(s.db, "readwrite", func(t *transaction) error {
		t.find(id, func(row js.Value) {
			row.Set("label", string(text))
			t.table(runs).Call("put", row, id)
		})
		return nil
	}, runs)
	if err == nil {
		s.tell(id)
	}
	return err
}

// Delete is store.Store's.
func (s *Store) Delete(_ context.Context, id string) error {
	release, err := s.take(id)
	if err != nil {
		return err
	}
	defer release()
	err = transact(s.db, "readwrite", func(t *transaction) error {
		t.find(id, func(js.Value) {
			t.table(runs).Call("delete", id)
			t.clear(id)
		})
		return nil
	}, runs, events, artifacts)
	if err != nil {
		return err
	}
	s.removeFolder(id)
	s.tell(id)
	return nil
}

// clear removes all of a run but its row.
func (t *transaction) clear(id string) {
	t.table(events).Call("delete", all(id))
	t.table(artifacts).Call("delete", all(id))
}
