package train

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/form"
	"unpool/app/web"
	"unpool/core/recipe"
)

// link is the recipe that the page's address carries.
type link struct {
	setup   *setup
	trainer *client.Trainer
	visible func() bool

	query   string
	problem string  // what is wrong with it
	next    *linked // for when the run under way is over; nil for none
}

// linked is what a link carries.
type linked struct {
	recipe recipe.Recipe
	beside []recipe.Recipe
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
		l.query, l.problem = query, ""
		l.follow(query)
	}
}

// follow sets the page to a link's recipe, or while a run is under way, keeps it for afterwards.
func (l *link) follow(query string) {
	r, others, err := recipe.ParseQueryBeside(query)
	if err != nil {
		l.problem = form.Problems(err)
		return
	}
	l.next = nil
	if !l.trainer.Others.Phase().Active() {
		l.take(linked{r, others})
	} else if now, ok := l.trainer.View.Recipe(); !ok || now != r {
		l.next = &linked{r, others}
	}
}

// takeNext sets the page to the recipe that waited for the end of a run.
func (l *link) takeNext() {
	if l.next != nil {
		l.take(*l.next)
		l.next = nil
	}
}

func (l *link) take(of linked) {
	l.setup.choose(of.recipe)
	l.setup.beside = of.beside
}

// put makes a recipe's link the page's address: a reload, or a copied address, is this recipe again.
func (l *link) put(ctx app.Context, query string) {
	if l.query = query; l.visible() { // the address is another page's while that is shown
		web.PutQuery(ctx, query)
	}
}
