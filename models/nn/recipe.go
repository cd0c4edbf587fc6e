package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
)

// Init is InitPlan for a recipe's net and seed.
func Init(store *model.Store, r recipe.Recipe) error {
	p, err := r.Plan()
	if err != nil {
		return err
	}
	return InitPlan(store, p, r.Seed)
}

// Build is BuildPlan for a recipe's net. It panics where the recipe has none.
func Build(scope *model.Scope, r recipe.Recipe, x *graph.Node, mode Mode) (logits *graph.Node, taps []Tap) {
	p, err := r.Plan()
	if err != nil {
		panic(err)
	}
	return BuildPlan(scope, p, x, mode)
}

// FirstLayer is FirstWeights for a recipe's net.
func FirstLayer(store *model.Store, r recipe.Recipe) (Picture, error) {
	p, err := r.Plan()
	if err != nil {
		return Picture{}, err
	}
	return FirstWeights(store, p)
}
