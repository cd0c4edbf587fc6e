package train

import (
	"encoding/json"
	"fmt"

	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/models"
	"unpool/models/net"
)

// promise is the sentence under Train: what pressing it will do and, as far as known, how long that takes and which accuracy to expect.
type promise struct {
	setup *setup
	pace  *pace
	where *where

	published map[string]float64 // final accuracies on test images by the catalog's names, means over seeds, as published with the site
}

// look gets the published results.
func (p *promise) look(s *shell.Shell) {
	if p.published != nil {
		return
	}
	p.published = map[string]float64{}
	s.Fetch(web.File("results/results.json"), func(text string, err error) {
		var rows []results.Row
		if err != nil || json.Unmarshal([]byte(text), &rows) != nil {
			return // this build has none, or there is no connection
		}
		for _, row := range rows {
			for _, r := range row.Runs {
				p.published[row.Name] += r.Last.Accuracy / float64(len(row.Runs))
			}
		}
	})
}

// text is the sentence.
func (p *promise) text() string {
	r, problems := p.setup.recipe()
	if problems != nil {
		return "A setting is invalid: see All settings below."
	}
	plan, err := r.Plan()
	if err != nil { // which is none of the form's, and said when it is trained
		return "A setting is invalid: see All settings below."
	}
	images := p.setup.images
	of := "the pictures of " + images.data.Said.From
	if !images.own() {
		info, _ := r.Dataset.Info()
		of = fmt.Sprintf("%s (%s)", info.Of, info.Title)
	}
	here := !p.where.there()
	in, note, ms := "in this tab", " Nothing leaves your machine.", p.pace.step(plan, r)
	if !here {
		in, note, ms = p.where.name(), " It continues when you leave this page.", p.where.server.Of(p.where.shell.Runs.Server, r)
	}
	return fmt.Sprintf("Trains a net of %s parameters on %s %s: %s steps of %s images, tested every %s.%s%s",
		number.Int(plan.Parameters()), of, in, number.Int(r.Steps), number.Int(r.Batch), number.Int(r.EvalEvery), p.outcome(plan, r, ms, here), note)
}

// long is how many seconds of training are too many to watch.
const long = 600

// outcome says how long it takes if a step takes ms, here in the tab or on the server, and which accuracy to expect.
func (p *promise) outcome(plan *net.Plan, r recipe.Recipe, ms float64, here bool) string {
	takes := ""
	if ms > 0 {
		s := seconds(plan, r, ms)
		takes = " This takes about " + number.Duration(s)
		if s > long && here {
			takes += ", during which the tab can stay in the background"
		}
	}
	reaches := ""
	if accuracy := p.published[p.setup.entry.Name]; accuracy > 0 && same(r, p.setup.entry) {
		reaches = fmt.Sprintf("about %.0f%s%% of the test images are classified correctly at the end", 100*accuracy, number.Thin)
	}
	switch {
	case takes == "" && reaches == "":
		return ""
	case takes == "":
		return " In our own runs, " + reaches + "."
	case reaches == "":
		return takes + "."
	}
	return takes + "; in our own runs, " + reaches + "."
}

// same reports whether a recipe is the catalog's but for its seed.
func same(r recipe.Recipe, e models.Entry) bool {
	r.Seed = e.Recipe.Seed
	return r == e.Recipe
}

// How many images are classified at an evaluation of a sample, and at one of all test images, of which most data sets have 10,000.
const (
	sampled = 2000
	final   = 11_000
)

// seconds is how long a run takes whose steps take ms, its evaluations among them.
func seconds(plan *net.Plan, r recipe.Recipe, ms float64) float64 {
	images, each := r.Steps*r.Batch, sampled
	if r.Eval == recipe.EvalFull {
		each = final
	}
	forward := float64(plan.Forward()) / float64(plan.Step())
	looked := float64(r.Steps/r.EvalEvery*each+final) * forward
	return ms / 1000 / float64(r.Batch) * (float64(images) + looked)
}
