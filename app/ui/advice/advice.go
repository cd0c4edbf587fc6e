// Package advice says what to try after a run, by its curves and its recipe. It knows runs and recipes, and no page.
package advice

import (
	"fmt"
	"slices"

	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Suggestion is something to try.
type Suggestion struct {
	What   string // in a few words, such as "Lower the learning rate to 0.0001"
	Why    string // in a sentence or two, with the run's figures
	Recipe recipe.Recipe
}

// most is how many suggestions there are at most.
const most = 3

// After returns what to try after a run, what is most likely to help first. There is none before its end, and none after a failure
// that has nothing to do with its settings.
func After(v *run.View) []Suggestion {
	r, ok := v.Recipe()
	if !ok || v.End == nil || !v.Phase.Over() || v.Phase == run.Failed && !v.End.Diverged {
		return nil
	}
	if v.LearningRate > 0 {
		r.LearningRate = v.LearningRate // it may have been changed while the run was under way
	}
	o := outcome{Recipe: r, verdict: v.Verdict(), diverged: v.End.Diverged}
	o.last, _ = v.Latest()
	var all []Suggestion
	for _, s := range o.suggest() {
		if v.Phase == run.Stopped && s.Recipe.Steps > r.Steps {
			continue // it has not taken all its steps
		}
		if s.What != "" && s.Recipe != v.Start.Recipe && s.Recipe.Validate() == nil && len(all) < most {
			all = append(all, s)
		}
	}
	return all
}

// outcome is how a run ended.
type outcome struct {
	recipe.Recipe
	verdict  run.Verdict
	last     run.Metric
	diverged bool // it failed since the loss was not a finite number
}

// suggest returns all that may help, the best first. What cannot be done here is zero; what is the same recipe, or an invalid one, is
// among it.
func (o outcome) suggest() []Suggestion {
	finding := o.verdict.Finding
	switch {
	case o.diverged || finding == run.Diverged:
		return []Suggestion{slower(o.Recipe, "The loss became infinite or rose far above that of guessing: the steps were too large."), adam(o.Recipe), norm(o.Recipe)}
	case finding == run.Guessing:
		return append(o.unstuck(), longer(o.Recipe, "It has not begun to learn. Some nets need more steps before they do."))
	case o.overfits():
		return append(o.regularise(), o.shorter(), again(o.Recipe))
	case finding == run.Learning:
		return []Suggestion{longer(o.Recipe, o.rises()), faster(o.Recipe), cosine(o.Recipe)}
	case finding == run.Slowing:
		return []Suggestion{longer(o.Recipe, o.rises()), cosine(o.Recipe), o.wider()}
	case finding == run.Early:
		return []Suggestion{longer(o.Recipe, "There are too few evaluations to tell whether it learns.")}
	case finding == run.Worse:
		return []Suggestion{cosine(o.Recipe), slower(o.Recipe, "Test accuracy has fallen since its peak. Smaller steps are less likely to undo what was learnt."), again(o.Recipe)}
	case o.small():
		return []Suggestion{o.wider(), cosine(o.Recipe), longer(o.Recipe, "More steps may help, too, although test accuracy no longer rises.")}
	}
	return []Suggestion{cosine(o.Recipe), o.shift(), o.wider(), again(o.Recipe)}
}

// rises says that the net still learns, or may.
func (o outcome) rises() string {
	if o.verdict.Unclear() {
		return "More steps would show whether test accuracy still rises: so far any rise is within the noise. Resume continues this same run."
	}
	return fmt.Sprintf("Test accuracy still rises, by %s. Resume continues this same run.", words.Rise(o.verdict))
}

// overfits reports whether the net does better on training images than chance explains: by three standard errors and two points.
func (o outcome) overfits() bool {
	gap := o.last.Train.Accuracy - o.last.Test.Accuracy
	noise := 3 * (run.AccuracyNoise(o.last.Test.Accuracy, o.last.Train.N) + run.AccuracyNoise(o.last.Test.Accuracy, o.last.Test.N))
	return o.verdict.Finding == run.Overfitting || gap > max(noise, 0.02)
}

// small reports whether the net has stopped learning, and does not even fit its training images.
func (o outcome) small() bool { return o.verdict.Finding == run.Level && o.last.Train.Accuracy < 0.98 }

// remembers says how much better the net does on training images.
func (o outcome) remembers() string {
	return fmt.Sprintf("It classifies %s of the training images correctly, but only %s of the test images.",
		number.Share(o.last.Train.Accuracy), number.Share(o.last.Test.Accuracy))
}

// mirrored are data sets of images that show the same when they are mirrored: a digit does not.
func mirrored(d recipe.Dataset) bool {
	return slices.Contains([]recipe.Dataset{recipe.FashionMNIST, recipe.CIFAR10Report, recipe.CIFAR10, recipe.CIFAR10RGB}, d)
}
