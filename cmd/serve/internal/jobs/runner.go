// Package jobs does the work of the commands: it makes runs, and what is made of runs. It may use the other parts of the program, and knows
// neither how flags are read nor who keeps the runs: a job is told where to find them, or whom to ask.
package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/console"
	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/train"
)

// Runner makes runs on one backend, one after the other.
type Runner struct {
	Backend *backends.Backend
	Images  *Images
	Move    bool                           // let runs be resumed on a backend other than their own
	Stderr  io.Writer                      // is told the progress of a run
	Lines   io.Writer                      // gets the records of runs, one per line; nil for none
	Answers bool                           // the answers of nets for test images are reported, too
	Heard   func(run.Record)               // is notified of all that happens in runs, of what is for a display too; nil for nobody
	Begun   func(do func(control.Command)) // gets, of each run, the function that tells it what to do; nil for nobody
	// Named says that runs which Finish begins have the names under which they are kept as their own IDs.
	Named bool
	// Longer lets runs that Finish resumes have more steps than they were begun with; Rate is the learning rate to resume them at, 0 for the one in use.
	Longer bool
	Rate   float64
	// Until is the step at which runs are parked; 0 for their end. See train.Options.
	Until int
	// Snapshots bounds the bytes of weights that a run which Finish begins keeps to look at, and with 0 no run keeps any. A run that is resumed keeps to its own bound.
	Snapshots int64
}

// newRunner opens a backend, and prints what it is. The runner's backend is the caller's to finalise.
func newRunner(o backends.Options, move bool, images *Images, stderr io.Writer) (*Runner, error) {
	b, err := command.Open(o)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(stderr, b.Why)
	return &Runner{Backend: b, Images: images, Move: move, Stderr: stderr}, nil
}

// Job is a run to make.
type Job struct {
	Recipe recipe.Recipe
	Data   *data.Dataset
	// Begin acquires the run once nothing else can be wrong; nil for a run that is kept nowhere.
	Begin func() (*store.Recorder, error)
	From  *checkpoint.Checkpoint // the state to resume from; nil to begin
	On    *run.Content           // what the log of a run to resume says of Data; nil for a new one
	Rate  float64                // the learning rate to resume at; 0 for the one in use
	Said  string                 // a line to print once the run begins; "" for none
}

// Run makes a run, to its end or until ctx ends it, and returns its outcome. Where the run itself failed, the view says so, and
// the error too.
func (r *Runner) Run(ctx context.Context, j Job) (*run.View, *console.Progress, error) {
	s := &sink{progress: console.New(r.Stderr), lines: r.Lines, told: r.Heard, view: &run.View{}}
	o := train.Options{Recipe: j.Recipe, Data: j.Data, Emit: s.take, From: j.From, Content: j.On, Move: r.Move, Keep: s.keep, Until: r.Until, Answers: r.Answers}
	if r.Snapshots > 0 && j.Begin != nil {
		o.Snapshot = s.snapshot
	}
	session, err := train.New(On(r.Backend, o))
	if err != nil {
		return s.view, s.progress, command.UsageError{Err: notBegun{moveHint(err)}}
	}
	defer session.Close()
	if j.Begin != nil {
		if s.log, err = j.Begin(); err != nil {
			return s.view, s.progress, command.UsageError{Err: err}
		}
		defer s.log.Close() // also where something panics
		s.log.Heard, s.view = s.heard, s.log.View()
	}
	if j.Said != "" {
		fmt.Fprintln(r.Stderr, j.Said)
	}
	if r.Begun != nil {
		r.Begun(session.Do)
	}
	if j.Rate != 0 {
		session.Do(control.Command{Do: control.SetRate, LearningRate: j.Rate})
	}
	return s.view, s.progress, s.follow(ctx, session)
}

// notBegun is an error of a run that could not begin: its recipe, data and state do not go together.
type notBegun struct{ error }

func (e notBegun) Unwrap() error { return e.error }

// On is o with a backend to compute on.
func On(b *backends.Backend, o train.Options) train.Options {
	o.Backend, o.Where, o.Accelerator = b.Backend, b.Where, b.Accelerator
	return o
}

// moveHint adds to the refusal to move a run what to do about it.
func moveHint(err error) error {
	if moved := (*train.MoveError)(nil); errors.As(err, &moved) {
		return fmt.Errorf("%w; -move allows this, and the log records it", err)
	}
	return err
}

// sink takes a run's events to everything that records or shows them.
type sink struct {
	progress *console.Progress
	lines    io.Writer
	told     func(run.Record)
	log      *store.Recorder // nil for a run that is kept nowhere
	view     *run.View
	seq      uint64 // of a run that is kept nowhere
	end      *run.End
	stop     func() // ends the run
	err      error  // of the first event or checkpoint that could not be written
}

// follow runs a session whose Emit and Keep are the sink's, to its end or until ctx ends it, and closes the log.
func (s *sink) follow(ctx context.Context, session *train.Session) error {
	ctx, s.stop = context.WithCancel(ctx)
	defer s.stop()
	failed := session.Run(ctx)
	if s.log != nil {
		s.err = errors.Join(s.err, s.log.Close())
	}
	if s.err != nil {
		return s.err
	}
	if failed != nil {
		return runFailed{fmt.Errorf("%s. %s", strings.TrimSuffix(s.end.Error, "."), s.end.Hint)}
	}
	return nil
}

