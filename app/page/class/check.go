package class

import (
	"encoding/json"
	"fmt"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/core/task"
	"unpool/models"
)

// outcome is what the check of a hand-in has shown; zero before.
type outcome struct{ state, says string }

// checker trains the recipes of hand-ins again, one after the other. What it has trained once serves every hand-in of that recipe.
type checker struct {
	shell *shell.Shell
	again *client.Again

	queue   []*handed // to be checked, the one that is being checked first
	of      int       // how many there were
	trained map[recipe.Recipe]run.View
	results []results.Row // that are published; nil until they have been asked for
}

func newChecker(s *shell.Shell) *checker {
	return &checker{shell: s, again: client.NewAgain(s.Dispatch), trained: map[recipe.Recipe]run.View{}}
}

// begin checks hand-ins.
func (c *checker) begin(all []*handed) {
	c.queue, c.of = all, len(all)
	if c.results != nil {
		c.next()
		return
	}
	c.results = []results.Row{}
	c.shell.Fetch(web.File("results/results.json"), func(text string, err error) {
		var rows []results.Row
		if err == nil && json.Unmarshal([]byte(text), &rows) == nil { // else there are none
			c.results = rows
		}
		c.next()
	})
}

// stop ends the check; what it has shown stays.
func (c *checker) stop() {
	c.queue = nil
	c.again.Stop()
}

// next trains what the check lacks, or says what it shows and goes on.
func (c *checker) next() {
	for len(c.queue) > 0 {
		f := c.queue[0]
		lacks := c.lacks(f.Run)
		if lacks == nil {
			f.outcome = c.judge(f.Run)
			c.queue = c.queue[1:]
			continue
		}
		c.again.Train(*lacks, func() {
			c.trained[*lacks] = c.again.View
			c.next()
		})
		return
	}
	c.again.Stop()
}

// lacks is the recipe to train next for the check of a run; nil for none.
func (c *checker) lacks(v *run.View) *recipe.Recipe {
	for _, r := range c.needs(v) {
		if _, ok := c.trained[r]; !ok {
			return &r
		}
	}
	return nil
}

// seeds is how many runs show a spread, where none are published.
const seeds = 3

// needs are the recipes to train for the check of a run: its own if it is exact, else some that differ in their seed.
func (c *checker) needs(v *run.View) (all []recipe.Recipe) {
	r := v.Start.Recipe
	switch {
	case cannot(v) != "":
		return nil
	case r.Exact:
		return []recipe.Recipe{r}
	case len(c.published(r)) > 1:
		return nil
	}
	for i := range uint64(seeds) {
		r.Seed = 1001 + i
		all = append(all, r)
	}
	return all
}

// cannot says why a run cannot be compared with another; "" where it can. An exact run whose file says that it is no such run is not held to a
// spread in its place: that is wider.
func cannot(v *run.View) string {
	_, err := v.Proof()
	switch {
	case v.Start.Recipe.Exact && err != nil:
		return "cannot be checked: " + err.Error()
	case len(v.Rates) > 0:
		return "cannot be checked: " + run.ErrByHand.Error()
	case v.Phase != run.Done:
		return "cannot be checked: " + run.ErrUnproven.Error()
	case v.Start.Recipe.Minutes > 0:
		return "cannot be checked: its length depends on how fast the computer was"
	}
	return ""
}

// published is the spread of the published runs of a recipe, whatever their seeds; nil for none.
func (c *checker) published(r recipe.Recipe) (s task.Spread) {
	e := models.Describe(r)
	if r.Seed = e.Recipe.Seed; r != e.Recipe {
		return nil
	}
	for _, row := range c.results {
		if row.Name == e.Name {
			for _, r := range row.Runs {
				s = append(s, r.Last.Accuracy)
			}
		}
	}
	return s
}

// judge compares a run with what needs named, which has been trained.
func (c *checker) judge(v *run.View) outcome {
	if why := cannot(v); why != "" {
		return outcome{"uncheckable", why}
	}
	needs := c.needs(v)
	for _, r := range needs {
		if again := c.trained[r]; again.Phase != run.Done {
			why := "it ended early"
			if again.End != nil && again.End.Error != "" {
				why = again.End.Error
			}
			return outcome{"uncheckable", "could not be trained here: " + why}
		}
	}
	if len(needs) == 1 {
		again := c.trained[needs[0]]
		if difference := task.Again(v, &again); difference != "" {
			return outcome{"differs", "does not reproduce: " + difference}
		}
		return outcome{"identical", "checked: identical, bit for bit"}
	}
	spread, of := c.published(v.Start.Recipe), "published runs"
	if needs != nil {
		spread, of = nil, "runs here with other seeds"
		for _, r := range needs {
			again := c.trained[r]
			m, _ := again.Latest()
			spread = append(spread, m.Test.Accuracy)
		}
	}
	low, high := spread.Bounds()
	m, _ := v.Latest()
	within := fmt.Sprintf("the spread over seeds, %s to %s (from %d %s)", number.Share(low), number.Share(high), len(spread), of)
	if m.Test.Accuracy < low || m.Test.Accuracy > high {
		return outcome{"beyond", "does not reproduce: outside " + within}
	}
	return outcome{"within", "checked: within " + within}
}

// progress says how far the check is; "" while there is none.
func (c *checker) progress() (says string, share float64) {
	if len(c.queue) == 0 {
		return "", 0
	}
	v := &c.again.View
	share = float64(c.of - len(c.queue))
	if r, ok := v.Recipe(); ok {
		share += min(1, float64(v.Step)/float64(r.Steps))
	}
	return fmt.Sprintf("Checking %s of %s by training again.", number.Int(c.of-len(c.queue)+1), number.Int(c.of)), share / float64(c.of)
}
