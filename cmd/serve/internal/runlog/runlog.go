// Package runlog keeps a run in a folder: its events, one line each, and its last and its best checkpoint. It survives
// being killed at any moment: a run is resumed from the last checkpoint, and what was logged after that
// is superseded. It does not know how training works.
package runlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"unpool/core/checkpoint"
	"unpool/core/event"
)

// The files in a run's folder.
const (
	File = "events.jsonl"
	Last = "last.safetensors" // the state to resume from
	Best = "best.safetensors" // the state of the best evaluation, see checkpoint.Better
)

// Log is a run's folder, open for writing.
type Log struct {
	dir    string
	f      *os.File // nil until a resumed run has said its Start
	events int      // written
	kept   []byte   // the lines after the Start that a resumed run does not repeat
}

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
	return &Log{dir: dir, f: f}, nil
}

// Resume opens the run in dir to continue it, whether it ended, was stopped or was killed. It returns the Start of its log,
// and the checkpoint to resume from: nil if the run did not come to its first. The checkpoint says what computed it, as the log
// does where it is older than that. Nothing is changed before the first Append, which must be the Start of the run that
// continues. It replaces the earlier Start, and the events that the checkpoint does not know of are lost, so the log reads as
// that of one run without a break.
func Resume(dir string) (*Log, *event.Start, *checkpoint.Checkpoint, error) {
	fail := func(err error) (*Log, *event.Start, *checkpoint.Checkpoint, error) {
		return nil, nil, nil, fmt.Errorf("%s holds no run to resume: %w", dir, err)
	}
	log, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		return fail(err)
	}
	from, err := Load(dir, Last)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(err)
	}
	if from != nil {
		if n := bytes.Count(log, []byte("\n")); n < from.Events {
			return fail(fmt.Errorf("%s has %d events, and %s was written after %d", File, n, Last, from.Events))
		}
	}
	head, rest, whole := bytes.Cut(log, []byte("\n"))
	if !whole {
		return fail(errors.New("it was killed before it began; remove the folder and start again"))
	}
	e, err := event.Unmarshal(head)
	if err != nil {
		return fail(err)
	}
	start, ok := e.(*event.Start)
	if !ok {
		return fail(fmt.Errorf("%s does not begin with a start", File))
	}
	if from == nil {
		return &Log{dir: dir}, start, nil, nil
	}
	if from.Where == (event.Where{}) {
		from.Where = start.Where
	}
	kept := 0
	for range from.Events - 1 {
		kept += bytes.IndexByte(rest[kept:], '\n') + 1
	}
	return &Log{dir: dir, kept: rest[:kept]}, start, from, nil
}

// Append adds an event, as one line in a single write.
func (l *Log) Append(e event.Event) error {
	line, err := event.Marshal(e)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if l.f == nil {
		return l.restart(line)
	}
	l.events++
	_, err = l.f.Write(line)
	return err
}

// restart begins the log of a resumed run: with its own Start and what is kept of the earlier log.
func (l *Log) restart(start []byte) error {
	err := replace(l.dir, File, func(w io.Writer) error {
		_, err := w.Write(append(start, l.kept...))
		return err
	})
	if err != nil {
		return err
	}
	l.events = 1 + bytes.Count(l.kept, []byte("\n"))
	l.f, err = os.OpenFile(filepath.Join(l.dir, File), os.O_WRONLY|os.O_APPEND, 0o644)
	return err
}

// Checkpoint makes c the run's last checkpoint, and its best if it is that. All events so far belong to it.
func (l *Log) Checkpoint(c *checkpoint.Checkpoint) error {
	if err := l.f.Sync(); err != nil { // or the checkpoint could know of events that a crash has taken
		return err
	}
	numbered := *c
	numbered.Events = l.events
	// The best first: a kill between the two is then mended when the run comes to this step again.
	if numbered.IsBest() {
		if err := replace(l.dir, Best, numbered.Write); err != nil {
			return err
		}
	}
	return replace(l.dir, Last, numbered.Write)
}

// Close makes sure that the log is on the disk.
func (l *Log) Close() error {
	if l.f == nil {
		return nil
	}
	return errors.Join(l.f.Sync(), l.f.Close())
}
