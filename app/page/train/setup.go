package train

import (
	"slices"

	"unpool/app/ui/builder"
	"unpool/app/ui/form"
	"unpool/core/recipe"
	"unpool/core/task"
	"unpool/models"
)

// firstVisit is what the page is set to before anyone has chosen.
const firstVisit = "mnist-rnn-128"

// setup is what the next run is to be: a net of the menu, and its settings in a form and in the net builder.
type setup struct {
	images *images

	entry models.Entry // of the menu, the nearest to the settings
	form  form.Form
	net   builder.Editor // the form's net

	beside []recipe.Recipe // of nets that are to be compared with it, see recipe.Recipe.Beside

	task *task.Task // that the settings are for; nil for none

	rate func(text string) // is notified of a learning rate that is typed into the form

	drawn *worked // what recipe returns while the page is drawn, which changes nothing; nil otherwise
}

// worked is the result of the settings.
type worked struct {
	recipe   recipe.Recipe
	problems map[string]string
}

func newSetup(i *images) *setup {
	entry, err := models.Find(firstVisit)
	if err != nil {
		panic(err) // the catalog's own name: a test would have failed
	}
	s := &setup{images: i, rate: func(string) {}}
	s.set(entry, entry.Recipe)
	return s
}

// set sets the page to a recipe and the entry of the catalog that is nearest to it. What a task fixes stays as it is.
func (s *setup) set(e models.Entry, r recipe.Recipe) {
	if s.task != nil {
		r = s.task.Within(r)
		e = models.Describe(r)
	}
	s.entry, s.form, s.net = e, form.New(r), *builder.New(r.Net)
}

// choose sets the page to a recipe.
func (s *setup) choose(r recipe.Recipe) {
	if _, own := r.Dataset.Folder(); own { // the form also has a data set that has a name everywhere
		r.Dataset, r.Size, r.Colour, r.Classes, r.Split = recipe.MNIST, 0, recipe.AsTheyAre, 0, 0
		for _, e := range models.Catalog {
			if e.Recipe.Net == r.Net {
				r.Dataset = e.Recipe.Dataset
				break
			}
		}
	}
	s.set(models.Describe(r), r)
}

// assign makes the settings those of a task, nil for none. Tasks are on data sets that everybody has.
func (s *setup) assign(t *task.Task) {
	s.task, s.images.named = t, t != nil
}

// fixed reports whether a task keeps a setting as it is.
func (s *setup) fixed(name string) bool { return s.task != nil && !s.task.IsFree(name) }

// hidden reports whether a task leaves a setting out.
func (s *setup) hidden(name string) bool { return s.task != nil && s.task.IsHidden(name) }

// query adds the task, if there is one, to a link's query.
func (s *setup) query(query string) string {
	if s.task != nil {
		query += "&" + recipe.TaskName + "=" + s.task.String()
	}
	return query
}

// take sets the page to a recipe and those compared with it.
func (s *setup) take(recipes []recipe.Recipe) {
	s.choose(recipes[0])
	s.beside = recipes[1:]
}

// recipe is that of the next run, and what is wrong in the form and the builder. On the user's own pictures it is about those.
func (s *setup) recipe() (recipe.Recipe, map[string]string) {
	if s.drawn != nil {
		return s.drawn.recipe, s.drawn.problems
	}
	r, problems := s.form.RecipeOn(s.images.put)
	if problem := s.net.Problem(); problem != "" && problems["net"] == "" {
		if problems == nil {
			problems = map[string]string{}
		}
		problems["net"] = problem
	}
	return r, problems
}

// drawing computes the recipe once for all parts that ask for it until the page is drawn, when the function returned must be called.
func (s *setup) drawing() (drawn func()) {
	r, problems := s.recipe()
	s.drawn = &worked{r, problems}
	return func() { s.drawn = nil }
}

// change takes the current content of a field of the form. With another net, data set or size of images the page is about
// that: about the form's data set, even while the user's own pictures are in its place.
func (s *setup) change(field, text string) {
	s.form.Set(field, text)
	var r recipe.Recipe
	_, problems := s.form.RecipeOn(func(of *recipe.Recipe) {
		r = *of
		s.images.put(of)
	})
	was := s.entry.Recipe
	if problems == nil && (r.Net != was.Net || r.Dataset != was.Dataset || r.Task() != was.Task()) {
		s.entry = models.Describe(r)
	}
}

// typed is change for typed text: the builder takes over the net.
func (s *setup) typed(field, text string) {
	if field == "learning_rate" {
		s.rate(text)
	}
	if s.change(field, text); field == "net" {
		s.net.SetText(text)
	}
}

// takeUp sets the page to the data set of the user's files, where no net of the menu is.
func (s *setup) takeUp() {
	d := s.images.data
	if d.Ready() && !d.Folder() && !slices.ContainsFunc(models.Catalog, func(e models.Entry) bool { return d.Are(e.Recipe.Dataset) }) {
		s.change("dataset", string(d.Said.Sets[0]))
	}
}
