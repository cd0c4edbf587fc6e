package runs

import (
	"fmt"
	"slices"

	"unpool/app/ui/words"
	"unpool/core/recipe"
	"unpool/core/run"
)

// compared is a run of a comparison.
type compared struct {
	*row
	view *run.View
}

// group are runs that differ only in their seed, each with another one.
type group struct {
	name string
	runs []compared
}

func (g group) views() (all []*run.View) {
	for _, c := range g.runs {
		all = append(all, c.view)
	}
	return all
}

// kind is what the runs of a group have in common.
type kind struct {
	recipe recipe.Recipe // without the seed
	images string        // what they were trained on, by its hash
	rates  string        // the learning rates that were set on the way
	again  int           // how many runs before had the same seed, too: one run twice is not one over two seeds
}

// bySeed groups runs. The first of a group gives it its place and, without a seed, its name.
func bySeed(all []compared) (groups []group) {
	at := map[kind]int{}
	for _, c := range all {
		key := kind{recipe: c.Recipe, rates: fmt.Sprint(c.view.Rates)}
		key.recipe.Seed = 0
		if c.Content != nil {
			key.images = c.Content.Hash
		}
		i, ok := at[key]
		for ok && groups[i].has(c.Recipe.Seed) {
			key.again++
			i, ok = at[key]
		}
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, group{name: c.name})
		}
		groups[i].runs = append(groups[i].runs, c)
	}
	return groups
}

func (g group) has(seed uint64) bool {
	return slices.ContainsFunc(g.runs, func(c compared) bool { return c.Recipe.Seed == seed })
}

// recipes are those of runs.
func recipes(all []compared) (list []recipe.Recipe) {
	for _, c := range all {
		list = append(list, c.Recipe)
	}
	return list
}

// names distinguish runs of one name: by what differs between their recipes, else by when they began, else by a number.
func names(all []compared) []string {
	list := make([]string, len(all))
	for i, c := range all {
		list[i] = c.name
	}
	list = words.Apart(list, recipes(all))
	tell := func(by func(c compared, others []compared) string) {
		of := map[string][]compared{}
		for i, c := range all {
			of[list[i]] = append(of[list[i]], c)
		}
		for i, c := range all {
			if others := of[list[i]]; len(others) > 1 {
				list[i] += by(c, others)
			}
		}
	}
	tell(func(c compared, _ []compared) string { return ", begun " + when(c.Created) })
	tell(func(c compared, others []compared) string {
		return fmt.Sprintf(" (%d)", 1+slices.IndexFunc(others, func(o compared) bool { return o.row == c.row }))
	})
	return list
}
