package runlog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// replace writes a file of dir so that its name always leads to a whole file, the old one or the new one, whatever
// happens on the way. What a kill leaves behind is overwritten the next time.
func replace(dir, name string, write func(io.Writer) error) (err error) {
	temporary := filepath.Join(dir, name+".tmp")
	f, err := os.Create(temporary)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot write %s: %w", filepath.Join(dir, name), errors.Join(err, os.Remove(temporary)))
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Sync() // before the rename, or a crash could leave the name on an empty file
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(temporary, filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes sure that a rename is on the disk, where the system has a way to.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
