//go:build js && wasm

package main

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"

	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/wasm"
	"unpool/wasm/host"
)

// trainer does one run at a time. Its methods share one thread and change its fields only between waits.
type trainer struct {
	latest  *data.Dataset         // with a name everywhere; the browser's cache has the others
	chosen  js.Value              // the files that the user chose
	own     *data.Chosen          // what they are; nil before any
	ctx     context.Context       // of the work under way
	stop    context.CancelFunc    // ends it; nil between runs
	next    func(context.Context) // what was asked for while the work before was being stopped; nil for nothing
	session *train.Session        // nil while loading
	early   []control.Command     // said while loading

	engine    *run.Engine // what was measured of it; nil before
	measuring bool        // that is the work under way

	kept   *checkpoint.Checkpoint // the latest state, to resume from when the run is over; nil before the first
	saving bool                   // asked for kept and not yet handed it out
}

// handle follows one message from the page.
func (t *trainer) handle(message string) {
	c, err := control.Unmarshal([]byte(message))
	switch {
	case err != nil:
		t.failed(err, "Correct the setting and train again.")
	case c.Do == control.Train:
		t.begin(func(ctx context.Context) {
			t.kept = nil
			t.run(ctx, *c.Recipe)
		})
	case c.Do == control.Resume:
		t.begin(t.resume)
	case c.Do == control.Save && t.session == nil:
		t.saving = true
		t.handOut()
	case t.stop == nil && c.Do == control.Measure:
		t.measuring = true // from now on: the next message may be there already
		t.begin(t.measure)
	case t.stop == nil || c.Do == control.Measure: // the run it was meant for is over, or is not to be disturbed
	case c.Do == control.Stop:
		t.stop()
		if next := t.next; next != nil { // it ends, too, and says so
			t.next = func(ctx context.Context) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				next(ctx)
			}
		}
		fallthrough
	default:
		t.saving = t.saving || c.Do == control.Save
		if t.session == nil {
			t.early = append(t.early, c)
		} else {
			t.session.Do(c)
		}
	}
}

// open takes what the user chose: a File is a checkpoint to resume from, anything else are files to train on.
func (t *trainer) open(chosen js.Value) {
	if !chosen.InstanceOf(js.Global().Get("File")) {
		t.begin(func(ctx context.Context) { t.choose(ctx, chosen) })
		return
	}
	t.begin(func(ctx context.Context) {
		c, err := readCheckpoint(chosen)
		if err != nil {
			t.failed(err, "Choose a file that Unpool saved: its name ends in .safetensors.")
			return
		}
		t.kept = c
		t.resume(ctx)
	})
}

// begin starts a run or a reading of files, unless one is under way: the page offers it only in between. A measurement is
// allowed to end first. Whatever happens, a run posts exactly one End, and then accepts the next Train.
func (t *trainer) begin(work func(context.Context)) {
	if t.stop != nil {
		if t.ctx.Err() != nil || t.measuring {
			t.next, t.early = work, nil
		}
		return
	}
	t.ctx, t.stop = context.WithCancel(context.Background())
	ctx := t.ctx
	go func() {
		defer func() {
			t.stop()
			next := t.next
			t.ctx, t.stop, t.next, t.session = nil, nil, nil, nil
			if t.saving { // asked for too late for the session
				t.handOut()
			}
			if next == nil {
				t.early = nil
			} else {
				t.begin(next) // with what was said for it meanwhile
			}
		}()
		work(ctx)
	}()
}

// resume trains on from the state kept, see recipe.Resume.
func (t *trainer) resume(ctx context.Context) {
	if t.kept == nil {
		t.failed(errors.New("there is no state to resume from"), "Train from the start.")
		return
	}
	r, ok := t.kept.Recipe.Resume(t.kept.Step)
	if !ok {
		t.failed(fmt.Errorf("the run cannot be resumed after its %d steps: its schedule of the learning rate is over", t.kept.Step),
			"Train from the start.")
		return
	}
	// Where the user's pictures lay does not matter, and training finds out whether they are the run's.
	if _, ok := r.Dataset.Folder(); ok && t.own != nil {
		if _, ok := t.own.Sets[0].Folder(); ok {
			r.Dataset = t.own.Sets[0]
		}
	}
	t.run(ctx, r)
}

