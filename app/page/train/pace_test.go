package train

import (
	"regexp"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/run"
)

// step is what the builder says of a step's time.
func step(p *Page) string {
	p.unfold(foldSettings)
	words := regexp.MustCompile(`(?s)Time for a step of 128 images here</dt>(.*?)</dd>`).FindStringSubmatch(p.html())
	if words == nil {
		return "nothing"
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(words[1], " ")), " ")
}

// The time of a step is known once the trainer has measured its engine, and better once a run is over.
func TestPace(t *testing.T) {
	p := newPage()
	if got := step(p); got != "–" {
		t.Errorf("before anything is known: %s", got)
	}
	p.measuring()
	if got := step(p); got != "measuring …" {
		t.Errorf("while the engine is measured: %s", got)
	}
	p.measured(protocol.Engine{Tier: "SIMD, 2 threads", Threads: 2, Flops: 1.2e11})
	if got := step(p); !strings.HasPrefix(got, "about 8.") || !strings.HasSuffix(got, " ms") { // README has 7.2
		t.Errorf("with an engine: %s", got)
	}
	start := &run.Start{Version: run.Version, Recipe: standard, Where: run.Where{Backend: "wasm"}}
	p.Trainer.Hear(start, &run.End{Status: run.Stopped, Steps: 2, MsPerStep: 1})
	if got := step(p); !strings.HasPrefix(got, "about 8.") {
		t.Errorf("after a run that was too short to tell: %s", got)
	}
	p.Trainer.Hear(start, &run.End{Status: run.Stopped, Steps: 200, MsPerStep: 13.2})
	if got := step(p); got != "about 13 ms" {
		t.Errorf("after a run of 13 ms a step: %s", got)
	}
	p.measured(protocol.Engine{}) // one that could not be measured
	p.write("net", "rnn 12800")
	if got := step(p); got != "–" {
		t.Errorf("for a net that is wrong: %s", got)
	}
}

// An engine that could not be measured ahead is measured again when somebody asks, and then not again.
func TestMeasuredAgain(t *testing.T) {
	p := newPage()
	p.measured(protocol.Engine{}) // ahead of need
	p.measuring()
	if got := step(p); got != "measuring …" {
		t.Errorf("a measurement that failed ahead of need counts: %s", got)
	}
	p.measured(protocol.Engine{})
	if got := step(p); got != "–" {
		t.Errorf("one that failed when it was asked for does not: %s", got)
	}
}

// The builder and the text are the same net, whichever was changed, and the menu's.
func TestTheBuilderIsInStepWithTheText(t *testing.T) {
	p := newPage()
	p.unfold(foldSettings)
	same := func(text string) {
		t.Helper()
		if n := strings.Count(p.html(), text); n < 2 {
			t.Errorf("the page has %q %d times, want it in the builder and in the text", text, n)
		}
	}
	same("rnn 128")
	p.write("net", "gru 64")
	same("gru 64")
	p.undo()
	same("rnn 128")
	p.write("net", "gru 64, relo")
	shows(t, p, "The text below is not valid", "gru 64, relo", "rnn 128")
}
