package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/store"
)

// evolution shows what activates maps of a layer most after each stored step, as figure 4 of Zeiler and Fergus (2013) does.
func (x *insight) evolution(ctx context.Context) error {
	layer := x.Layer
	if layer == "" {
		layer = x.net.LastMaps()
	} else if _, err := x.layers(nil); err != nil { // there is no such layer
		return err
	}
	var steps []int
	for _, one := range x.view.Snapshots {
		steps = append(steps, one.Step)
	}
	if len(steps) == 0 {
		return command.Usage("the run has no snapshots, so there are no steps to compare")
	}
	open := func(step int) (*look.Net, error) {
		c, err := store.Weights(ctx, x.kept, x.id, step, store.Last, store.Best)
		if err != nil {
			return nil, err
		}
		return x.net.With(c)
	}
	images, noun := x.among(x.subject)
	indices := look.Drawn(images, x.Images)
	count := len(indices)
	untrained := x.net.Untrained()
	defer untrained.Close()
	keep, _ := x.kept.(store.Store) // a server keeps no analyses
	leaders, err := store.Analysed(ctx, keep, x.id, func() (string, error) {
		return look.LeadersKey(untrained, x.set, steps, open, layer, x.Among == "train", count)
	}, func(all [][][]look.Strong) bool { return x.net.FitsLeaders(all, layer, indices, len(steps)) },
		func() ([][][]look.Strong, error) {
			fmt.Fprintf(x.stderr, "%s: searching %s %ss after each of %d steps\n", layer, number.Plain(count), noun, len(steps))
			return look.Leaders(ctx, layer, images, indices, steps, open, nil)
		})
	if err != nil {
		return err
	}
	maps := look.StrongestMaps(leaders[len(steps)-1], look.Evolving)
	if x.Map != nil {
		if n := len(leaders[0]); *x.Map < 0 || *x.Map >= n {
			return command.Usage("-map: %s has no map %d; they are numbered from 0 to %d", layer, *x.Map, n-1)
		}
		maps = []int{*x.Map}
	}
	e, err := look.Evolve(ctx, leaders, maps, images, steps, open)
	if err != nil {
		return err
	}
	return x.evolved(e, layer, fmt.Sprintf("%s %ss", number.Plain(count), noun), steps)
}

// evolved draws it: for each map two rows with a column a step.
func (x *insight) evolved(e *look.Evolution, layer, searched string, steps []int) error {
	images, noun := x.among(x.subject)
	var after, numbers []string
	for _, step := range steps {
		after = append(after, number.Plain(step))
	}
	for _, m := range e.Maps {
		numbers = append(numbers, number.Plain(m))
	}
	s := figure.Sheet{Title: "How what activates maps of " + layer + " most evolves", Columns: len(steps),
		Says: fmt.Sprintf("What activates maps of %s most among %s after each stored step: for each map above which pixels the activation comes from (%s), all on one scale, below the part of the image "+
			"that it sees. A white line above that marks another image than after the step before. Steps: %s. Maps: %s.", layer, searched, e.Method.Name(), strings.Join(after, ", "), strings.Join(numbers, ", "))}
	var all []float32
	rows := [][]string{}
	for at, m := range e.Maps {
		scale := float32(0)
		for _, stage := range e.Stages {
			scale = max(scale, largestOf(stage.Projections[at]))
		}
		var seen []figure.Cell
		for i, stage := range e.Stages {
			one := stage.Strongest[at]
			patch, err := x.net.Patch(one.Unit)
			if err != nil {
				return err
			}
			patch = patch.Within(x.set.Height, x.set.Width)
			s.Pixel = max(1, patchPixels/patch.Width)
			all = append(all, stage.Projections[at]...)
			s.Cells = append(s.Cells, crop(x.signedOn(stage.Projections[at], scale), patch))
			seen = append(seen, marked(crop(x.cell(x.of(images, int(one.Image))), patch), e.Changed(i, at)))
			rows = append(rows, []string{number.Plain(m), after[i], number.Plain(int(one.Image)), x.set.Classes[images.Labels[one.Image]],
				significant(one.Value), map[bool]string{true: "another image"}[e.Changed(i, at)]})
		}
		s.Cells = append(s.Cells, seen...)
	}
	err := x.picture("evolution", s)
	x.say("%s", markdown.Table([]string{"map", "step", noun, "class", "activation", ""}, rows))
	return errors.Join(err, x.array("evolution", []int{len(e.Maps), len(steps), x.set.Height, x.set.Width, x.set.Channels}, all))
}

// marked is an image below a line, with a gap, which is white if it is marked.
func marked(c figure.Cell, mark bool) figure.Cell {
	line := slices.Repeat([]float64{math.NaN()}, max(1, c.Height/14)*c.Width*c.Channels)
	gap := slices.Clone(line)
	if mark {
		for i := range line {
			line[i] = 1
		}
	}
	c.Height += 2 * max(1, c.Height/14)
	c.Values = slices.Concat(line, gap, c.Values)
	return c
}
