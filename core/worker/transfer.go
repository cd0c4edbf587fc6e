package worker

import (
	"context"
	"fmt"

	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// mostSeeds is how many times images are drawn for a transfer at most.
const mostSeeds = 5

// transfer tries the net's features for another data set.
func (a *analysis) transfer(ctx context.Context, with protocol.Transferring) (*protocol.Transfer, error) {
	to, err := a.images(with.To)
	if err != nil {
		return nil, err
	}
	images, seeds := min(max(with.Images, len(to.Classes)), mostProbed), min(max(with.Seeds, 1), mostSeeds)
	t, err := remembered(ctx, a, a.net, "transfer", []any{to.Hash(), images, seeds}, func(t *look.Transfer) bool { return a.net.FitsTransfer(t, seeds) },
		func() (*look.Transfer, error) { return a.net.Transfer(ctx, to, images, seeds, a.progress) })
	if err != nil {
		return nil, err
	}
	told := &protocol.Transfer{
		Layer: t.Layer, Size: t.Size, Pool: t.Pool, Becomes: with.To.Becomes(a.data.Height, a.data.Channels), Classes: len(to.Classes), Test: t.Test,
		Steps: t.Steps, Batch: t.Batch, Seeds: seeds, Says: t.Says(),
	}
	var accuracies []float32
	for _, g := range t.Given {
		one := protocol.Given{Each: g.Each, Images: g.Images, All: g.All}
		for i, of := range [][]float64{g.Features, g.Random, g.Scratch} {
			to := []*protocol.OverSeeds{&one.Features, &one.Random, &one.Scratch}[i]
			to.Mean, to.Deviation = look.MeanOf(of)
			for _, accuracy := range of {
				accuracies = append(accuracies, float32(accuracy))
			}
		}
		told.Given = append(told.Given, one)
	}
	a.note(protocol.Accuracies, run.Weights{Step: a.net.Step, Count: len(t.Given), Height: 3, Width: seeds, Channels: 1}, accuracies)
	return told, nil
}

// other is a data set that need not be the one that a run under way uses: the user's own pictures as they were read, or one with a name everywhere.
func (w *Worker) other(ctx context.Context, call int, name recipe.Dataset) (*data.Dataset, error) {
	if _, own := name.Folder(); own {
		set, err := w.chosen.own.Open(w.place(name))
		if set == nil && err == nil {
			err = &protocol.Error{Code: protocol.NoData, Message: "this page does not have these pictures", Hint: "Choose them again under Data on the Train page."}
		}
		return set, err
	}
	if _, known := name.Info(); !known {
		return nil, &protocol.Error{Code: protocol.Invalid, Message: fmt.Sprintf("there is no data set %q", name), Hint: "Choose another data set."}
	}
	set, err := w.load(ctx, call, recipe.Recipe{Dataset: name})
	if err != nil {
		return nil, protocol.ErrorOf(err, protocol.NoData, "Choose another data set, or its files under Data on the Train page.")
	}
	return set, nil
}
