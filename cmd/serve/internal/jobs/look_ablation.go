package jobs

import (
	"context"
	"encoding/json"

	"unpool/cmd/serve/internal/command"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/models/net"
)

// ablationSeeds is how often each net of an ablation is trained.
const ablationSeeds = 3

// ablation writes the sweep that leaves layers out of the net and makes them wider and narrower, as table 3 of Zeiler and Fergus (2013) does. It does not
// run it: that takes as long as training all its nets.
func (x *insight) ablation(context.Context) error {
	r := x.net.Recipe
	if _, own := r.Dataset.Folder(); own {
		return command.Usage("ablation is for the built-in data sets; for pictures of your own write a sweep, see docs/sweeps.md, and name them after -dataset of serve sweep")
	}
	n := layered(x)
	var sweep struct {
		Base   recipe.Recipe       `json:"base"`
		Change map[string]int      `json:"change,omitempty"`
		Each   []map[string]string `json:"each"`
		Seeds  int                 `json:"seeds"`
	}
	sweep.Base, sweep.Each, sweep.Seeds = r, []map[string]string{{}}, ablationSeeds
	if r.Holdout == 0 { // to rank by
		sweep.Change = map[string]int{"holdout": x.set.Train.Len() / 10}
	}
	rows := [][]string{{"as it is", n.String()}}
	try := func(other net.Net) {
		if other != nil {
			sweep.Each, rows = append(sweep.Each, map[string]string{"net": other.String()}), append(rows, []string{n.Changed(other), other.String()})
		}
	}
	var left []int
	changes := n.Ablations(r.Task())
	for _, a := range changes {
		if try(a.Without); a.Without != nil {
			left = append(left, a.At)
		}
	}
	if together := n.Without(left...); len(left) > 1 {
		if _, err := together.Plan(r.Task()); err == nil {
			try(together)
		}
	}
	for _, a := range changes {
		try(a.Half)
		try(a.Double)
	}
	if len(rows) == 1 {
		return command.Usage("ablation: no layer of %s can be left out or have another width", n)
	}
	text, err := json.MarshalIndent(sweep, "", "  ")
	if err != nil {
		return err
	}
	x.say("Which layers does the net need (Zeiler and Fergus, 2013, table 3)? A sweep trains it without each of its layers, without all of these, and with half and twice the width of each: "+
		"%s nets, each with %d seeds, for %s steps. With a layer go the normalisation, activation functions and dropout that follow it; pools stay.\n\n%s\n\n"+
		"It ranks them by training images that are set aside, and says mean and standard deviation over the seeds:\n\n```sh\ngo run ./cmd/serve sweep %s/ablation.json -runs %[5]s/runs -to %[5]s/sweep\n```",
		number.Plain(len(rows)), ablationSeeds, number.Plain(r.Steps), markdown.Table([]string{"change", "net"}, rows), x.Out)
	return x.file("ablation.json", append(text, '\n'))
}
