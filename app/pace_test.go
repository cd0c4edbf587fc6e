package app

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/run"
)

// step is what the builder says of a step's time.
func step(p *trainPage) string {
	r, _ := p.form.Recipe()
	plan, err := r.Plan()
	if err != nil {
		plan = nil
	}
	t := p.pace.totals(plan, r)[2]
	return strings.TrimSpace(t.Figure + " " + t.Unit)
}

// The time of a step is known once the trainer has measured its engine, and better once a run is over.
func TestPace(t *testing.T) {
	p := inPhase(t, run.Empty)
	if got := step(p); got != "–" {
		t.Errorf("before anything is known: %s", got)
	}
	p.pace.asked = true
	if got := step(p); got != "measuring …" {
		t.Errorf("while the engine is measured: %s", got)
	}
	p.apply([]run.Event{&run.Engine{Tier: "SIMD, 2 threads", Threads: 2, Flops: 1.2e11}})
	if got := step(p); !strings.HasPrefix(got, "about 8.") || !strings.HasSuffix(got, " ms") { // README has 7.2
		t.Errorf("with an engine: %s", got)
	}
	start := &run.Start{Version: run.Version, Recipe: p.entry.Recipe, Where: run.Where{Backend: "wasm"}}
	p.apply([]run.Event{start, &run.End{Status: run.Stopped, Steps: 2, MsPerStep: 1}})
	if got := step(p); !strings.HasPrefix(got, "about 8.") {
		t.Errorf("after a run that was too short to tell: %s", got)
	}
	p.apply([]run.Event{start, &run.End{Status: run.Stopped, Steps: 200, MsPerStep: 13.2}})
	if got := step(p); got != "about 13 ms" {
		t.Errorf("after a run of 13 ms a step: %s", got)
	}
	p.onSetting("net", "rnn 12800")
	if got := step(p); got != "–" {
		t.Errorf("for a net that is wrong: %s", got)
	}
}

// A trainer that dies of being measured is no failed run, and leaves the page without a time.
func TestAMeasurementThatFails(t *testing.T) {
	p := inPhase(t, run.Empty)
	p.pace.asked = true
	p.apply([]run.Event{&run.State{Phase: run.Loading}, &run.End{Status: run.Failed, Error: "offline"}})
	if got := step(p); p.view.Phase != run.Empty || got != "–" {
		t.Errorf("the page is in phase %q and says that a step takes %s", p.view.Phase, got)
	}
}

// The builder and the text are the same net, whichever was changed, and the menu's.
func TestTheBuilderIsInStepWithTheText(t *testing.T) {
	p := inPhase(t, run.Empty)
	p.fold = foldSettings
	says := func(text string) {
		t.Helper()
		if html := app.HTMLString(p); p.net.Text() != text || p.form.Text("net") != text || strings.Count(html, text) < 2 {
			t.Errorf("the builder has %q and the text is %q, want %q", p.net.Text(), p.form.Text("net"), text)
		}
	}
	says("rnn 128")
	p.set(p.entry, p.entry.Recipe)
	p.onText("net", "gru 64")
	says("gru 64")
	p.net.Undo()
	p.onSetting("net", p.net.Text()) // as the builder does
	says("rnn 128")
	p.onText("net", "gru 64, relo")
	if html := app.HTMLString(p); !strings.Contains(html, "The text below cannot be read") || p.net.Text() != "rnn 128" {
		t.Errorf("a text that cannot be read is not told of; the builder has %q", p.net.Text())
	}
}
