package client

import (
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Others are the runs that take turns with the trainer's, on the same batches. They follow it: it is paused and told to step, and they wait.
type Others struct {
	All     []*Other
	trainer *Trainer
}

// Other is one of them.
type Other struct {
	Recipe recipe.Recipe
	View   run.View

	call int // that it is; 0 for none
}

// Phase is that of the trainer's run and the others together: of the first that is under way, or else of the trainer's.
func (o *Others) Phase() run.Phase {
	phase := o.trainer.View.Phase
	for _, other := range o.All {
		if !phase.Active() && other.View.Phase.Active() {
			return other.View.Phase
		}
	}
	return phase
}

// Views are the views of the trainer's run and of the others.
func (o *Others) Views() []*run.View {
	all := []*run.View{&o.trainer.View}
	for _, other := range o.All {
		all = append(all, &other.View)
	}
	return all
}

// Recipes are those of the others.
func (o *Others) Recipes() (all []recipe.Recipe) {
	for _, other := range o.All {
		all = append(all, other.Recipe)
	}
	return all
}

// begin makes the others runs of recipes that are about to begin.
func (o *Others) begin(recipes []recipe.Recipe) {
	o.All = nil
	for _, r := range recipes {
		o.All = append(o.All, &Other{Recipe: r, View: run.View{Phase: run.Loading}})
	}
}

// take makes the others runs that this browser keeps, as their logs came to views.
func (o *Others) take(views []*run.View) {
	for _, v := range views {
		o.All = append(o.All, &Other{Recipe: v.Start.Recipe, View: *v})
	}
}

// train begins the runs, after the trainer's.
func (o *Others) train(own bool) {
	for _, other := range o.All {
		o.ask(other, protocol.AskTrain, protocol.Train{Recipe: other.Recipe, Files: own, Beside: true})
	}
}

// resume trains those further that can be.
func (o *Others) resume() {
	for _, other := range o.All {
		v := &other.View
		if _, more := other.Recipe.Resume(v.Step); more && v.Start != nil && v.Phase != run.Failed {
			v.Apply(run.Record{Event: &run.State{Phase: run.Loading}})
			o.ask(other, protocol.AskResume, protocol.Resume{Run: v.Start.ID, Beside: true})
		}
	}
}

// ask asks for a run.
func (o *Others) ask(other *Other, kind protocol.Kind, body any) {
	t := o.trainer
	number := 0
	number = t.calls.ask(kind, body, nil, call{
		progress: loading(&other.View),
		event: func(r run.Record) {
			other.View.Apply(r)
			if !t.View.Phase.Active() {
				t.Asked = "" // this one may lead now
			}
		},
		kept: func(k protocol.Kept) {
			if !k.Lasts {
				t.Kept = k
			}
		},
		done: func(_ answer, err *protocol.Error) {
			if other.call != number {
				return // it has been resumed
			}
			other.call = 0
			if err != nil && other.View.Phase.Active() {
				other.View.Apply(run.Record{Event: endBy(err)})
			}
		},
	})
	other.call = number
}

// stop ends those that are under way.
func (o *Others) stop() {
	for _, other := range o.All {
		if other.call != 0 {
			o.trainer.calls.cancel(other.call)
		}
	}
}
