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

// promise says what pressing Train will do and, as far as known, how long that takes and which accuracy to expect.
type promise struct {
	setup     *setup
	pace      *pace
	where     *where
	beside    *beside
	reference *reference

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
		p.reference.knows(rows)
		for _, row := range rows {
			for _, r := range row.Runs {
				p.published[row.Name] += r.Last.Accuracy / float64(len(row.Runs))
			}
		}
	})
}

// headline says what the net of the menu learns.
func (p *promise) headline() string {
	if images := p.setup.images; images.own() {
		return "Teach a neural network to tell your own pictures apart"
	}
	info, _ := p.setup.entry.Recipe.Dataset.Info() // the page is never about a folder
	return "Teach a neural network to tell " + info.Of + " apart"
}

const invalid = "A setting is invalid: see All settings below."

// lead is how long a run takes and its result, in one line.
func (p *promise) lead() string {
	r, plan, ok := p.next()
	if !ok {
		return invalid
	}
	if text := p.outcome(r, p.takes(plan, r)); text != "" {
		return text
	}
	return "Watch its accuracy rise, its answers change, and its weights take shape."
}

// next is what would be trained, if the settings are right.
func (p *promise) next() (r recipe.Recipe, plan *net.Plan, ok bool) {
	r, problems := p.setup.recipe()
	if problems != nil {
		return r, nil, false
	}
	plan, err := r.Plan()
	return r, plan, err == nil // an error that is not one of the form's is shown when it is trained
}

// details says what a run does; "" where a setting is invalid.
func (p *promise) details() string {
	r, plan, ok := p.next()
	if !ok {
		return ""
	}
	images := p.setup.images
	of := "the pictures of " + images.data.Said.From
	if !images.own() {
		info, _ := r.Dataset.Info()
		of = fmt.Sprintf("%s (%s)", info.Of, info.Title)
	}
	in, note := "in this tab", "Nothing leaves your machine."
	what := "a net of " + number.Int(plan.Parameters()) + " parameters"
	if p.where.there() {
		in, note = p.where.name(), "It continues when you leave this page."
	} else if others := p.beside.next(r); len(others) > 0 {
		what = fmt.Sprintf("%d nets by turns, on the same batches,", 1+len(others))
	}
	return fmt.Sprintf("Trains %s on %s %s: %s steps of %s images, tested every %s. %s",
		what, of, in, number.Int(r.Steps), number.Int(r.Batch), number.Int(r.EvalEvery), note)
}

// takes is how many seconds the run takes, with those beside it where it trains in this tab; 0 if that is not known.
func (p *promise) takes(plan *net.Plan, r recipe.Recipe) float64 {
	if p.where.there() {
		return seconds(plan, r, p.where.server.Of(p.where.shell.Runs.Server, r))
	}
	sum := 0.0
	for _, one := range append(p.beside.next(r), r) {
		plan, err := one.Plan()
		if err != nil {
			return 0 // that is shown when it is trained
		}
		s := seconds(plan, one, p.pace.step(plan, one))
		if s == 0 {
			return 0
		}
		sum += s
	}
	return sum
}

// long is how many seconds of training are too many to watch.
const long = 600

// outcome says how long it takes, s seconds here in the tab or on the server, and which accuracy to expect of a net alone.
func (p *promise) outcome(r recipe.Recipe, s float64) string {
	here := !p.where.there()
	nets := 1
	takes := ""
	if here {
		nets += len(p.beside.next(r))
	}
	if s > 0 {
		takes = "About " + number.Duration(s)
		if here {
			takes += " here"
		} else {
			takes += " " + p.where.name()
		}
		if nets > 1 {
			takes += fmt.Sprintf(" for %d nets", nets)
		}
		if s > long && here {
			takes += ", during which the tab can stay in the background"
		}
	}
	reaches := ""
	if accuracy := p.published[p.setup.entry.Name]; accuracy > 0 && nets == 1 && same(r, p.setup.entry) {
		reaches = fmt.Sprintf("test accuracy reached about %.0f%s%%", 100*accuracy, number.Thin)
	}
	switch {
	case takes == "" && reaches == "":
		return ""
	case takes == "":
		return "In our own runs, " + reaches + "."
	case reaches == "":
		return takes + "."
	}
	return takes + "; in our own runs, " + reaches + "."
}

// same reports whether a recipe is the catalog's except for its seed.
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
