package worker

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/train"
)

// plan is a run to make.
type plan struct {
	recipe recipe.Recipe
	from   *checkpoint.Checkpoint // the state to resume from; nil to begin
	log    *store.Recorder        // of the run to resume; nil for a new run, which may begin at a state
	rate   float64                // the learning rate to resume at; 0 for the one in use
	on     *run.Content           // what the log says of the images; nil for a new run
}

// train begins a run.
func (w *Worker) train(ctx context.Context, j *job, t protocol.Train) error {
	return w.run(ctx, j, plan{recipe: t.Recipe})
}

// resume trains on, see recipe.Resume.
func (w *Worker) resume(ctx context.Context, j *job, r protocol.Resume, attached any) error {
	if r.LearningRate != 0 {
		if err := recipe.CheckLearningRate(r.LearningRate); err != nil {
			return protocol.ErrorOf(err, protocol.Invalid, "Correct the learning rate.")
		}
	}
	p := plan{rate: r.LearningRate}
	if r.File {
		c, err := readCheckpoint(w.Files(ctx, attached))
		if err != nil {
			return protocol.ErrorOf(err, protocol.Invalid, "Choose a file that Unpool saved: its name ends in .safetensors.")
		}
		p.from, p.recipe = c, c.Recipe
	} else {
		log, stands, err := store.Resume(ctx, store.Behind(ctx, w.runs), cmp.Or(r.Run, w.last))
		if err != nil {
			return protocol.ErrorOf(err, protocol.NoNet, "Open a checkpoint file, or train from the start.")
		}
		defer log.Close() // if the run does not begin
		p.log, p.from, p.recipe, p.on = log, stands.From, stands.View.Start.Recipe, stands.View.Start.Content
	}
	if p.from != nil {
		on, ok := p.from.Recipe.Resume(p.from.Step)
		if !ok {
			return &protocol.Error{Code: protocol.Invalid, Hint: "Train from the start.",
				Message: fmt.Sprintf("the run cannot be resumed after its %d steps: its learning-rate schedule has ended", p.from.Step)}
		}
		p.recipe = on
	}
	p.recipe.Dataset = w.place(p.recipe.Dataset)
	return w.run(ctx, j, p)
}

// run trains to the end. Its error means that the run did not begin: how a run ended that did begin is in its End.
func (w *Worker) run(ctx context.Context, j *job, p plan) error {
	if !j.beside {
		w.closeNet()
	}
	if w.users == 0 { // else they are needed by a question between two of its turns
		w.closeInsides() // so that there is room
	}
	w.say(loading)
	images, err := w.load(ctx, j.call, p.recipe)
	if err != nil {
		return protocol.ErrorOf(err, protocol.NoData, "Check the connection and train again; for another data set, choose another net.")
	}
	w.say(starting)
	backend, where, err := w.Open(p.recipe)
	if err != nil {
		return protocol.ErrorOf(err, protocol.NoEngine, "Close other tabs and train again.")
	}
	var k *keeper // before the session emits anything
	session, err := train.New(train.Options{
		Backend: backend, Where: where, Recipe: p.recipe, Data: images, Yield: func() { w.endTurn(j) }, From: p.from, Content: p.on,
		Emit:     func(e run.Event) { k.event(e) },
		Keep:     func(c *checkpoint.Checkpoint) { k.state(c) },
		Snapshot: func(s *checkpoint.Snapshot, lost float64, n int) { k.snapshot(s, lost, n) },
		Answers:  !j.beside,
		Move:     true, // who opens a file of another machine's run here asks for that
	})
	if err != nil {
		backend.Finalize()
		return protocol.ErrorOf(err, protocol.Invalid, "Correct the setting and train again.")
	}
	n := &net{session, backend}
	if !j.beside {
		w.net = n
	}
	whole := false
	defer func() {
		switch {
		case j.beside:
			n.close()
		case !whole: // its memory may be lost
			w.closeNet()
		}
	}()
	if k, err = w.keep(ctx, j, p); err != nil {
		return err
	}
	defer func() {
		if !k.close() && !j.beside {
			w.last = "" // it cannot be resumed
		}
	}()
	if p.rate != 0 {
		session.Do(control.Command{Do: control.SetRate, LearningRate: p.rate})
	}
	w.activate(ctx, j, session)
	whole = session.Run(ctx) == nil // its error is in the End that it emits
	w.deactivate(j)
	return nil
}

// activate passes to a run's session the commands and questions from while the run was prepared, and from now on those to come.
func (w *Worker) activate(ctx context.Context, j *job, s *train.Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	j.session, j.answer = s, func() { w.answer(ctx) }
	for _, c := range j.early {
		s.Do(c)
	}
	w.askLeader()
}

// deactivate has questions wait for the end of the work, since the run answers none any more.
func (w *Worker) deactivate(j *job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	j.session = nil
}

// readCheckpoint reads a file. It is read into memory only up to the size that a checkpoint may have.
func readCheckpoint(files []data.File) (*checkpoint.Checkpoint, error) {
	if len(files) != 1 {
		return nil, fmt.Errorf("choose one checkpoint file, not %d", len(files))
	}
	f := files[0]
	if f.Size > checkpoint.MaxSize {
		return nil, fmt.Errorf("the file %s is not a checkpoint: it has %d bytes", f.Path, f.Size)
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
