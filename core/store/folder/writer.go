package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"unpool/core/atomicfile"
	"unpool/core/run"
	"unpool/core/store"
)

// writer is a run's folder that this process holds.
type writer struct {
	dir  string
	lock *flock.Flock
	log  *os.File // nil until the first record is appended to a run that was there
	last uint64
	torn bool  // a line that a kill cut short follows the last whole one
	size int64 // of the whole lines, as this writer left them
}

// Last is store.Writer's.
func (w *writer) Last() uint64 { return w.last }

// Append is store.Writer's, in a single write.
func (w *writer) Append(records ...run.Record) error {
	lines, err := store.Lines(filepath.Base(w.dir), w.last, records)
	if err != nil {
		return err
	}
	if err := w.open(); err != nil {
		return err
	}
	if err := w.mine(); err != nil {
		return err
	}
	text := bytes.Join(lines, nil)
	if _, err := w.log.Write(text); err != nil {
		// Half a line must not have the next one after it.
		return errors.Join(err, w.log.Truncate(w.size))
	}
	w.last, w.size = w.last+uint64(len(lines)), w.size+int64(len(text))
	return nil
}

// open opens the log to append to it, and removes what a kill left of a line and of artifacts. Until then nothing in the folder is changed.
func (w *writer) open() error {
	if w.log != nil {
		return nil
	}
	if w.lock == nil {
		return fmt.Errorf("%s: %w", w.dir, store.ErrConflict)
	}
	f, err := os.OpenFile(filepath.Join(w.dir, logFile), os.O_WRONLY|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", w.dir, store.ErrConflict)
	}
	if err != nil {
		return err
	}
	if w.torn {
		if err := f.Truncate(w.size); err != nil {
			return errors.Join(err, f.Close())
		}
		w.torn = false
	}
	if err := w.sweep(); err != nil {
		return errors.Join(err, f.Close())
	}
	w.log = f
	return nil
}

// sweep removes halves of artifacts. A label may be written at this very moment, by someone who does not hold the run.
func (w *writer) sweep() error {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if half(e.Name()) && !strings.HasPrefix(e.Name(), labelFile) {
			if err := os.Remove(filepath.Join(w.dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// mine notices a log that was deleted, replaced or changed behind the writer's back. A lock keeps other programs of ours away; a
// file manager does not ask for it.
func (w *writer) mine() error {
	there, err := os.Stat(filepath.Join(w.dir, logFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		ours, err := w.log.Stat()
		if err != nil {
			return err
		}
		if os.SameFile(there, ours) && ours.Size() == w.size {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", filepath.Join(w.dir, logFile), store.ErrConflict)
}

// Put is store.Writer's.
func (w *writer) Put(name string, write func(io.Writer) error) error {
	if err := own(name); err != nil {
		return err
	}
	if w.lock == nil {
		return fmt.Errorf("%s: %w", w.dir, store.ErrConflict)
	}
	if err := w.sync(); err != nil { // or the artifact could know of events that a crash has taken
		return err
	}
	return atomicfile.Write(filepath.Join(w.dir, name), write)
}

// Copy is store.Writer's.
func (w *writer) Copy(from, to string) error {
	if err := own(from); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(w.dir, from))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", filepath.Join(w.dir, from), store.ErrNotFound)
	}
	if err != nil {
		return err
	}
	defer f.Close() // only read from
	return w.Put(to, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
}

// sync brings the log to the disk.
func (w *writer) sync() error {
	if w.log == nil {
		return nil
	}
	if err := w.mine(); err != nil {
		return err
	}
	return w.log.Sync()
}

// Remove is store.Writer's.
func (w *writer) Remove(name string) error {
	if err := own(name); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(w.dir, name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Close is store.Writer's. It makes sure that the log is on the disk.
func (w *writer) Close() error {
	var err error
	if w.log != nil {
		err = errors.Join(w.log.Sync(), w.log.Close())
		w.log = nil
	}
	if w.lock != nil {
		err = errors.Join(err, w.lock.Unlock())
		w.lock = nil
	}
	return err
}
