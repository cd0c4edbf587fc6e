package app

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/control"
	"unpool/core/run"
	"unpool/models"
)

// inPhase is the page in each of its states.
func inPhase(t *testing.T, phase run.Phase) *trainPage {
	t.Helper()
	p := newPages()[trainPath].(*trainPage)
	p.ready = true
	if phase == run.Empty {
		return p
	}
	p.shown = p.entry
	p.rate = "0.001"
	measure := run.Measure{Loss: 0.1234, Accuracy: 0.9712, N: 1000}
	p.apply([]run.Event{
		&run.Start{Version: run.Version, Recipe: p.entry.Recipe, Parameters: 21386, Where: run.Where{Backend: "go", Tier: "1 thread"}},
		&run.Metric{Step: 50, Train: measure, Test: measure},
		&run.Metric{Step: 100, Train: measure, Test: measure},
		&run.Weights{Step: 100, Layer: "rnn", Count: 2, Height: 1, Width: 2, Channels: 1, Scale: 0.5, Pixels: run.Int8s{1, 2, 3, 4}},
	})
	if phase.Over() {
		p.apply([]run.Event{&run.End{Status: phase, Steps: 100, Error: "it broke\nhere", Hint: "try again"}})
	} else {
		p.apply([]run.Event{&run.State{Phase: phase, Step: 100}})
	}
	if p.view.Phase != phase {
		t.Fatalf("the page is in phase %q, want %q", p.view.Phase, phase)
	}
	return p
}

// Tests in a browser hold on to these ids, so each state must show those that make sense in it, and only those.
func TestEachStateShowsItsControls(t *testing.T) {
	always := []string{"status", "net", "chart-accuracy", "chart-loss", "weights", "sentence", "error"}
	during := []string{"test-accuracy", "lr", "step", "stop"}
	all := append([]string{"train", "pause", "continue"}, during...)
	for phase, some := range map[run.Phase][]string{
		run.Empty:      {"train"},
		run.Loading:    append([]string{"pause"}, during...),
		run.Compiling:  append([]string{"pause"}, during...),
		run.Training:   append([]string{"pause"}, during...),
		run.Evaluating: append([]string{"pause"}, during...),
		run.Paused:     append([]string{"continue"}, during...),
		run.Done:       {"train", "test-accuracy"},
		run.Stopped:    {"train", "test-accuracy"},
		run.Failed:     {"train", "test-accuracy"},
	} {
		html := app.HTMLString(inPhase(t, phase))
		shown := map[string]bool{}
		for _, id := range append(some, always...) {
			shown[id] = true
		}
		for _, id := range append(always, all...) {
			if n := len(regexp.MustCompile(`\bid="`+id+`"`).FindAllString(html, -1)); n > 1 || n == 1 != shown[id] {
				t.Errorf("in phase %q #%s is there %d times", phase, id, n)
			}
		}
	}
}

func TestWhatThePageSays(t *testing.T) {
	for _, c := range []struct {
		phase run.Phase
		want  []string
	}{
		{run.Empty, []string{`data-state="empty"`, "RNN · 128 units", "Nothing leaves your machine"}},
		{run.Training, []string{`data-state="training"`, `data-value="0.9712"`, "97.1", "0.123", "1 thread", "data:image/bmp"}},
		{run.Paused, []string{`data-state="paused"`, "Paused at step 100"}},
		{run.Failed, []string{`data-state="failed"`, "It broke.", "Try again.", "here", "Train again"}},
		{run.Done, []string{`data-state="done"`, "Train again"}},
	} {
		html := app.HTMLString(inPhase(t, c.phase))
		for _, want := range c.want {
			if !strings.Contains(html, want) {
				t.Errorf("in phase %q the page does not say %q", c.phase, want)
			}
		}
	}
}

func TestAnAnsweredCommandFreesItsButton(t *testing.T) {
	for _, c := range []struct {
		asked  control.Verb
		answer run.Event
		freed  bool
	}{
		{control.Pause, &run.State{Phase: run.Paused}, true},
		{control.Pause, &run.Progress{Step: 101}, false},
		{control.Step, &run.Progress{Step: 101}, true},
		{control.Stop, &run.Metric{Step: 150}, false},
		{control.Stop, &run.End{Status: run.Stopped}, true},
	} {
		p := inPhase(t, run.Training)
		p.asked = c.asked
		p.apply([]run.Event{c.answer})
		if freed := p.asked == ""; freed != c.freed {
			t.Errorf("%s answered by %T: free %v, want %v", c.asked, c.answer, freed, c.freed)
		}
	}
}

func TestFolds(t *testing.T) {
	shows := map[fold]string{foldSettings: `id="setting-batch"`, foldTable: "<td>", foldExport: "Curves as CSV"}
	for _, e := range models.Catalog {
		for fold, want := range shows {
			p := inPhase(t, run.Paused)
			p.set(e, e.Recipe)
			p.fold = fold
			if !strings.Contains(app.HTMLString(p), want) {
				t.Errorf("%s: the fold %q does not show %s", e.Name, fold, want)
			}
		}
	}
}

func TestASettingThatCannotBeUsedIsToldBesideItsField(t *testing.T) {
	p := inPhase(t, run.Empty)
	p.fold = foldSettings
	p.form.Set("batch", "0")
	html := app.HTMLString(p)
	if !strings.Contains(html, "0 is outside 1 to 4096") || !strings.Contains(html, "see All settings") {
		t.Error("the page does not say what is wrong with the batch")
	}
}
