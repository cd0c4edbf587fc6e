// Package folder keeps runs in a folder of the file system: each in a folder of its own, named by the run's ID, with the log as
// lines of JSON and each artifact as a file. A run survives being killed at any moment. It does not know how training works.
package folder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"unpool/core/atomicfile"
	"unpool/core/jsontext"
	"unpool/core/run"
	"unpool/core/store"
)

// The files in a run's folder that are no artifacts.
const (
	logFile   = store.LogFile
	labelFile = store.LabelFile
	lockFile  = ".lock"
)

// Store keeps runs in the folder Dir, which is made when the first run begins.
type Store struct{ Dir string }

var _ store.Store = Store{}

// Of returns the store and the ID of a run by its folder.
func Of(dir string) (Store, string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Store{}, "", err
	}
	s := Store{filepath.Dir(dir)}
	_, err = s.path(filepath.Base(dir))
	return s, filepath.Base(dir), err
}

// path is the folder of a run.
func (s Store) path(id string) (string, error) {
	if err := store.CheckName(id); err != nil {
		return "", fmt.Errorf("a run cannot be called %q: %w", id, err)
	}
	return filepath.Join(s.Dir, id), nil
}

// existing is the folder of a run that is there.
func (s Store) existing(id string) (string, error) {
	dir, err := s.path(id)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, logFile)); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s contains no run: %w", dir, store.ErrNotFound)
	} else if err != nil {
		return "", err
	}
	return dir, nil
}

// Create is store.Store's. The run's folder must not exist, be empty, or hold only what a run leaves that was killed before it
// began.
func (s Store) Create(_ context.Context, id string) (store.Writer, error) {
	dir, err := s.path(id)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot create the run's folder: %w", err)
	}
	if err := vacant(dir); err != nil { // before a lock could make a file in somebody's folder
		return nil, err
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	w := &writer{dir: dir, lock: held}
	if err = vacant(dir); err == nil { // still, for another process may have begun meanwhile
		w.log, err = os.OpenFile(filepath.Join(dir, logFile), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o644)
	}
	if err != nil {
		return nil, errors.Join(err, held.Unlock())
	}
	return w, nil
}

// vacant reports whether a run may begin in a folder.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("cannot read the run's folder: %w", err)
	}
	for _, e := range entries {
		switch e.Name() {
		case lockFile:
		case logFile:
			log, err := readLog(dir)
			if err != nil {
				return err
			}
			if len(log.records) > 0 {
				return fmt.Errorf("%s: %w", dir, store.ErrExists)
			}
		default:
			return fmt.Errorf("%s is not empty; a run needs a folder of its own: %w", dir, store.ErrExists)
		}
	}
	return nil
}

// Open is store.Store's. Every line of the log must be an event.
func (s Store) Open(_ context.Context, id string) (store.Writer, error) {
	dir, err := s.existing(id)
	if err != nil {
		return nil, err
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	log, err := readLog(dir)
	if err != nil {
		return nil, errors.Join(err, held.Unlock())
	}
	return &writer{dir: dir, lock: held, last: uint64(len(log.records)), torn: log.torn, size: log.size}, nil
}

// Read is store.Store's.
func (s Store) Read(_ context.Context, id string, from uint64) ([]run.Record, error) {
	dir, err := s.existing(id)
	if err != nil {
		return nil, err
	}
	log, err := readLog(dir)
	from = max(from, 1)
	if err != nil || from > uint64(len(log.records)) {
		return nil, err
	}
	return log.records[from-1:], nil
}

// Watch is store.Store's. It looks at the file five times a second: other processes may write it.
func (s Store) Watch(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error] {
	seen := int64(-1)
	read := func(from uint64) ([]run.Record, error) {
		dir, err := s.existing(id)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(filepath.Join(dir, logFile))
		if err != nil || info.Size() == seen {
			return nil, err
		}
		seen = info.Size()
		return s.Read(ctx, id, from)
	}
	return store.Follow(from, read, func() bool {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(200 * time.Millisecond):
			return true
		}
	})
}

