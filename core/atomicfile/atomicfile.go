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

// Extension is that of what a kill may leave behind beside the file, which nobody needs.
const Extension = ".tmp"

// Write makes a file from what write writes, so that its name always refers to a whole file, the old one or the new one, whatever
// happens on the way and whoever else writes it. Where it returns an error, the old one is still there, or it is not certain that the
// new one would survive a power failure.
func Write(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*"+Extension)
	if err != nil {
		return err
	}
	temporary := f.Name()
	err = errors.Join(f.Chmod(0o644), write(f))
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
