package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
	"unpool/core/run"
)

// The checkpoints that a run has as artifacts.
const (
	Last = "last.safetensors" // the state to resume from
	Best = "best.safetensors" // the state of the best evaluation, see run.Better
)

// Recorder takes the events and the checkpoints of a training session into a store. Its methods are called from one goroutine, in
// the order in which things happen.
type Recorder struct {
	Heard func(run.Record) // is notified of each record when it is written, and of each that is not kept; nil for nobody

	writer  Writer
	id      string // of the run: its own, not that by which the store knows it
	created time.Time
	view    run.View // of the log
	budget  int64    // bytes of snapshots to keep at most
	seq     uint64   // of the last record
	failed  error    // why nothing is written any more; nil while all is well
	doomed  []string // artifacts that make room, once a checkpoint knows of it
	taken   []string // names of all snapshots in the log of a run that is resumed
	holds   uint64   // the last record that the last checkpoint knows of
	mend    bool     // the last checkpoint is the best, and a kill kept it from being that by name
	now     func() time.Time
}

// Begin begins a new run in a store, by a name, or where that is empty by the run's own ID.
func Begin(ctx context.Context, s Store, name string) (*Recorder, error) {
	id := run.NewID()
	return begin(ctx, s, cmp.Or(name, id), id)
}

// BeginAs begins a new run in a store that knows it by an ID, which is the run's own too: one that was given to it before.
func BeginAs(ctx context.Context, s Store, id string) (*Recorder, error) {
	return begin(ctx, s, id, id)
}

func begin(ctx context.Context, s Store, name, id string) (*Recorder, error) {
	r := &Recorder{id: id, created: time.Now().UTC().Truncate(time.Millisecond), budget: SnapshotBytes, now: time.Now}
	w, err := s.Create(ctx, name)
	if err != nil {
		return nil, err
	}
	r.writer = w
	return r, nil
}

// ID returns the run's ID.
func (r *Recorder) ID() string { return r.id }

// View returns what the run has come to. It changes with each event.
func (r *Recorder) View() *run.View { return &r.view }

// Stopped is where a run stands that is to be resumed.
type Stopped struct {
	View *run.View              // of its log
	From *checkpoint.Checkpoint // the state to resume from; nil if the run did not come to its first. It says what computed it
}

// Resume takes a run that ended, was stopped or was killed, to train it further. Log and checkpoint must be of one run. Nothing
// is changed before the first event, which is the Start of the resumed run: it supersedes what the checkpoint does not know of.
func Resume(ctx context.Context, s Store, name string) (*Recorder, Stopped, error) {
	w, err := s.Open(ctx, name)
	if err != nil {
		return nil, Stopped{}, fmt.Errorf("cannot resume: %w", err)
	}
	r := &Recorder{writer: w, seq: w.Last(), budget: SnapshotBytes, now: time.Now}
	stands, err := r.resume(ctx, s, name)
	if err != nil {
		w.Close() // nothing was written
		if !errors.Is(err, ErrNotBegun) {
			err = fmt.Errorf("%w. Nothing was changed: restore what is missing or damaged, or start a new run", err)
		}
		return nil, Stopped{}, fmt.Errorf("cannot resume %s: %w", name, err)
	}
	return r, stands, nil
}

func (r *Recorder) resume(ctx context.Context, s Store, name string) (Stopped, error) {
	log, err := s.Read(ctx, name, 1)
	if err != nil {
		return Stopped{}, err
	}
	from, err := Load(ctx, s, name, Last)
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return Stopped{}, err
	case from.Events > uint64(len(log)):
		return Stopped{}, fmt.Errorf("the log has %d events, but %s was written after %d", len(log), Last, from.Events)
	}
	if len(log) == 0 {
		return Stopped{}, ErrNotBegun
	}
	if _, ok := log[0].Event.(*run.Start); !ok {
		return Stopped{}, errors.New("its log does not begin with a start event")
	}
	view := run.Replay(log)
	if from == nil {
		err = begun(view)
	} else {
		err = sameRun(view.Start, from)
	}
	if err != nil {
		return Stopped{}, err
	}
	r.view = *view
	if view.Start.Snapshots != nil {
		r.budget = *view.Start.Snapshots
	}
	for _, rec := range log {
		if s, ok := rec.Event.(*run.Snapshot); ok {
			r.taken = append(r.taken, s.Name)
		}
	}
	r.id, r.created = cmp.Or(view.Start.ID, run.NewID()), view.Start.Created
	if r.created.IsZero() {
		r.created = r.now() // of an older log, which does not say
	}
	if from != nil {
		r.holds = from.Events
		if from.Where == (run.Where{}) { // an older file, which does not say
			from.Where = view.Start.Where
		}
		// A kill between the two checkpoints leaves a last one that is the best, and another best.
		if from.IsBest() {
			best, err := Load(ctx, s, name, Best)
			r.mend = err != nil || best.Step != from.Step
		}
	}
	return Stopped{View: &r.view, From: from}, nil
}

