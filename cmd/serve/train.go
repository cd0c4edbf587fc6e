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
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/runlog"
	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
)

// trainOptions is what a train command says besides the recipe.
type trainOptions struct {
	backend           backends.Options
	move              bool
	data, out, resume string
	json              bool
	units             string // of the cells of a recurrent net; "" for those it has

	log  *runlog.Log            // of the run to resume
	from *checkpoint.Checkpoint // where it stands; nil to begin
	rate float64                // the learning rate to resume at; 0 for the one in use
}

// train trains one net and says how it goes.
func (m *Main) train(ctx context.Context, args []string) error {
	r, o, err := m.trainCommand(args)
	if o.log != nil {
		defer o.log.Close() // again, unless the run did not begin
	}
	if err != nil {
		return err
	}
	backend, err := openBackend(o.backend)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	set, err := m.trainImages(ctx, &r, o)
	if err != nil {
		return err
	}
	s := sink{progress: console.New(m.Stderr), log: o.log}
	if o.json {
		s.lines = m.Stdout
	}
	// The folder is made when nothing else can be wrong with the command.
	session, err := train.New(on(backend, train.Options{
		Recipe: r, Data: set, Emit: s.take, From: o.from, Move: o.move, Keep: s.keep,
	}))
	if err != nil {
		return usageError{moveHint(err)}
	}
	defer session.Close()
	if o.out != "" {
		if s.log, err = runlog.Create(o.out); err != nil {
			return usageError{err}
		}
	}
	fmt.Fprintln(m.Stderr, backend.Why)
	if o.from != nil {
		fmt.Fprintf(m.Stderr, "resuming after step %s\n", console.Whole(o.from.Step))
	}
	if o.rate != 0 {
		session.Do(control.Command{Do: control.SetRate, LearningRate: o.rate})
	}

	if err := s.follow(ctx, session); err != nil {
		return err
	}
	summary := m.Stdout
	if o.json {
		summary = m.Stderr
	}
	if err := s.progress.Summary(summary); err != nil {
		return err
	}
	if s.end.Status == run.Stopped {
		return errStopped
	}
	return nil
}

// trainImages reads what a run trains on: what its recipe says, if it is one to resume; else the recipe may learn from the
// images what they are, and whether its net fits them.
func (m *Main) trainImages(ctx context.Context, r *recipe.Recipe, o trainOptions) (*data.Dataset, error) {
	if o.resume != "" {
		set, err := m.openData(ctx, r.Dataset, data.FormOf(*r), o.data)
		if path, ok := r.Dataset.Folder(); ok && errors.Is(err, fs.ErrNotExist) {
			err = usage("%v; if the pictures of %s lie elsewhere now, -dataset folder:PATH says where", err, path)
		}
		return set, stopped(ctx, err)
	}
	set, err := m.openImages(ctx, images{}, r, o.data)
	if err != nil {
		return nil, err
	}
	return set, inFlags(r.Validate())
}

// trainCommand reads a train command's arguments: a net's name or its layers, or the folder of a run to resume, and what to
// change in its recipe.
func (m *Main) trainCommand(args []string) (recipe.Recipe, trainOptions, error) {
	// The flags' defaults are the named net's or the run's, and either may come after the flags: so read twice.
	r := recipe.Default()
	var o trainOptions
	flags := trainFlags(&r, &o)
	names, err := m.parse(flags, trainSynopsis, args)
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
		r, err = o.resumed()
	case len(names) == 0 && slices.Contains(given(flags), "net"):
		r = recipe.Default()
	default:
		r, err = named(names)
	}
	if err != nil {
		return r, o, usageError{err}
	}
	o.data = m.Data
	if _, err := m.parse(trainFlags(&r, &o), "", args); err != nil {
		return r, o, err
	}
	if o.units != "" {
		if err := inFlags(r.Change("units", json.RawMessage(o.units))); err != nil {
			return r, o, err
		}
	}
	if !resume {
		r.Settle(given(flags)...)
	}
	o.backend.Exact = r.Exact
	if err := inFlags(r.Validate()); err != nil {
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
func (o *trainOptions) resumed() (r recipe.Recipe, err error) {
	var start *run.Start
	if o.log, start, o.from, err = runlog.Resume(o.resume); err != nil {
		return r, err
	}
	r, was := start.Recipe, start.Where
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

// moveHint adds to the refusal to move a run what to do about it.
func moveHint(err error) error {
	if moved := (*train.MoveError)(nil); errors.As(err, &moved) {
		return fmt.Errorf("%w; -move lets it, and the log will say so", err)
	}
	return err
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

const trainSynopsis = `serve train NAME [flags], serve train -net LAYERS [flags], or serve train -resume DIR [flags]
What no flag says is as in the named net's recipe or in the run; without either, the defaults below hold.`

// trainFlags returns the flags of train, set to write into r and o, with what stands there as defaults.
func trainFlags(r *recipe.Recipe, o *trainOptions) *flag.FlagSet {
	flags := newFlags("train")
	recipeFlags(flags, r)
	flags.StringVar(&o.units, "units", "", "`number` of units of each cell of a recurrent net")
	backendFlags(flags, &o.backend)
	flags.BoolVar(&o.move, "move", false, "with -resume: resume with another backend, precision or machine than the run's own; its log then says so")
	flags.StringVar(&o.data, "data", o.data, dataHelp)
	flags.StringVar(&o.out, "out", "", "new `folder` for the run's events, and its last and best checkpoint")
	flags.StringVar(&o.resume, "resume", "", "`folder` of a run to resume: from its last checkpoint, perhaps for more -steps")
	flags.BoolVar(&o.json, "json", false, "write one event a line on standard output")
	return flags
}
