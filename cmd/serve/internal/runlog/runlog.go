// Package runlog keeps a run in a folder: its events, one line each, and its last and its best checkpoint. It survives
// being killed at any moment: a run is resumed from the last checkpoint, and what was logged after that
// is superseded. It does not know how training works.
package runlog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
	"unpool/core/run"
)

// The files in a run's folder.
const (
	File = "events.jsonl"
	Last = "last.safetensors" // the state to resume from
	Best = "best.safetensors" // the state of the best evaluation, see run.Better
)

// Log is a run's folder, open for writing by this process alone.
type Log struct {
	dir    string
	lock   *flock.Flock
	f      *os.File // nil until a resumed run has said its Start
	events int      // written
	kept   []byte   // the lines after the Start that a resumed run does not repeat
}

// Create starts a log in dir, which must not exist, be empty, or hold only what a run leaves that was killed before it began:
// one folder holds one run.
func Create(dir string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the run's folder: %w", err)
	}
	if err := vacant(dir); err != nil { // before a lock could make a file in somebody's folder
		return nil, err
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	l := &Log{dir: dir, lock: held}
	if err = vacant(dir); err == nil { // still, for another process may have begun meanwhile
		l.f, err = os.OpenFile(filepath.Join(dir, File), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o644)
	}
	if err != nil {
		return nil, errors.Join(err, held.Unlock())
	}
	return l, nil
}

// vacant reports whether a run may begin in a folder.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("cannot read the run's folder: %w", err)
	}
	for _, e := range entries {
		begun := e.Name() != lockFile
		if e.Name() == File {
			log, err := os.ReadFile(filepath.Join(dir, File))
			if err != nil {
				return fmt.Errorf("cannot read the log in the run's folder: %w", err)
			}
			begun = bytes.Contains(log, []byte("\n"))
		}
		if begun {
			return fmt.Errorf("%s is not empty: a run needs a folder of its own", dir)
		}
	}
	return nil
}

// Resume opens the run in dir to train it further, whether it ended, was stopped or was killed. It returns the Start of its log,
// and the checkpoint to resume from: nil if the run did not come to its first. The checkpoint says what computed it, as the log
// does where it is older than that. Log and checkpoint must be of one run, and every line that stays must be an event. Nothing
// is changed before the first Append, which must be the Start of the resumed run. It replaces the earlier Start, and the events
// that the checkpoint does not know of are lost, so the log reads as that of one run without a break.
func Resume(dir string) (*Log, *run.Start, *checkpoint.Checkpoint, error) {
	if _, err := os.Stat(filepath.Join(dir, File)); err != nil { // before a lock could make a file in a folder that has no run
		return nil, nil, nil, noRun(dir, err)
	}
	held, err := lock(dir)
	if err != nil {
		return nil, nil, nil, err
	}
	l := &Log{dir: dir, lock: held}
	start, from, err := l.resume()
	if err != nil {
		return nil, nil, nil, errors.Join(noRun(dir, err), held.Unlock())
	}
	return l, start, from, nil
}

func noRun(dir string, err error) error { return fmt.Errorf("%s holds no run to resume: %w", dir, err) }

// resume reads what the folder holds.
func (l *Log) resume() (*run.Start, *checkpoint.Checkpoint, error) {
	log, err := os.ReadFile(filepath.Join(l.dir, File))
	if err != nil {
		return nil, nil, err
	}
	from, err := Load(l.dir, Last)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	head, rest, whole := bytes.Cut(log, []byte("\n"))
	if !whole && from != nil {
		return nil, nil, fmt.Errorf("%s has 0 events, and %s was written after %d", File, Last, from.Events)
	}
	if !whole {
		return nil, nil, errors.New("it was killed before it began; remove the folder and start again")
	}
	e, err := run.Unmarshal(head)
	if err != nil {
		return nil, nil, err
	}
	start, ok := e.(*run.Start)
	if !ok {
		return nil, nil, fmt.Errorf("%s does not begin with a start", File)
	}
	if from == nil {
		return start, nil, begun(start, rest)
	}
	if from.Where == (run.Where{}) {
		from.Where = start.Where
	}
	if err := sameRun(start.Recipe, from.Recipe); err != nil {
		return nil, nil, err
	}
	l.kept, err = keep(rest, from.Events-1)
	return start, from, err
}

// begun refuses a run without its last checkpoint that had one: after an evaluation beyond its start.
func begun(start *run.Start, rest []byte) error {
	step := start.Step
	for line := range bytes.Lines(rest) {
		if e, err := run.Unmarshal(line); err == nil {
			if m, ok := e.(*run.Metric); ok {
				step = max(step, m.Step)
			}
		}
	}
	if step > 0 {
		return fmt.Errorf("%s is missing, though the run came to step %d; put it back, or begin anew in another folder", Last, step)
	}
	return nil
}

// sameRun refuses a checkpoint whose recipe is not the log's, but for what may change on the way.
func sameRun(log, checkpoint recipe.Recipe) error {
	for _, d := range recipe.Differences(log, checkpoint) {
		if d.Decides() {
			return fmt.Errorf("%s is of another run than %s: its %s is %s, not %s", Last, File, d.Name,
				cmp.Or(d.B, "unset"), cmp.Or(d.A, "unset"))
		}
	}
	return nil
}

// keep returns the first lines of a log, so many, which must be events.
func keep(log []byte, lines int) ([]byte, error) {
	kept := 0
	for i := range lines {
		end := bytes.IndexByte(log[kept:], '\n')
		if end < 0 {
			return nil, fmt.Errorf("%s has %d events, and %s was written after %d", File, 1+i, Last, 1+lines)
		}
		if _, err := run.Unmarshal(log[kept : kept+end]); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", File, 2+i, err)
		}
		kept += end + 1
	}
	return log[:kept], nil
}

// Append adds an event, as one line in a single write.
func (l *Log) Append(e run.Event) error {
	line, err := run.Marshal(e)
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

// Close makes sure that the log is on the disk, and leaves the folder to other processes. To close it again does nothing.
func (l *Log) Close() error {
	var err error
	if l.f != nil {
		err = errors.Join(l.f.Sync(), l.f.Close())
		l.f = nil
	}
	return errors.Join(err, l.lock.Unlock())
}
