package jetstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// The files in a store's folder that are not the NATS server's.
const (
	lockFile   = "lock"
	holderFile = "holder.json" // there while a process holds the store, and when it was killed
)

// Holder is the process that holds a store.
type Holder struct {
	PID     int    `json:"pid"`
	Address string `json:"address,omitempty"` // at which it is asked for what the store has; "" for none
}

// HeldError is Open's where another process holds the store.
type HeldError struct {
	Dir    string
	Holder Holder // zero if it does not say
}

func (e *HeldError) Error() string {
	who := "another process"
	if e.Holder.PID != 0 {
		who = fmt.Sprintf("process %d", e.Holder.PID)
	}
	if e.Holder.Address != "" {
		return fmt.Sprintf("the store %s is in use by %s, which answers at %s; stop that, or choose another folder", e.Dir, who, e.Holder.Address)
	}
	return fmt.Sprintf("the store %s is in use by %s; wait for that to end, or choose another folder", e.Dir, who)
}

// hold is a store's folder that this process has, until it is released or the process ends, in whatever way.
type hold struct {
	dir    string
	lock   *flock.Flock
	killed bool // the process that had it before did not release it
}

// holdStore takes a store's folder: a *HeldError where another process has it.
func holdStore(dir string) (*hold, error) {
	l := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot lock the store: %w", err)
	}
	if !ok {
		return nil, &HeldError{Dir: dir, Holder: holder(dir)}
	}
	h := &hold{dir: dir, lock: l}
	_, err = os.Stat(h.path())
	h.killed = err == nil
	if h.killed {
		// What it says is of a process that has ended. The file stays, since what that process left is not swept yet.
		if err := os.Truncate(h.path(), 0); err != nil {
			return nil, errors.Join(fmt.Errorf("cannot write into the store: %w", err), l.Unlock())
		}
	}
	// On a full disk nobody is told who holds the store, and what it has can be read.
	if err := h.write(Holder{PID: os.Getpid()}); err != nil && !errors.Is(err, syscall.ENOSPC) {
		return nil, errors.Join(err, l.Unlock())
	}
	return h, nil
}

func (h *hold) path() string { return filepath.Join(h.dir, holderFile) }

// write says who holds the store, to nobody but the user.
func (h *hold) write(who Holder) error {
	text, err := json.Marshal(who)
	if err != nil {
		return err
	}
	half := h.path() + ".tmp"
	if err := os.WriteFile(half, text, 0o600); err != nil {
		os.Remove(half) // it is of no use; where it stays, the next one replaces it
		return fmt.Errorf("cannot write into the store: %w", err)
	}
	return os.Rename(half, h.path())
}

// release leaves the store to others.
func (h *hold) release() error {
	err := os.Remove(h.path())
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // it could not be written
	}
	return errors.Join(err, h.lock.Unlock())
}

// holder reads who holds a store. Who has just taken it may not have written that yet.
func holder(dir string) (h Holder) {
	for range 10 {
		text, err := os.ReadFile(filepath.Join(dir, holderFile))
		if err == nil && json.Unmarshal(text, &h) == nil {
			return h
		}
		time.Sleep(5 * time.Millisecond)
	}
	return Holder{}
}
