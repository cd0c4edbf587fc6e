package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"unpool/core/data"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/train"
)

// choose reads the files that the user chose to train on. They take the place of those chosen before, even if they cannot
// be used.
func (w *Worker) choose(ctx context.Context, call int, f protocol.Files, attached any) (any, error) {
	w.closeNet()
	w.closeInsides()
	w.latest = nil // first, so that there is room
	w.chosen = chosen{name: f.Name, attached: attached, split: f.Split}
	w.say(loading)
	own, err := w.read(ctx, data.Want{Split: f.Split}, w.progress(call))
	var first *data.Dataset
	if err == nil {
		first, err = own.Open(own.Sets[0])
	}
	if split := (*data.SplitNeeded)(nil); errors.As(err, &split) {
		train, test := split.With(recipe.UsualSplit)
		return nil, &protocol.Error{Code: protocol.NoSplit, Message: err.Error(), Hint: fmt.Sprintf(
			"Set some of each class aside, at random: %d to train on and %d to test on. Or put them into folders train and test.", train, test)}
	}
	if bad := (*data.BadFiles)(nil); errors.As(err, &bad) && bad.Count > 1 {
		return nil, protocol.ErrorOf(err, protocol.NoData, "They are named under Details. Then choose the folder or zip again.")
	}
	if err != nil {
		return nil, protocol.ErrorOf(err, protocol.NoData, "Choose a zip or a folder with the folders train and test, each with a folder "+
			"of pictures for each class, or the files of CIFAR-10, MNIST, Fashion-MNIST or EMNIST.")
	}
	w.chosen.own = own
	if _, named := first.Name.Info(); named {
		w.latest = first // which the next run probably uses
	}
	return protocol.Data{
		From: f.Name, Sets: own.Sets, Classes: first.Classes, Train: first.Train.Len(), Test: first.Test.Len(),
		Side: first.Height, Channels: first.Channels, Examples: train.Examples(first),
		Reading: first.Report.Lines(), Split: f.Split,
	}, nil
}

// read reads the chosen files, pictures among them in a form, and reports its progress ten times a second.
func (w *Worker) read(ctx context.Context, want data.Want, progress Progress) (*data.Chosen, error) {
	told := time.Now()
	return data.OpenFiles(w.chosen.name, w.Files(ctx, w.chosen.attached), want, func(done, total int64, unit string) error {
		if time.Since(told) > 100*time.Millisecond {
			told = time.Now()
			progress(done, total, unit)
		}
		return ctx.Err()
	})
}

// load takes a recipe's images from the user's files, or fetches them, or has them already.
func (w *Worker) load(ctx context.Context, call int, r recipe.Recipe) (*data.Dataset, error) {
	form := data.FormOf(r)
	if path, ok := r.Dataset.Folder(); ok {
		r.Dataset = w.place(r.Dataset)
		pictures, err := w.chosen.own.Open(r.Dataset)
		if pictures == nil && err == nil {
			err = &protocol.Error{Code: protocol.NoData, Message: fmt.Sprintf("the run uses the pictures of %s, which this page does not have", path),
				Hint: "Choose them again under Data, then resume."}
		}
		if err != nil || pictures.Form() == form && w.chosen.split == r.Split {
			return pictures, err
		}
		return w.readAgain(ctx, call, r.Dataset, data.WantOf(r))
	}
	if w.latest != nil && w.latest.Name == r.Dataset {
		return w.latest.In(form), nil
	}
	w.latest = nil // first, so that there is room for the next
	set, err := w.chosen.own.Open(r.Dataset)
	if set == nil && err == nil {
		set, err = w.Fetch(ctx, r.Dataset, w.progress(call))
	}
	if err != nil {
		return nil, err
	}
	w.latest = set
	return set.In(form), nil
}

// place is where a run's pictures are taken from: where they were does not matter, and their content tells whether they are the run's.
func (w *Worker) place(set recipe.Dataset) recipe.Dataset {
	if _, own := set.Folder(); own && w.chosen.own != nil {
		if _, own := w.chosen.own.Sets[0].Folder(); own {
			return w.chosen.own.Sets[0]
		}
	}
	return set
}

// readAgain reads the user's pictures in another form: they may be larger than what was made of them.
func (w *Worker) readAgain(ctx context.Context, call int, name recipe.Dataset, want data.Want) (*data.Dataset, error) {
	again, err := w.read(ctx, want, w.progress(call))
	if err != nil {
		return nil, err
	}
	set, err := again.Open(name)
	if set == nil && err == nil {
		err = errors.New("the files have changed since they were chosen")
	}
	if err != nil {
		return nil, err
	}
	w.chosen.own, w.chosen.split = again, want.Split
	return set.In(want.Form), nil // files other than pictures have only their own form
}

// measure measures how fast the engine is.
func (w *Worker) measure(context.Context, *job) (any, error) {
	w.say(starting) // of which measuring them is a small part
	e, err := w.Measure()
	if err != nil {
		return nil, protocol.ErrorOf(err, protocol.NoEngine, "Close other tabs and try again.")
	}
	return e, nil
}
