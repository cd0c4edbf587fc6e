// Package atomicfile writes files whole or not at all. It knows nothing of what is in them.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// Write makes a file of what write writes, so that its name always leads to a whole file, the old one or the new one, whatever
// happens on the way. Where it returns an error, the old one is still there, or it is not certain that the new one would outlive a
// failure of power. What a kill leaves behind, the file's name with .tmp after it, is overwritten the next time: two must not write one
// file at a time.
func Write(path string, write func(io.Writer) error) error {
	temporary := path + ".tmp"
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync() // before the rename, or a crash could leave the name on an empty file
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, errors.Join(err, os.Remove(temporary)))
	}
	return syncFolder(filepath.Dir(path))
}

// WriteBytes makes a file of b as Write does.
func WriteBytes(path string, b []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// syncFolder makes sure that a rename is on the disk, where the system has a way to.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
