package learn

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/curves"
	"unpool/app/ui/markup"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/models"
)

// curve is how a published run went, as its log says. The number that the reader changes is the step.
type curve struct {
	knob
	shell *shell.Shell
	group chart.Group

	view   *run.View
	spec   chart.Spec
	failed error
	begun  bool
}

func newCurve(s *shell.Shell, id string, of *chapter.Figure) *curve {
	f := &curve{shell: s}
	f.knob = newKnob(id, of, f.stop)
	return f
}

func (f *curve) begin() {
	if f.begun {
		return
	}
	f.begun = true
	f.shell.Fetch(web.File("results/"+f.of.Words[0]+".jsonl"), func(text string, err error) {
		var log []run.Record
		if err == nil {
			log, _, err = run.ReadLog([]byte(text))
		}
		if f.failed = err; err != nil {
			f.begun = false
			return
		}
		f.view = run.Replay(log)
		r, _ := f.view.Recipe()
		f.spec = curves.Accuracy(models.Describe(r), f.view, float64(r.Steps))
		f.spec.Reference = 0 // the report's accuracy is not what the step is about
		for _, m := range f.view.Metrics {
			f.group.Stops = append(f.group.Stops, float64(m.Step))
		}
		f.group.Stopped = func(at float64) { f.value = at }
		f.stop()
	})
}

// stop puts the crosshair at the reader's step.
func (f *curve) stop() { f.group.Stop(f.value) }

func (f *curve) render() app.UI {
	var m markup.Markup
	switch {
	case f.failed != nil:
		m.Add(`<p class="problem" role="alert">The run cannot be loaded: %s. Come back to this step when there is a connection.</p>`, f.failed.Error())
	case f.view == nil:
		m.Add(`<p class="under" role="status">Loading the run.</p>`)
	default:
		m.Add(`<p id="%s-value" class="sum-text" role="status">%s</p>`, f.id, f.says())
	}
	parts := []app.UI{f.prediction(), f.slider()}
	if f.view != nil && !f.hides() {
		parts = append(parts, &chart.Chart{ID: f.id + "-chart", Title: "Accuracy", Spec: f.spec, Height: 240, Group: &f.group})
	}
	return panel(f.id, f.of.Title, append(parts, m.Element())...)
}

// says is how far the run had come at the reader's step.
func (f *curve) says() string {
	if f.hides() {
		return ""
	}
	var at run.Evaluation
	for _, e := range f.view.Metrics {
		if float64(e.Step) <= f.value {
			at = e
		}
	}
	return fmt.Sprintf("After %s steps: %s of the training images and %s of the test images are classified correctly. The losses are %s and %s nats.",
		number.Int(at.Step), number.Share(at.Train.Accuracy), number.Share(at.Test.Accuracy), number.Loss(at.Train.Loss), number.Loss(at.Test.Loss))
}
