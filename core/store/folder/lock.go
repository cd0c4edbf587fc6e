package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"unpool/core/store"
)

// lock takes a run's folder for this process, until it is unlocked or the process ends, in whatever way. The file stays when the
// process is gone: the lock does not.
func lock(dir string) (*flock.Flock, error) {
	l := flock.New(filepath.Join(dir, lockFile))
	ok, err := l.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot lock the run's folder: %w", err)
	case !ok:
		return nil, fmt.Errorf("%s: %w", dir, store.ErrBusy)
	}
	return l, nil
}

// busy reports whether a process has a run's folder. It makes no file.
func busy(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, lockFile)); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	l, err := lock(dir)
	if err == nil {
		l.Unlock() // it was free, and is again
	}
	return errors.Is(err, store.ErrBusy)
}
