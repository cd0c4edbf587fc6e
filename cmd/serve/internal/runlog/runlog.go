// Package runlog keeps a run's events in a folder: one file, only ever appended to. It knows nothing of what the
// events say.
package runlog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// File is the log's name in its folder.
const File = "events.jsonl"

// Log is an open log.
type Log struct{ f *os.File }

// Create starts a log in dir, which must be empty or not exist: one folder holds one run.
func Create(dir string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the run's folder: %w", err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the run's folder: %w", err)
	}
	_, err = d.Readdirnames(1)
	d.Close() // only read from
	switch {
	case err == nil:
		return nil, fmt.Errorf("%s is not empty: a run needs a folder of its own", dir)
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("cannot read the run's folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, File), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot start the run's log: %w", err)
	}
	return &Log{f}, nil
}

// Append adds one line, which must end in a newline, in a single write.
func (l *Log) Append(line []byte) error {
	_, err := l.f.Write(line)
	return err
}

// Close makes sure that the log is on the disk.
func (l *Log) Close() error { return errors.Join(l.f.Sync(), l.f.Close()) }
