package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jetstore"
	"unpool/cmd/serve/internal/jobs"
	"unpool/core/recipe"
	"unpool/core/store"
	"unpool/models"
)

// trainFlags is what a train command says besides what the job needs.
type trainFlags struct {
	data, resume string
	snapshots    int64  // MiB
	queue        bool   // have a server train it
	store        string // that the server has
	nats         jetstore.Cluster
	units        string // of the cells of a recurrent net; "" for those it has
}

// train trains one net and says how it goes: one of a name or of layers, or the one of a run to resume.
func (m *Main) train(ctx context.Context, args []string) error {
	// The flags' defaults are the named net's or the run's, and either may come after the flags: so read twice.
	job := jobs.Train{Recipe: recipe.Default(), Snapshots: store.SnapshotBytes}
	defer job.Close()
	o := trainFlags{}
	flags := o.of(&job)
	names, err := command.Parse(m.Stdout, flags, trainSynopsis, args)
	if err != nil {
		return err
	}
	resume := o.resume != ""
	switch {
	case resume && (len(names) > 0 || job.Out != ""):
		err = errors.New("-resume resumes a run in its own folder: leave out the net's name and -out")
	case o.queue && (resume || job.Out != ""):
		err = errors.New("-queue lets a server train and store a new run: leave out -resume and -out")
	case !resume && job.Move:
		err = errors.New("-move works only with -resume")
	case resume:
		err = job.Resume(ctx, o.resume)
	case len(names) == 0 && slices.Contains(command.Given(flags), "net"):
		job.Recipe = recipe.Default()
	default:
		job.Recipe, err = named(names)
	}
	if err != nil {
		return command.UsageError{Err: err}
	}
	o.data, o.store, o.nats = m.Data, m.Store, m.NATS
	flags = o.of(&job)
	if _, err := command.Parse(m.Stdout, flags, "", args); err != nil {
		return err
	}
	if o.units != "" {
		if err := command.InFlags(job.Recipe.Change("units", json.RawMessage(o.units))); err != nil {
			return err
		}
	}
	if !resume {
		job.Recipe.Settle(command.Given(flags)...)
	}
	if err := command.InFlags(job.Recipe.Validate()); err != nil {
		return err
	}
	if o.queue {
		if err := settleNATS(flags, &o.nats); err != nil {
			return err
		}
		on, err := devices(flags, job.Backend)
		if err != nil {
			return err
		}
		m.Store, m.NATS, m.Data = o.store, o.nats, o.data
		return m.hand(ctx, jobs.Handed{Recipe: job.Recipe, JSON: job.JSON}, on)
	}
	if o.snapshots != job.Snapshots>>20 { // else the run's own bound, which need not be whole MiB
		job.Snapshots = o.snapshots << 20
	}
	return job.Run(ctx, m.images(o.data), m.Stdout, m.Stderr)
}

// named returns the recipe of the one net that is named.
func named(names []string) (recipe.Recipe, error) {
	switch len(names) {
	case 0:
		return recipe.Recipe{}, errors.New("which net? serve recipes lists the names; or describe the layers with -net")
	case 1:
		entry, err := models.Find(names[0])
		return entry.Recipe, err
	}
	return recipe.Recipe{}, fmt.Errorf("one net at a time: %q is one too many", names[1])
}

const snapshotsHelp = "at most this many `MiB` of weight snapshots per run, for looking inside later; 0 for none"

const trainSynopsis = `serve train NAME [flags], serve train -net LAYERS [flags], or serve train -resume DIR [flags]
Settings without a flag are those of the named net or of the run; without either, the defaults below apply.`

// of returns the flags of train, set to write into o and a job, with what stands there as defaults.
func (o *trainFlags) of(job *jobs.Train) *flag.FlagSet {
	flags := command.New("train")
	command.RecipeFlags(flags, &job.Recipe)
	flags.StringVar(&o.units, "units", "", "`number` of units of each layer of a recurrent net")
	command.BackendFlags(flags, &job.Backend)
	flags.BoolVar(&job.Move, "move", false, "with -resume: allow a different backend, precision or machine; the run's log records the change")
	flags.StringVar(&o.data, "data", o.data, dataHelp)
	flags.StringVar(&job.Out, "out", "", "new `folder` for the run's events, its last and best checkpoint, and snapshots of its weights")
	flags.StringVar(&o.resume, "resume", "", "`folder` of a run to resume from its last checkpoint, with more -steps if you like")
	flags.Int64Var(&o.snapshots, "snapshots", job.Snapshots>>20, snapshotsHelp)
	flags.BoolVar(&o.queue, "queue", false, "put it into the store's queue, and follow it here: the running server trains it, and continues after Ctrl-C; without a server, this command does")
	flags.StringVar(&o.store, "store", o.store, storeHelp)
	natsFlags(flags, &o.nats)
	flags.BoolVar(&job.JSON, "json", false, "write one event per line to standard output")
	return flags
}
