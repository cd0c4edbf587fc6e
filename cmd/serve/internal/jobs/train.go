package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/models"
)

// Train is one run, new or to be resumed.
type Train struct {
	Recipe    recipe.Recipe
	Backend   backends.Options
	Move      bool   // resume with another backend, precision or machine than the run's own
	Out       string // new folder for the run; "" to keep it nowhere, or in that of the run to resume
	JSON      bool   // write the records on standard output
	Snapshots int64  // maximum bytes of weights that the run keeps for looking inside; 0 for none
	Units     string // of each layer of a recurrent net; "" for those it has
	Resumed   string // folder of the run to resume; "" for a new one

	log  *store.Recorder        // of the run to resume; nil for a new one
	from *checkpoint.Checkpoint // where it stands; nil to begin
	on   *run.Content           // what its log says of the images
}

// Begin acquires the run to resume, or a new one of the net that is named, or of one that is still to be described. The recipe then has
// the defaults where nothing else is said.
func (t *Train) Begin(ctx context.Context, names []string, described bool) (err error) {
	switch resume := t.Resumed != ""; {
	case resume && (len(names) > 0 || t.Out != ""):
		err = errors.New("-resume resumes a run in its own folder: leave out the net's name and -out")
	case resume:
		err = t.resume(ctx)
	case t.Move:
		err = errors.New("-move works only with -resume")
	case len(names) == 0 && described:
		t.Recipe = recipe.Default()
	default:
		t.Recipe, err = namedRecipe(names)
	}
	if err != nil {
		return command.UsageError{Err: err}
	}
	return nil
}

// Complete completes the recipe in which some fields were set since Begin. An error says what is wrong with it, by the names of flags.
func (t *Train) Complete(set []string) error {
	if t.Units != "" {
		if err := command.InFlags(t.Recipe.Change("units", json.RawMessage(t.Units))); err != nil {
			return err
		}
	}
	if t.Resumed == "" {
		t.Recipe.Settle(set...)
	}
	return command.InFlags(t.Recipe.Validate())
}

// namedRecipe returns the recipe of the one net that is named.
func namedRecipe(names []string) (recipe.Recipe, error) {
	switch len(names) {
	case 0:
		return recipe.Recipe{}, errors.New("which net? serve recipes lists the names; or describe the layers with -net")
	case 1:
		entry, err := models.Find(names[0])
		return entry.Recipe, err
	}
	return recipe.Recipe{}, fmt.Errorf("one net at a time: %q is one too many", names[1])
}

// resume acquires the run to resume. Its recipe becomes t's; what computed it is to compute it further, unless it is to move
// or the options name something else.
func (t *Train) resume(ctx context.Context) error {
	runs, name, err := folder.Of(t.Resumed)
	if err != nil {
		return err
	}
	log, stands, err := store.Resume(ctx, runs, name)
	if err != nil {
		return err
	}
	t.log, t.from, t.on = log, stands.From, stands.View.Start.Content
	t.Recipe = stands.View.Start.Recipe
	if own := stands.View.Start.Snapshots; own != nil {
		t.Snapshots = *own
	}
	was := stands.View.Start.Where
	if t.from != nil {
		t.Recipe, was = t.from.Recipe, t.from.Where
	}
	if t.Move || was.Backend == "" {
		return nil
	}
	if t.Backend.Backend == backends.Auto && t.Backend.Plugin == "" {
		t.Backend.Backend = t.Backend.Again(was.Backend)
	}
	if t.Backend.Backend == was.Backend {
		t.Backend.TF32 = was.Precision == "tf32"
	}
	return nil
}

// Close leaves the run to resume to others, if it was not begun.
func (t *Train) Close() {
	if t.log != nil {
		t.log.Close() // nothing was written
	}
}

// Run trains, and reports the progress.
func (t *Train) Run(ctx context.Context, images *Images, stdout, stderr io.Writer) error {
	rate := 0.0
	if t.from != nil && t.Recipe.LearningRate != t.from.Recipe.LearningRate {
		// The recipe says how the run began. What is new is a change on the way, and the log has it as that.
		rate, t.Recipe.LearningRate = t.Recipe.LearningRate, t.from.Recipe.LearningRate
	}
	t.Backend.Exact = t.Recipe.Exact
	backend, err := command.Open(t.Backend)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	job := Job{From: t.from, On: t.on, Rate: rate, Said: backend.Why, Begin: t.begin(ctx)}
	if job.Data, err = t.images(ctx, images); err != nil {
		return err
	}
	job.Recipe = t.Recipe
	if t.from != nil {
		job.Said += "\nresuming after step " + number.Plain(t.from.Step)
	}
	runner := Runner{Backend: backend, Images: images, Move: t.Move, Stderr: stderr, Snapshots: t.Snapshots}
	summary := stdout
	if t.JSON {
		runner.Lines, summary = stdout, stderr
	}
	view, said, err := runner.Run(ctx, job)
	if err != nil {
		return err
	}
	if err := said.Summary(summary); err != nil {
		return err
	}
	if view.Phase == run.Stopped {
		return command.ErrStopped
	}
	return nil
}

// begin acquires the run; nil for a run that is kept nowhere.
func (t *Train) begin(ctx context.Context) func() (*store.Recorder, error) {
	switch {
	case t.log != nil:
		return func() (*store.Recorder, error) { return t.bounded(t.log, nil) }
	case t.Out != "":
		return func() (*store.Recorder, error) {
			runs, name, err := folder.Of(t.Out)
			if err != nil {
				return nil, err
			}
			return t.bounded(store.Begin(ctx, runs, name))
		}
	}
	return nil
}

// bounded bounds the snapshots of a run.
func (t *Train) bounded(log *store.Recorder, err error) (*store.Recorder, error) {
	if err == nil {
		log.BoundSnapshots(t.Snapshots)
	}
	return log, err
}

// images reads what the run trains on: what its recipe says, if it is one to resume; else the recipe may learn from the images what
// they are, and whether its net fits them.
func (t *Train) images(ctx context.Context, images *Images) (*data.Dataset, error) {
	r := &t.Recipe
	if t.log != nil {
		set, err := images.Open(ctx, r.Dataset, data.WantOf(*r))
		if path, ok := r.Dataset.Folder(); ok && errors.Is(err, fs.ErrNotExist) {
			err = command.Usage("%w; if the pictures of %s have been moved, name the folder with -dataset folder:PATH", err, path)
		}
		return set, err
	}
	set, err := images.For(ctx, r)
	if err != nil {
		return nil, err
	}
	return set, command.InFlags(r.Validate())
}
