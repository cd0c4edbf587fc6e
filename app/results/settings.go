package results

import (
	"fmt"
	"strconv"
	"strings"

	"unpool/app/number"
	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/models"
)

// Setting is one line about how a run was made.
type Setting struct{ Name, Text string }

// Settings say in words what a run did.
func Settings(e models.Entry, start *event.Start, seconds float64) []Setting {
	r := start.Recipe
	return []Setting{
		{"Net", fmt.Sprintf("%s; %s trainable numbers", layers(r), number.Int(start.Parameters))},
		{"Data", fmt.Sprintf("%s: %s images to train on, %s to test on%s", Data(r.Dataset),
			number.Int(start.TrainSize), number.Int(start.TestSize), preparation(r))},
		{"Training", training(r)},
		{"Measured", measured(r)},
		{"Computed by", fmt.Sprintf("%s backend, %s; %s", start.Backend, start.Tier, number.Duration(seconds))},
		{"On the command line", fmt.Sprintf("go run ./cmd/serve train %s -eval %s -seed %d", e.Name, r.Eval, r.Seed)},
	}
}

// layers says what a recipe's net is made of.
func layers(r recipe.Recipe) string {
	plan, err := models.Plan(r)
	if err != nil {
		return err.Error()
	}
	var words []string
	for _, l := range plan.Layers {
		words = append(words, l.Layer.Words())
	}
	return strings.Join(words, " → ")
}

// preparation is what happens to images before the net sees them.
func preparation(r recipe.Recipe) string {
	text := ""
	add := func(on bool, format string, args ...any) {
		if on {
			text += fmt.Sprintf("; "+format, args...)
		}
	}
	add(r.Holdout > 0, "%s of the training images kept back for validation", number.Int(r.Holdout))
	add(r.Normalize, "normalised to mean 0 and standard deviation 1")
	add(r.Shift > 0, "each time moved by up to %d pixels", r.Shift)
	add(r.Flip, "half of them mirrored")
	add(r.Cutout > 0, "a square of %d pixels blanked out", r.Cutout)
	return text
}

func training(r recipe.Recipe) string {
	method := map[recipe.Optimizer]string{
		recipe.Adam: "Adam", recipe.SGD: "SGD", recipe.RMSProp: "RMSProp",
		recipe.Momentum: "SGD with momentum " + decimal(r.Momentum),
	}[r.Optimizer]
	rate := "learning rate " + decimal(r.LearningRate)
	if r.Schedule == recipe.Cosine {
		rate += ", falling to 0 by half a cosine"
	}
	return fmt.Sprintf("%s steps of %s images; %s, %s; seed %d", number.Int(r.Steps), number.Int(r.Batch), method, rate, r.Seed)
}

func measured(r recipe.Recipe) string {
	of := "a sample of the test images, the last time on all"
	if r.Eval == recipe.EvalFull {
		of = "all test images"
	}
	return fmt.Sprintf("every %s steps, on %s and a sample of 1%s000 training images", number.Int(r.EvalEvery), of, number.Thin)
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
