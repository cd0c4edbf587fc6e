package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"slices"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/jobs"
	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/models"
)

// trainOptions is what a train command says besides the recipe.
type trainOptions struct {
	backend           backends.Options
	move              bool
	data, out, resume string
	json              bool
	snapshots         int64  // MiB
	units             string // of the cells of a recurrent net; "" for those it has

	log  *store.Recorder        // of the run to resume
	from *checkpoint.Checkpoint // where it stands; nil to begin
	rate float64                // the learning rate to resume at; 0 for the one in use
}

// train trains one net and says how it goes.
func (m *Main) train(ctx context.Context, args []string) error {
	r, o, err := m.trainCommand(ctx, args)
	if o.log != nil {
		defer o.log.Close() // again, unless the run did not begin
	}
	if err != nil {
		return err
	}
	backend, err := command.Open(o.backend)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	images := m.images(o.data)
	job := jobs.Job{From: o.from, Rate: o.rate, Said: backend.Why}
	if job.Data, err = trainImages(ctx, images, &r, o); err != nil {
		return err
	}
	job.Recipe = r
	if o.from != nil {
		job.Said += "\nresuming after step " + console.Whole(o.from.Step)
	}
	// The folder is made when nothing else can be wrong with the command.
	switch {
	case o.log != nil:
		job.Begin = func() (*store.Recorder, error) { return o.log, nil }
	case o.out != "":
		job.Begin = func() (*store.Recorder, error) {
			runs, name, err := folder.Of(o.out)
			if err != nil {
				return nil, err
			}
			return store.Begin(ctx, runs, name)
		}
	}
	runner := jobs.Runner{Backend: backend, Images: images, Move: o.move, Stderr: m.Stderr, Snapshots: o.snapshots << 20}
	summary := m.Stdout
	if o.json {
		runner.Lines, summary = m.Stdout, m.Stderr
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

// trainImages reads what a run trains on: what its recipe says, if it is one to resume; else the recipe may learn from the
// images what they are, and whether its net fits them.
func trainImages(ctx context.Context, images *jobs.Images, r *recipe.Recipe, o trainOptions) (*data.Dataset, error) {
	if o.resume != "" {
		set, err := images.Open(ctx, r.Dataset, data.FormOf(*r))
		if path, ok := r.Dataset.Folder(); ok && errors.Is(err, fs.ErrNotExist) {
			err = command.Usage("%v; if the pictures of %s lie elsewhere now, -dataset folder:PATH says where", err, path)
		}
		return set, err
	}
	set, err := images.For(ctx, r)
	if err != nil {
		return nil, err
	}
	return set, command.InFlags(r.Validate())
}

// trainCommand reads a train command's arguments: a net's name or its layers, or the folder of a run to resume, and what to
// change in its recipe.
func (m *Main) trainCommand(ctx context.Context, args []string) (recipe.Recipe, trainOptions, error) {
	// The flags' defaults are the named net's or the run's, and either may come after the flags: so read twice.
	r := recipe.Default()
	var o trainOptions
	flags := trainFlags(&r, &o)
	names, err := command.Parse(m.Stdout, flags, trainSynopsis, args)
	if err != nil {
		return r, o, err
	}
	resume := o.resume != ""
	switch {
	case resume && (len(names) > 0 || o.out != ""):
		err = errors.New("-resume resumes a run in its own folder: it takes no net's name and no -out")
	case !resume && o.move:
		err = errors.New("-move is for -resume")
	case resume:
		r, err = o.resumed(ctx)
	case len(names) == 0 && slices.Contains(command.Given(flags), "net"):
		r = recipe.Default()
	default:
		r, err = named(names)
	}
	if err != nil {
		return r, o, command.UsageError{Err: err}
	}
	o.data = m.Data
	if _, err := command.Parse(m.Stdout, trainFlags(&r, &o), "", args); err != nil {
		return r, o, err
	}
	if o.units != "" {
		if err := command.InFlags(r.Change("units", json.RawMessage(o.units))); err != nil {
			return r, o, err
		}
	}
	if !resume {
		r.Settle(command.Given(flags)...)
	}
	o.backend.Exact = r.Exact
	if err := command.InFlags(r.Validate()); err != nil {
		return r, o, err
	}
	if o.from != nil && r.LearningRate != o.from.Recipe.LearningRate {
		// The recipe says how the run began. What is new is a change on the way, and the log has it as that.
		o.rate, r.LearningRate = r.LearningRate, o.from.Recipe.LearningRate
	}
	return r, o, nil
}

// resumed opens the run to resume. What computed it is what the flags' defaults are, unless it is to move or they name something
// else.
func (o *trainOptions) resumed(ctx context.Context) (r recipe.Recipe, err error) {
	runs, name, err := folder.Of(o.resume)
	if err != nil {
		return r, err
	}
	var stands store.Stopped
	if o.log, stands, err = store.Resume(ctx, runs, name); err != nil {
		return r, err
	}
	o.from = stands.From
	r, was := stands.View.Start.Recipe, stands.View.Start.Where
	if o.from != nil {
		r, was = o.from.Recipe, o.from.Where
	}
	if o.move || was.Backend == "" {
		return r, nil
	}
	if o.backend.Backend == backends.Auto && o.backend.Plugin == "" {
		o.backend.Backend = was.Backend
	}
	if o.backend.Backend == was.Backend {
		o.backend.TF32 = was.Precision == "tf32"
	}
	return r, nil
}

// named returns the recipe of the one net that is named.
func named(names []string) (recipe.Recipe, error) {
	switch len(names) {
	case 0:
		return recipe.Recipe{}, errors.New("which net? serve recipes lists them by name, and -net says the layers of one")
	case 1:
		entry, err := models.Find(names[0])
		return entry.Recipe, err
	}
	return recipe.Recipe{}, fmt.Errorf("one net at a time: %q is one too many", names[1])
}

const snapshotsHelp = "`MiB` of weights on the way that a run keeps at most, to look at later; 0 for none"

const trainSynopsis = `serve train NAME [flags], serve train -net LAYERS [flags], or serve train -resume DIR [flags]
What no flag says is as in the named net's recipe or in the run; without either, the defaults below hold.`

// trainFlags returns the flags of train, set to write into r and o, with what stands there as defaults.
func trainFlags(r *recipe.Recipe, o *trainOptions) *flag.FlagSet {
	flags := command.New("train")
	command.RecipeFlags(flags, r)
	flags.StringVar(&o.units, "units", "", "`number` of units of each cell of a recurrent net")
	command.BackendFlags(flags, &o.backend)
	flags.BoolVar(&o.move, "move", false, "with -resume: resume with another backend, precision or machine than the run's own; its log then says so")
	flags.StringVar(&o.data, "data", o.data, dataHelp)
	flags.StringVar(&o.out, "out", "", "new `folder` for the run's events, and its last and best checkpoint")
	flags.StringVar(&o.resume, "resume", "", "`folder` of a run to resume: from its last checkpoint, perhaps for more -steps")
	flags.Int64Var(&o.snapshots, "snapshots", store.SnapshotBytes>>20, snapshotsHelp)
	flags.BoolVar(&o.json, "json", false, "write one event a line on standard output")
	return flags
}
