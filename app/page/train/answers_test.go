package train

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// some are two test images of ten classes.
func some() run.Examples {
	return run.Examples{Height: 1, Width: 1, Channels: 1, Pixels: []byte{0, 255}, Labels: []int{4, 9}}
}

func answered(answers ...int) *run.Answers {
	a := &run.Answers{Step: 100, Classes: 10, Counts: make([]int, 100), Examples: some(), Answers: answers}
	a.Counts[44], a.Counts[99], a.Counts[49] = 90, 80, 12
	return a
}

// The page shows the answers, and says how many of them are correct.
func TestAnswersAreShown(t *testing.T) {
	p := inPhase(t, run.Training)
	shows(t, p, "The net classifies these images at each evaluation.", "mnist-examples.png")
	p.Trainer.Hear(answered(run.Unasked, run.Unasked))
	shows(t, p, "The net classifies these 2 images from the next evaluation on.")
	p.Trainer.Hear(answered(9, 9))
	shows(t, p, "1 of 2 test images correct after step 100.", "✗ 9", "4: wrong, classified as 9", "Its most frequent mistake: 4 classified as 9, 12 of 102.")
	if strings.Contains(app.HTMLString(p), "<td") {
		t.Error("the confusion matrix is open")
	}
	p.openConfusion()
	shows(t, p, "182 test images after step 100", ">90<")

	many := answered(9, 9)
	many.Counts = nil // of too many classes
	p.Trainer.Hear(many)
	if html := app.HTMLString(p); strings.Contains(html, "most frequent mistake") || strings.Contains(html, "182 test images") {
		t.Error("what was not counted is shown")
	}
}

// Before a run the images are those that it would be tested on, where the page can have them.
func TestImagesBeforeARun(t *testing.T) {
	p := newPage()
	shows(t, p, "web/data/mnist-examples.png", "20 test images of MNIST", "tell handwritten digits apart")
	p.write("dataset", string(recipe.CIFAR10RGB))
	if strings.Contains(app.HTMLString(p), "examples.png") {
		t.Error("there are images of a set that the server may not have")
	}
	p.serves(client.ServedSet{Name: recipe.CIFAR10RGB, From: "a.zip"})
	shows(t, p, "api/data/cifar10-rgb/examples.png", "tell photographs apart", "--side:64px")
	p.Trainer.Data.Hear(client.Said{State: client.Ready, Data: protocol.Data{
		From: "pets", Sets: []recipe.Dataset{"folder:pets"}, Classes: []string{"cat", "dog"}, Train: 4, Test: 2, Side: 28, Channels: 1, Examples: some(),
	}})
	shows(t, p, "2 test images of pets", "data:image/bmp", "tell your own pictures apart")
}

// Empty charts show the published run of the very settings, until there is a run here.
func TestTheReferenceRun(t *testing.T) {
	p := newPage()
	const note = "What you will see"
	measure := run.Measure{Loss: 0.5, Accuracy: 0.75, N: 1000}
	p.published("mnist-rnn-128", 0.75, run.Record{Event: &run.Start{Recipe: standard}},
		run.Record{Event: &run.Metric{Step: 50, Train: measure, Test: measure}}, run.Record{Event: &run.Metric{Step: 100, Train: measure, Test: measure}})
	shows(t, p, note, "seed 1", "test, our own run", "75.0")
	p.write("learning_rate", "0.5")
	if strings.Contains(app.HTMLString(p), note) {
		t.Error("other settings have the same reference")
	}
	p.write("learning_rate", "0.001")
	p.Trainer.Hear(&run.Start{Version: run.Version, Recipe: standard})
	if html := app.HTMLString(p); strings.Contains(html, note) || strings.Contains(html, "our own run") {
		t.Error("a run has the reference behind it")
	}
}

// A net that reads other images than digits is not asked about one that is drawn.
func TestWhoCanBeAskedAboutADigit(t *testing.T) {
	p := inPhase(t, run.Paused)
	if p.can("draw") {
		t.Error("a run that does not say which classes it has can be asked")
	}
	p.Trainer.View.Start.Content = &run.Content{Classes: strings.Split("0123456789", "")}
	if !p.can("draw") {
		t.Error("a run on MNIST cannot be asked")
	}
	p.openPad()
	shows(t, p, `id="pad"`, "Draw a digit from 0 to 9")
	p.answersDigit(&protocol.Prediction{Step: 7, Probabilities: [][]float32{{0.25, 0.75}}, Classes: []string{"0", "1"}})
	shows(t, p, "It answers 1, with a probability of 75.0\u202f%, after step 7.")
	p.Trainer.View.Start.Recipe.Size = 32
	if p.can("draw") {
		t.Error("a net that reads images of 32 pixels can be asked")
	}
}

// What is suggested sets the page to it.
func TestWhatToTryNextIsSet(t *testing.T) {
	p := inPhase(t, run.Training)
	p.Trainer.Hear(&run.End{Status: run.Failed, Diverged: true, Error: "the loss became NaN at step 3", Steps: 3})
	shows(t, p, "Lower the learning rate from 0.001 to 0.0001", "Set this")
	p.Trainer.Kept.Lasts = true // so that the run can be resumed, at a rate that stands beside the button
	p.unfold(foldSettings)
	p.tryNext()
	for _, field := range []string{"setting-learning_rate", "lr"} {
		if !p.holds(field, "0.0001") {
			t.Errorf("the field is %s, want 0.0001 in it", p.element(field))
		}
	}
	p.Trainer.Hear(&run.Start{Version: run.Version, Recipe: standard})
	if strings.Contains(app.HTMLString(p), "What to try next") {
		t.Error("a run under way has a next one")
	}
}
