package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/runlog"
	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/core/train"
	"unpool/models"
)

// trainOptions is what a train command says besides the recipe.
type trainOptions struct {
	backend           backends.Options
	move              bool
	data, out, resume string
	json              bool

	log  *runlog.Log            // of the run to resume
	from *checkpoint.Checkpoint // where it stands; nil to begin
	rate float64                // the learning rate to go on at; 0 for the one in use
}

// train trains one net and says how it goes.
func (m *Main) train(ctx context.Context, args []string) error {
	r, o, err := m.trainCommand(args)
	if err != nil {
		return err
	}
	backend, err := openBackend(o.backend)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	set, err := m.openData(ctx, r.Dataset, o.data)
	if err != nil {
		return stopped(ctx, err)
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
	if s.end.Status == event.StatusStopped {
		return errStopped
	}
	return nil
}

// trainCommand reads a train command's arguments: a net's name, or the folder of a run to resume, and what to change in
// its recipe.
func (m *Main) trainCommand(args []string) (recipe.Recipe, trainOptions, error) {
	// The flags' defaults are the named net's or the run's, and either may come after the flags: so read twice.
	var r recipe.Recipe
	var o trainOptions
	names, err := m.parse(trainFlags(&r, &o), "serve train NAME [flags], or serve train -resume DIR [flags]", args)
	if err != nil {
		return r, o, err
	}
	resume := o.resume != ""
	switch {
	case resume && (len(names) > 0 || o.out != ""):
		err = errors.New("-resume continues a run in its own folder: it takes no net's name and no -out")
	case !resume && o.move:
		err = errors.New("-move is for -resume")
	case resume:
		r, err = o.resumed()
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
	if !resume && r.Optimizer == recipe.Momentum && r.Momentum == 0 {
		r.Momentum = 0.9
	}
	o.backend.Exact = r.Exact
	if err := inFlags(r.Validate()); err != nil {
		return r, o, err
	}
	if o.from != nil && r.LearningRate != o.from.Recipe.LearningRate {
		// The recipe says how the run began. What is new is a change on the way, and the log tells it as that.
		o.rate, r.LearningRate = r.LearningRate, o.from.Recipe.LearningRate
	}
	return r, o, nil
}

// resumed opens the run to resume. What computed it is what the flags' defaults are, unless it is to move or they name something
// else.
func (o *trainOptions) resumed() (r recipe.Recipe, err error) {
	var start *event.Start
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
		return recipe.Recipe{}, errors.New("which net? serve recipes lists them by name")
	case 1:
		entry, err := models.Find(names[0])
		return entry.Recipe, err
	}
	return recipe.Recipe{}, fmt.Errorf("one net at a time: %q is one too many", names[1])
}

// trainFlags returns the flags of train, set to write into r and o, with what stands there as defaults.
func trainFlags(r *recipe.Recipe, o *trainOptions) *flag.FlagSet {
	flags := newFlags("train")
	flags.StringVar((*string)(&r.Dataset), "dataset", string(r.Dataset), "`name` of the images to learn from: "+datasetNames()+
		", or folder:PATH for a folder or zip with train and test in it, and in each a folder of PNG or JPEG pictures for each class")
	flags.Uint64Var(&r.Seed, "seed", r.Seed, "`number` that decides initial weights and the order of images")
	flags.IntVar(&r.Batch, "batch", r.Batch, "`images` a step")
	flags.Float64Var(&r.LearningRate, "lr", r.LearningRate, "learning `rate`")
	flags.IntVar(&r.Steps, "steps", r.Steps, "training `steps`")
	flags.IntVar(&r.EvalEvery, "eval-every", r.EvalEvery, "`steps` between evaluations")
	flags.StringVar((*string)(&r.Eval), "eval", string(r.Eval), "`what` to evaluate on: sample (1,000 test images; all at the end) or full")
	flags.StringVar((*string)(&r.Optimizer), "optimizer", string(r.Optimizer), "`name`: adam, sgd, momentum (0.9) or rmsprop")
	flags.StringVar((*string)(&r.Schedule), "schedule", string(r.Schedule), "`name` of how the learning rate changes: cosine, or empty for not at all")
	flags.BoolVar(&r.Normalize, "normalize", r.Normalize, "feed the net with mean 0 and standard deviation 1")
	flags.IntVar(&r.Shift, "shift", r.Shift, "move training images by up to so many `pixels`")
	flags.BoolVar(&r.Flip, "flip", r.Flip, "mirror half of the training images")
	flags.IntVar(&r.Cutout, "cutout", r.Cutout, "blank out a square of so many `pixels` in training images")
	flags.BoolVar(&r.NoDropout, "no-dropout", r.NoDropout, "train the net without its dropout layers")
	flags.IntVar(&r.Holdout, "holdout", r.Holdout, "training `images` to keep back as the validation set")
	backendFlags(flags, &o.backend)
	flags.BoolVar(&o.move, "move", false, "with -resume: go on with another backend, precision or machine than the run's own; its log then says so")
	flags.BoolVar(&r.Exact, "exact", r.Exact, "compute the same bits as every browser does (wasm backend)")
	flags.StringVar(&o.data, "data", o.data, dataHelp)
	flags.StringVar(&o.out, "out", "", "new `folder` for the run's events, and its last and best checkpoint")
	flags.StringVar(&o.resume, "resume", "", "`folder` of a run to go on with: from its last checkpoint, perhaps for more -steps")
	flags.BoolVar(&o.json, "json", false, "write one event a line on standard output")
	return flags
}

func datasetNames() string {
	var names []string
	for _, d := range recipe.Datasets {
		names = append(names, string(d))
	}
	return strings.Join(names, ", ")
}

// inFlags says a recipe's problems in one line, by the names of the flags.
func inFlags(err error) error {
	if err == nil {
		return nil
	}
	flagOf := map[string]string{"learning_rate": "lr", "eval_every": "eval-every"}
	problems := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		problems = joined.Unwrap()
	}
	var text []string
	for _, p := range problems {
		var f *recipe.FieldError
		if !errors.As(p, &f) {
			text = append(text, p.Error())
			continue
		}
		name := f.Field
		if renamed := flagOf[name]; renamed != "" {
			name = renamed
		}
		text = append(text, "-"+name+": "+f.Problem)
	}
	return usage("%s", strings.Join(text, "; "))
}