// begun refuses a run without its last checkpoint that had one: after it was resumed, or evaluated beyond its start.
func begun(v *run.View) error {
	step := v.Start.Step
	if m, ok := v.Latest(); ok {
		step = max(step, m.Step)
	}
	if step > 0 {
		return fmt.Errorf("%s is missing, though the run reached step %d", Last, step)
	}
	return nil
}

// sameRun refuses a checkpoint of another run than the log's, as far as that can be known.
func sameRun(start *run.Start, c *checkpoint.Checkpoint) error {
	if start.ID != "" && c.Run != "" && start.ID != c.Run {
		return fmt.Errorf("%s belongs to a different run from the log", Last)
	}
	for _, d := range recipe.Differences(start.Recipe, c.Recipe) {
		if d.Decides() {
			return fmt.Errorf("%s belongs to a different run from the log: its %s is %s, not %s", Last, d.Name,
				cmp.Or(d.B, "unset"), cmp.Or(d.A, "unset"))
		}
	}
	return nil
}

// Record numbers events, in order, and appends those to the log that belong there. Where that fails, then or before, the events are
// heard of all the same, and nothing more is written.
func (r *Recorder) Record(all ...run.Event) error {
	var records, durable []run.Record
	resumed := false
	for _, e := range all {
		rec := run.Record{Event: e, Time: r.now()}
		if start, ok := e.(*run.Start); ok {
			numbered := *start
			numbered.ID, numbered.Created, numbered.After = r.id, r.created, r.holds
			if numbered.Snapshots = nil; r.budget != SnapshotBytes {
				budget := r.budget
				numbered.Snapshots = &budget
			}
			rec.Event, resumed = &numbered, true
		}
		if run.Durable(e) {
			r.seq++
			rec.Seq = r.seq
			durable = append(durable, rec)
		}
		records = append(records, rec)
	}
	if len(durable) > 0 {
		r.write(func() error { return r.writer.Append(durable...) })
	}
	for _, rec := range records {
		r.apply(rec)
	}
	if resumed {
		r.write(r.tidy)
	}
	return r.failed
}

// write has something written, unless that failed before.
func (r *Recorder) write(f func() error) error {
	if r.failed == nil {
		r.failed = f()
	}
	return r.failed
}

func (r *Recorder) apply(rec run.Record) {
	r.view.Apply(rec)
	if r.Heard != nil {
		r.Heard(rec)
	}
}

// tidy brings the artifacts into line with a log that was resumed: snapshots that no longer hold go, and the best checkpoint comes
// that a kill kept from being written.
func (r *Recorder) tidy() error {
	for _, name := range r.taken {
		if !slices.ContainsFunc(r.view.Snapshots, func(s run.Snapshot) bool { return s.Name == name }) {
			if err := r.writer.Remove(name); err != nil {
				return err
			}
		}
	}
	r.taken = nil
	if !r.mend {
		return nil
	}
	r.mend = false
	return r.writer.Copy(Last, Best)
}

// Keep makes c the run's last checkpoint, and its best if it is that. All events so far belong to it.
func (r *Recorder) Keep(c *checkpoint.Checkpoint) error {
	numbered := *c
	numbered.Events, numbered.Run = r.seq, r.id
	// The best second: a kill between the two is mended when the run is resumed, and until then the best is of a step that the log
	// knows.
	return r.write(func() error {
		if err := r.writer.Put(Last, numbered.Write); err != nil {
			return err
		}
		r.holds = r.seq
		for _, name := range r.doomed {
			if err := r.writer.Remove(name); err != nil {
				return err
			}
		}
		r.doomed = nil
		if numbered.IsBest() {
			return r.writer.Copy(Last, Best)
		}
		return nil
	})
}

// Close leaves the run to others.
func (r *Recorder) Close() error { return r.writer.Close() }

// Getter is what has artifacts; see Store.
type Getter interface {
	Get(ctx context.Context, id, name string) (io.ReadCloser, error)
}

// Load reads a checkpoint of a run: Last or Best.
func Load(ctx context.Context, s Getter, id, name string) (*checkpoint.Checkpoint, error) {
	f, err := s.Get(ctx, id, name)
	if err != nil {
		return nil, err
	}
	c, err := checkpoint.Read(f)
	if err != nil {
		err = fmt.Errorf("%s of run %s: %w", name, id, err)
	}
	return c, errors.Join(err, f.Close())
}
