package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"unpool/core/store"
)

// lock takes a run's folder for this process, until it is unlocked or the process ends, in whatever way. The file stays when the
// process is gone: the lock does not.
func lock(dir string) (*flock.Flock, error) {
	path := filepath.Join(dir, lockFile)
	// Somebody who only looks has the lock for a moment, and somebody who deletes the run takes the file along.
	for range 10 {
		l := flock.New(path)
		ok, err := l.TryLock()
		if err != nil {
			return nil, fmt.Errorf("cannot lock the run's folder: %w", err)
		}
		if ok && current(l, path) {
			return l, nil
		}
		l.Unlock() // not held, or of a file that is gone
		time.Sleep(5 * time.Millisecond)
	}
	return nil, fmt.Errorf("%s: %w", dir, store.ErrBusy)
}

// current reports whether a lock is of the file that has its name now.
func current(l *flock.Flock, path string) bool {
	held, err := l.Stat()
	there, missing := os.Stat(path)
	return err == nil && missing == nil && os.SameFile(held, there)
}

// busy reports whether a process has a run's folder. It makes no file.
func busy(dir string) bool {
	path := filepath.Join(dir, lockFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	l := flock.New(path)
	free, err := l.TryRLock() // shared, so that others may look too
	l.Unlock()
	return err == nil && !free
}
