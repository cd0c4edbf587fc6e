package advice

import (
	"fmt"
	"strconv"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/models/net"
)

// slower lowers the learning rate.
func slower(r recipe.Recipe, why string) Suggestion {
	was := rate(r)
	r.LearningRate = twoDigits(r.LearningRate / 10)
	return Suggestion{fmt.Sprintf("Lower the learning rate from %s to %s", was, rate(r)), why, r}
}

// faster raises the learning rate of a net that learns steadily, within what Adam and RMSProp usually tolerate.
func faster(r recipe.Recipe) Suggestion {
	was := rate(r)
	r.LearningRate = twoDigits(3 * r.LearningRate)
	if r.Optimizer != recipe.Adam && r.Optimizer != recipe.RMSProp || r.LearningRate > high {
		return Suggestion{}
	}
	return Suggestion{fmt.Sprintf("Raise the learning rate from %s to %s", was, rate(r)),
		"It learns steadily, so larger steps may get there sooner. If the loss begins to jump up and down, they are too large.", r}
}

// twoDigits rounds away what a division leaves: 0.003/10 is 0.00030000000000000003.
func twoDigits(x float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 2, 64), 64)
	if err != nil {
		panic(err) // what was written just now
	}
	return rounded
}

func rate(r recipe.Recipe) string {
	f, _ := recipe.Lookup("learning_rate")
	return f.Text(r)
}

// The learning rates between which Adam and RMSProp usually learn.
const low, high = 0.0003, 0.003

// adam changes the optimiser.
func adam(r recipe.Recipe) Suggestion {
	if r.Optimizer == recipe.Adam {
		return Suggestion{}
	}
	r.Optimizer, r.LearningRate, r.Momentum = recipe.Adam, 0.001, 0
	return Suggestion{"Train with Adam at 0.001", "Adam divides each weight’s step by the typical size of its gradient, so it works with a wider range of learning rates.", r}
}

// norm adds batch normalisation to a convolutional net that has none.
func norm(r recipe.Recipe) Suggestion {
	n, err := net.Parse(r.Net)
	if err != nil || !n.Convolutional() {
		return Suggestion{}
	}
	var with net.Net
	for _, l := range n {
		with = append(with, l)
		switch l.(type) {
		case net.BatchNorm:
			return Suggestion{}
		case net.Conv:
			with = append(with, net.BatchNorm{})
		}
	}
	r.Net = with.String()
	return Suggestion{"Add batch normalisation after each convolution", "It keeps the activations in the same range, so that larger steps do less harm.", r}
}

// unstuck is for a net that does not learn.
func (o outcome) unstuck() (all []Suggestion) {
	r := o.Recipe
	switch adaptive := o.Optimizer == recipe.Adam || o.Optimizer == recipe.RMSProp; {
	case o.LearningRate > high:
		all = append(all, slower(r, "It is no better than guessing: with steps this large, a net can fail to learn anything."))
	case o.LearningRate < low || !adaptive:
		r.LearningRate = twoDigits(r.LearningRate * 10)
		all = append(all, Suggestion{fmt.Sprintf("Raise the learning rate from %s to %s", rate(o.Recipe), rate(r)),
			"It is no better than guessing: with steps this small, it may take very many of them.", r})
	}
	return append(all, adam(r))
}

// longer trains for twice as many steps.
func longer(r recipe.Recipe, why string) Suggestion {
	r.Steps *= 2
	return Suggestion{"Train for " + number.Int(r.Steps) + " steps", why, r}
}

// shorter ends where the test loss was lowest, if it has risen since.
func (o outcome) shorter() Suggestion {
	r, at := o.Recipe, o.verdict.Lowest.Step
	if !o.verdict.LossRises || 5*at > 4*r.Steps {
		return Suggestion{}
	}
	r.Steps = (at + r.EvalEvery - 1) / r.EvalEvery * r.EvalEvery
	return Suggestion{"Stop after " + number.Int(r.Steps) + " steps",
		fmt.Sprintf("The test loss was lowest, %s, near step %s, and has risen to %s since.",
			number.Loss(o.verdict.Lowest.Test.Loss), number.Int(at), number.Loss(o.verdict.Recent.Test.Loss)), r}
}

// cosine lets the learning rate fall.
func cosine(r recipe.Recipe) Suggestion {
	r.Schedule = recipe.Cosine
	return Suggestion{"Let the learning rate fall to 0",
		"At a constant learning rate the weights keep moving until the end; with the cosine schedule they settle.", r}
}

// regularise makes memorising the training images harder.
func (o outcome) regularise() []Suggestion {
	return []Suggestion{o.shift(), dropout(o.Recipe)}
}

// shift changes training images a little each time.
func (o outcome) shift() Suggestion {
	r := o.Recipe
	if r.Augment != (recipe.Augment{}) {
		return Suggestion{}
	}
	r.Shift = 2
	what := "Shift the training images by up to 2 pixels"
	if mirrored(r.Dataset) {
		r.Flip = true
		what += " and mirror half of them"
	}
	why := "It then sees each image a little differently every time, which makes the training images harder to memorise."
	if o.overfits() {
		why = o.remembers() + " " + why
	}
	return Suggestion{what, why, r}
}

// dropout adds dropout before the classes.
func dropout(r recipe.Recipe) Suggestion {
	n, err := net.Parse(r.Net)
	if err != nil || len(n) == 0 || len(n.WithoutDropout()) < len(n) {
		return Suggestion{}
	}
	end := len(n)
	if _, ok := n[end-1].(net.Logits); ok {
		end--
	}
	with := append(append(net.Net{}, n[:end]...), net.Dropout{Rate: 0.5})
	r.Net = append(with, n[end:]...).String()
	return Suggestion{"Add dropout before the last layer", "In each step a random half of the activations is set to zero, so no answer can depend on only a few of them.", r}
}

// wider doubles the net.
func (o outcome) wider() Suggestion {
	r := o.Recipe
	n, err := net.Parse(r.Net)
	if err != nil {
		return Suggestion{}
	}
	r.Net = n.Wider().String()
	now, err := o.Plan()
	then, wrong := r.Plan()
	if err != nil || wrong != nil {
		return Suggestion{}
	}
	why := fmt.Sprintf("A larger net can learn more. It has %s parameters instead of %s, and takes longer to train.", number.Int(then.Parameters()), number.Int(now.Parameters()))
	if o.small() {
		why = fmt.Sprintf("The net does not fit even its training images, of which it classifies %s correctly: it may be too small. With twice the width it has %s parameters instead of %s, and takes longer to train.",
			number.Share(o.last.Train.Accuracy), number.Int(then.Parameters()), number.Int(now.Parameters()))
	}
	return Suggestion{"Make each layer twice as wide", why, r}
}

// again trains with another seed.
func again(r recipe.Recipe) Suggestion {
	r.Seed++
	return Suggestion{"Train again with seed " + number.Int(int64(r.Seed)),
		"It starts from other initial weights and takes the images in another order. Two runs of the same settings show how much of a result is chance.", r}
}