// List is store.Store's.
func (s Store) List(ctx context.Context) (all []run.Summary, err error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		dir, err := s.existing(e.Name())
		if err != nil {
			continue // no run's
		}
		sum, err := summary(dir, e.Name())
		if err != nil {
			sum = run.Summary{ID: e.Name(), Phase: run.Unreadable, Error: err.Error()}
		}
		if err != nil || sum.Last > 0 {
			all = append(all, sum)
		}
	}
	run.Newest(all)
	return all, nil
}

func summary(dir, id string) (run.Summary, error) {
	log, err := readLog(dir)
	if err != nil || len(log.records) == 0 {
		return run.Summary{}, err
	}
	sum := run.Replay(log.records).Summary()
	sum.ID, sum.Last, sum.Bytes = id, uint64(len(log.records)), log.size
	files, err := artifacts(dir)
	if err != nil {
		return sum, err
	}
	for _, a := range files {
		sum.Bytes += a.Size
	}
	label, err := os.ReadFile(filepath.Join(dir, labelFile))
	if err == nil {
		err = jsontext.Explain(label, json.Unmarshal(label, &sum.Label))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return sum, fmt.Errorf("%s: %w", filepath.Join(dir, labelFile), err)
	}
	if !sum.Phase.Over() {
		sum.Held(busy(dir))
	}
	return sum, nil
}

// Artifacts is store.Store's.
func (s Store) Artifacts(_ context.Context, id string) ([]store.Artifact, error) {
	dir, err := s.existing(id)
	if err != nil {
		return nil, err
	}
	return artifacts(dir)
}

func artifacts(dir string) (all []store.Artifact, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := e.Name()
		if own(name) != nil || e.IsDir() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) { // removed since
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, store.Artifact{Name: name, Size: info.Size()})
	}
	return all, nil
}

// own refuses names that no artifact may have.
func own(name string) error {
	if name == logFile || name == labelFile {
		return fmt.Errorf("an artifact cannot be called %q: it is the run's own file", name)
	}
	if half(name) {
		return fmt.Errorf("an artifact cannot be called %q: such files are removed", name)
	}
	return store.CheckName(name)
}

// half reports whether a file is what a kill has left of one.
func half(name string) bool { return strings.HasSuffix(name, atomicfile.Extension) }

// Get is store.Store's.
func (s Store) Get(_ context.Context, id, name string) (io.ReadCloser, error) {
	dir, err := s.existing(id)
	if err != nil {
		return nil, err
	}
	if err := own(name); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, name), store.ErrNotFound)
	}
	return f, err
}

// labels is held while a label is written: two writers of one file would have one temporary file.
var labels sync.Mutex

// Label is store.Store's.
func (s Store) Label(_ context.Context, id string, l run.Label) error {
	dir, err := s.existing(id)
	if err != nil {
		return err
	}
	if err := l.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	labels.Lock()
	defer labels.Unlock()
	return atomicfile.WriteBytes(filepath.Join(dir, labelFile), append(text, '\n'))
}

// Delete is store.Store's.
func (s Store) Delete(_ context.Context, id string) error {
	dir, err := s.existing(id)
	if err != nil {
		return err
	}
	held, err := lock(dir)
	if err != nil {
		return err
	}
	// The log last: a kill in between leaves a run that can be deleted.
	entries, err := os.ReadDir(dir)
	errs := []error{err}
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && (own(name) == nil || half(name)) {
			errs = append(errs, os.Remove(filepath.Join(dir, name)))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return errors.Join(err, held.Unlock())
	}
	errs = []error{os.Remove(filepath.Join(dir, logFile))}
	if err := os.Remove(filepath.Join(dir, labelFile)); !errors.Is(err, fs.ErrNotExist) {
		errs = append(errs, err)
	}
	// The lock's file goes while it is held, so that whoever gets the lock next sees that it is not this run's any more. Not every
	// system removes a file that is in use: there it stays.
	os.Remove(filepath.Join(dir, lockFile))
	errs = append(errs, held.Unlock())
	os.Remove(dir) // stays if it holds something that is not ours
	return errors.Join(errs...)
}