// runFailed is a run that came to its end, and that was a failure.
type runFailed struct{ error }

// take is the run's Emit. An event that cannot be written stops the run.
func (s *sink) take(e run.Event) {
	s.progress.Show(e)
	if end, ok := e.(*run.End); ok {
		s.end = end
	}
	if s.log != nil {
		s.write(func() error { return s.log.Record(e) })
		return
	}
	rec := run.Record{Time: time.Now(), Event: e}
	if run.Durable(e) {
		s.seq++
		rec.Seq = s.seq
	}
	s.view.Apply(rec)
	s.heard(rec)
}

// heard reports a record, and writes one that is kept as a line.
func (s *sink) heard(rec run.Record) {
	if s.told != nil {
		s.told(rec)
	}
	if s.lines == nil || !run.Durable(rec.Event) {
		return
	}
	s.write(func() error {
		line, err := rec.Marshal()
		if err == nil {
			_, err = s.lines.Write(append(line, '\n'))
		}
		return err
	})
}

// keep is the run's Keep.
func (s *sink) keep(c *checkpoint.Checkpoint) {
	if s.log != nil {
		s.write(func() error { return s.log.Keep(c) })
	}
}

// snapshot is the run's Snapshot.
func (s *sink) snapshot(c *checkpoint.Snapshot, lost float64, n int) {
	s.write(func() error { return s.log.Snapshot(c, lost, n) })
}

// write calls f, unless something could not be written before.
func (s *sink) write(f func() error) {
	if s.err != nil {
		return
	}
	if err := f(); err != nil && s.err == nil {
		s.err = err
	}
	if s.err != nil && s.stop != nil {
		s.stop()
	}
}

// Finish makes a run in a store under a name, from where an earlier call was interrupted if there was one, or reads it if it is over.
// A run that failed would fail again: it counts as over, and its view says why. A run of that name that is not this one is an error.
func (r *Runner) Finish(ctx context.Context, s store.Store, name string, rec recipe.Recipe, said string) (*run.View, error) {
	job := Job{Recipe: rec, Said: said}
	var err error
	if job.Data, err = r.Images.For(ctx, &job.Recipe); err != nil {
		return nil, err
	}
	log, err := s.Read(ctx, name, 1)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if len(log) == 0 { // not begun, or killed before that
		begin := store.Begin
		if r.Named {
			begin = store.BeginAs
		}
		job.Begin = func() (*store.Recorder, error) {
			log, err := begin(ctx, s, name)
			if err == nil && r.Snapshots > 0 {
				log.BoundSnapshots(r.Snapshots)
			}
			return log, err
		}
		return r.finish(ctx, job)
	}
	view := run.Replay(log)
	if err := same(view, job, r.Longer); err != nil {
		return nil, command.Usage("the run %s is a different one: %w; remove it, or choose another folder for the runs", name, err)
	}
	if over(view, job) {
		return view, nil
	}
	recorder, stands, err := store.Resume(ctx, s, name)
	if err != nil {
		return nil, err
	}
	defer recorder.Close()
	if over(stands.View, job) { // another program was about to end it, and has
		return stands.View, nil
	}
	job.Rate = r.Rate
	job.From, job.Begin = stands.From, func() (*store.Recorder, error) { return recorder, nil }
	return r.finish(ctx, job)
}

// over reports whether a run needs no more training.
func over(v *run.View, j Job) bool {
	return v.Phase == run.Failed || v.Phase == run.Done && v.Step >= j.Recipe.Steps
}

// same reports whether a run is of a job's recipe and images. The job may be longer where longer says so.
func same(v *run.View, j Job, longer bool) error {
	was, ok := v.Recipe()
	if !ok {
		return errors.New("its log does not begin with a start")
	}
	if longer && was.Steps < j.Recipe.Steps {
		was.Steps = j.Recipe.Steps
	}
	if longer && j.Recipe == j.Recipe.Lifted() { // it has met a condition
		was = was.Lifted()
	}
	if all := recipe.Differences(was, j.Recipe); len(all) > 0 {
		d := all[0]
		return fmt.Errorf("its %s is %s, not %s", d.Name, cmp.Or(d.A, "unset"), cmp.Or(d.B, "unset"))
	}
	return train.SameContent(v.Start.Content, train.ContentOf(j.Data))
}

// finish makes a run. One that fails is not an error, unless it was begun before: then it could not be resumed.
func (r *Runner) finish(ctx context.Context, j Job) (*run.View, error) {
	view, _, err := r.Run(ctx, j)
	failed, refused := runFailed{}, notBegun{}
	switch {
	case errors.As(err, &failed):
		return view, nil
	case errors.As(err, &refused) && j.From == nil:
		view.End, view.Phase = &run.End{Status: run.Failed, Error: err.Error()}, run.Failed
		return view, nil
	case err != nil:
		return nil, err
	case view.Phase == run.Stopped:
		return nil, command.ErrStopped
	}
	return view, nil
}
