package train

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/words"
	"unpool/core/recipe"
	"unpool/core/run"
)

// proof is the result that a link carries of an exact run of its settings.
type proof struct {
	setup   *setup
	trainer *client.Trainer

	carried *run.Proof // nil for none
	of      recipe.Recipe
}

// take takes up what a link carries, "" for nothing.
func (p *proof) take(text string, of recipe.Recipe) error {
	p.carried, p.of = nil, of
	if text == "" {
		return nil
	}
	carried, err := run.ParseProof(text)
	if err == nil {
		p.carried = &carried
	}
	return err
}

// query adds to a recipe's link the result that the page has been given with it.
func (p *proof) query(r recipe.Recipe, query string) string {
	if p.carried != nil && r == p.of {
		query += "&" + recipe.ProofName + "=" + p.carried.String()
	}
	return query
}

// render says how the run of these settings agrees with it; nothing while the page is about others.
func (p *proof) render() app.UI {
	v := &p.trainer.View
	r, _ := v.Recipe()
	if r != p.of {
		v = nil
		r, _ = p.setup.recipe()
	}
	there := p.carried != nil && r == p.of
	return app.P().ID("proof").Class("proof").Role("status").Hidden(!there).Body(app.If(there, func() app.UI {
		return app.Text(words.Proven(*p.carried, v))
	}))
}
