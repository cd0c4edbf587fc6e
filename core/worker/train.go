package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
)

// train begins a run.
func (w *Worker) train(ctx context.Context, call int, t protocol.Train) error {
	w.kept, w.events, w.held = nil, 0, 0
	return w.run(ctx, call, t.Recipe, 0)
}

// resume trains on, see recipe.Resume.
func (w *Worker) resume(ctx context.Context, call int, r protocol.Resume, attached any) error {
	if r.LearningRate != 0 {
		if err := recipe.CheckLearningRate(r.LearningRate); err != nil {
			return protocol.ErrorOf(err, protocol.Invalid, "Correct the learning rate.")
		}
	}
	if r.File {
		c, err := readCheckpoint(w.Files(ctx, attached))
		if err != nil {
			return protocol.ErrorOf(err, protocol.Invalid, "Choose a file that Unpool saved: its name ends in .safetensors.")
		}
		w.kept, w.events, w.held = c, 0, 0
	}
	if w.kept == nil {
		return &protocol.Error{Code: protocol.NoNet, Message: "there is no state to resume from", Hint: "Train from the start."}
	}
	on, ok := w.kept.Recipe.Resume(w.kept.Step)
	if !ok {
		return &protocol.Error{Code: protocol.Invalid, Hint: "Train from the start.",
			Message: fmt.Sprintf("the run cannot be resumed after its %d steps: its schedule of the learning rate is over", w.kept.Step)}
	}
	// Where the user's pictures lay does not matter, and training finds out whether they are the run's.
	if _, ok := on.Dataset.Folder(); ok && w.chosen.own != nil {
		if _, ok := w.chosen.own.Sets[0].Folder(); ok {
			on.Dataset = w.chosen.own.Sets[0]
		}
	}
	return w.run(ctx, call, on, r.LearningRate)
}

// run trains to the end, from the state kept if there is one. Its error means that the run did not begin: how one went that
// did is in its End.
func (w *Worker) run(ctx context.Context, call int, r recipe.Recipe, rate float64) error {
	w.closeNet()
	w.say(loading)
	images, err := w.load(ctx, call, r)
	if err != nil {
		return protocol.ErrorOf(err, protocol.NoData, "Check the connection and train again; for another data set, choose another net.")
	}
	backend, where, err := w.Open(r)
	if err != nil {
		return protocol.ErrorOf(err, protocol.NoEngine, "Close other tabs and train again.")
	}
	session, err := train.New(train.Options{
		Backend: backend, Where: where, Recipe: r, Data: images, Emit: func(e run.Event) { w.emit(call, e) }, Yield: w.Yield,
		From: w.kept, Keep: w.state,
		Move: true, // who opens a file of another machine's run here asks for that
	})
	if err != nil {
		backend.Finalize()
		return protocol.ErrorOf(err, protocol.Invalid, "Correct the setting and train again.")
	}
	w.net = &net{session, backend}
	whole := false
	defer func() {
		if !whole { // its memory may be lost
			w.closeNet()
		}
	}()
	if rate != 0 {
		session.Do(control.Command{Do: control.SetRate, LearningRate: rate})
	}
	w.activate(ctx, session)
	whole = session.Run(ctx) == nil // its error is in the End that it emits
	w.deactivate()
	return nil
}

// activate hands to the run's session what was said and asked while the run was prepared, and from now on what comes.
func (w *Worker) activate(ctx context.Context, s *train.Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active = s
	w.work.answer = func() { w.answer(ctx) }
	for _, c := range w.early {
		s.Do(c)
	}
	if len(w.asked) > 0 {
		s.Between(w.work.answer)
	}
}

// deactivate has questions wait for the end of the work, since the run answers none any more.
func (w *Worker) deactivate() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active = nil
}

// emit says what the run says, numbered as in a log.
func (w *Worker) emit(call int, e run.Event) {
	record := run.Record{Time: time.Now(), Event: e}
	if start, ok := e.(*run.Start); ok {
		resumed := *start
		resumed.After = w.held
		record.Event = &resumed
	}
	if run.Durable(e) {
		w.events++
		record.Seq = w.events
	}
	line, err := record.Marshal()
	if err != nil {
		panic(err) // a number that JSON cannot hold
	}
	w.post(protocol.SayEvent, call, fold(e), json.RawMessage(line), nil)
	w.follow(e)
}

// fold tells the events apart of which only the latest matters to who draws them.
func fold(e run.Event) string {
	switch e.(type) {
	case *run.State:
		return "state"
	case *run.Progress:
		return "progress"
	case *run.Weights:
		return "weights"
	}
	return ""
}

// state takes that of the run under way.
func (w *Worker) state(c *checkpoint.Checkpoint) {
	w.kept, w.held = c, w.events
}

// readCheckpoint reads a file. It is taken into memory whole only up to the size that a checkpoint may have.
func readCheckpoint(files []data.File) (*checkpoint.Checkpoint, error) {
	if len(files) != 1 {
		return nil, fmt.Errorf("a checkpoint is one file; there are %d", len(files))
	}
	f := files[0]
	if f.Size > checkpoint.MaxSize {
		return nil, fmt.Errorf("the file %s is no checkpoint: it has %d bytes", f.Path, f.Size)
	}
	content := make([]byte, f.Size)
	if _, err := f.ReadAt(content, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file %s could not be read: %w", f.Path, err)
	}
	c, err := checkpoint.Read(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("the file %s: %w", f.Path, err)
	}
	return c, nil
}