// keep takes the state of the run under way.
func (t *trainer) keep(c *checkpoint.Checkpoint) {
	t.kept = c
	if t.saving {
		t.handOut()
	}
}

// handOut posts the state kept, if there is one, as a file.
func (t *trainer) handOut() {
	t.saving = false
	if t.kept != nil {
		postFile(fileName(t.kept), t.kept.Write)
	}
}

// fileName is a checkpoint's name, such as unpool-mnist-rnn-128-step-500.safetensors.
func fileName(c *checkpoint.Checkpoint) string {
	return fmt.Sprintf("unpool-%s-step-%d.safetensors", models.Describe(c.Recipe).Name, c.Step)
}

// run trains to the end, from the state kept if there is one.
func (t *trainer) run(ctx context.Context, r recipe.Recipe) {
	images, err := t.load(ctx, r)
	if ctx.Err() != nil {
		post(&run.End{Status: run.Stopped, Backend: wasm.Name})
		return
	}
	if err != nil {
		hint := "Check the connection and train again; for another data set, choose another net."
		if e := (*hintedError)(nil); errors.As(err, &e) {
			hint = e.hint
		}
		t.failed(err, hint)
		return
	}
	// Each run has an engine of its own, so that its memory and its helper threads go with it, whatever happened.
	engine, err := host.New(host.Options{Tier: wasm.Tier(r.Exact)})
	if err != nil {
		t.failed(err, "Close other tabs and train again.")
		return
	}
	backend := wasm.New(engine)
	defer backend.Finalize()
	session, err := train.New(train.Options{
		Backend: backend, Where: run.Where{Backend: wasm.Name, Tier: engine.Tier().String(), Machine: "a browser"}, Recipe: r, Data: images, Emit: post, Yield: newYield(),
		From: t.kept, Keep: t.keep,
		Move: true, // who opens a file of another machine's run here asks for that
	})
	if err != nil {
		t.failed(err, "Correct the setting and train again.")
		return
	}
	defer session.Close()
	t.session = session
	for _, c := range t.early {
		session.Do(c)
	}
	session.Run(ctx) // its error is in the End that it posts
}

func (t *trainer) failed(err error, hint string) {
	post(&run.End{Status: run.Failed, Backend: wasm.Name, Error: err.Error(), Hint: hint})
}

// load takes a recipe's images from the user's files, or fetches them, or has them already.
func (t *trainer) load(ctx context.Context, r recipe.Recipe) (*data.Dataset, error) {
	form := data.FormOf(r)
	if path, ok := r.Dataset.Folder(); ok {
		pictures, err := t.own.Open(r.Dataset)
		if pictures == nil && err == nil {
			err = &hintedError{fmt.Errorf("the run is one on the pictures of %s, which this page does not have", path),
				"Choose them again under Data, then resume."}
		}
		if err != nil || pictures.Form() == form {
			return pictures, err
		}
		return t.readAgain(ctx, r.Dataset, form)
	}
	if t.latest != nil && t.latest.Name == r.Dataset {
		return t.latest.In(form), nil
	}
	t.latest = nil // first, so that there is room for the next
	set, err := t.own.Open(r.Dataset)
	if set == nil && err == nil {
		set, err = fetch(ctx, r.Dataset)
	}
	if err != nil {
		return nil, err
	}
	t.latest = set
	return set.In(form), nil
}

// readAgain reads the user's pictures in another form: they may be larger than what was made of them.
func (t *trainer) readAgain(ctx context.Context, name recipe.Dataset, form data.Form) (*data.Dataset, error) {
	again, err := t.read(ctx, form, func(done, total int64, unit string) {
		post(&run.State{Phase: run.Loading, Done: done, Total: total, Unit: unit})
	})
	if err != nil {
		return nil, err
	}
	set, err := again.Open(name)
	if set == nil && err == nil {
		err = errors.New("the files are not what they were when they were chosen")
	}
	if err != nil {
		return nil, err
	}
	t.own = again
	return set.In(form), nil // files other than pictures have no form but their own
}
