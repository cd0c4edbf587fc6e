package runlog

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/gofrs/flock"
)

// lockFile is held by the process that writes in the folder. It stays when the process is gone: the lock does not.
const lockFile = ".lock"

// ErrBusy says that another process writes in a run's folder.
var ErrBusy = errors.New("another process trains in it; wait for that to end, or stop it")

// lock takes the run's folder for this process, until it is unlocked or the process ends, in whatever way.
func lock(dir string) (*flock.Flock, error) {
	l := flock.New(filepath.Join(dir, lockFile))
	ok, err := l.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot lock the run's folder: %w", err)
	case !ok:
		return nil, fmt.Errorf("%s: %w", dir, ErrBusy)
	}
	return l, nil
}
