package train

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/form"
	"unpool/app/web"
	"unpool/core/recipe"
	"unpool/core/task"
)

// link is the recipe that the page's address carries.
type link struct {
	setup   *setup
	proof   *proof
	trainer *client.Trainer
	visible func() bool

	query   string
	problem string          // what is wrong with it
	unknown string          // what in it is not a setting
	next    []recipe.Recipe // for when the run under way is over; nil for none
}

// visit takes the recipe of the address that the page has been opened by. followed says that this was by a link, whose recipe
// is used even if the page has taken the same before and the settings have been changed since.
func (l *link) visit(ctx app.Context, followed bool) {
	switch query := ctx.Page().URL().RawQuery; {
	case query == "":
		if l.query != "" {
			l.put(ctx, l.query) // back by the navigation: a reload is still what is set
		}
	case query != l.query || followed:
		l.query = query
		l.follow(query)
	}
}

// follow sets the page to a link's recipes, or while a run is under way, keeps them for afterwards.
func (l *link) follow(query string) {
	carried, err := recipe.ParseLink(query)
	if l.problem, l.unknown = "", form.Unknown(carried.Unknown); err != nil {
		l.problem = form.Problems(err)
		return
	}
	recipes, err := l.takeTask(carried)
	if err != nil {
		l.problem = form.Problems(err)
		return
	}
	carried.Recipes = recipes
	if len(carried.Recipes) == 0 {
		return
	}
	if err := l.proof.take(carried.Proof, carried.Recipes[0]); err != nil {
		l.unknown = form.Problems(err)
	}
	l.next = nil
	if !l.trainer.Others.Phase().Active() {
		l.setup.take(carried.Recipes)
	} else if now, ok := l.trainer.View.Recipe(); !ok || now != carried.Recipes[0] {
		l.next = carried.Recipes
	}
}

// takeTask takes up the task that a link carries, and returns the link's recipes, as the task allows them.
func (l *link) takeTask(carried recipe.Link) ([]recipe.Recipe, error) {
	if carried.Task == "" {
		l.setup.assign(nil)
		return carried.Recipes, nil
	}
	t, err := task.Parse(carried.Task)
	if err != nil {
		return nil, err
	}
	l.setup.assign(&t)
	if len(carried.Recipes) == 0 {
		return []recipe.Recipe{t.Recipe}, nil
	}
	return []recipe.Recipe{t.Within(carried.Recipes[0])}, nil
}

// takeNext sets the page to the recipes that waited for the end of a run.
func (l *link) takeNext() {
	if l.next != nil {
		l.setup.take(l.next)
		l.next = nil
	}
}

// put makes a recipe's link the page's address: a reload, or a copied address, is this recipe again.
func (l *link) put(ctx app.Context, query string) {
	if l.query = query; l.visible() { // the address is another page's while that is shown
		web.PutQuery(ctx, query)
	}
}
