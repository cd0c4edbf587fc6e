package e2e

import (
	"encoding/json"
	"os"
	"testing"

	"unpool/core/recipe"
	"unpool/internal/browser"
	"unpool/models"
)

// BenchmarkFirstStep presses Train in Chromium for every net of the catalog whose data is there, twice, and reports the milliseconds to the end of
// the first step and what took them: loading (at the first press the program and the images), compiling, evaluating the
// untrained net, and the step.
func BenchmarkFirstStep(b *testing.B) {
	site := start(b, "-data", os.Getenv("UNPOOL_DATA"))
	for _, entry := range models.Catalog {
		b.Run(entry.Name, func(b *testing.B) {
			if entry.Recipe.Dataset != recipe.MNIST && os.Getenv("UNPOOL_DATA") == "" {
				b.Skip("UNPOOL_DATA names no folder with CIFAR-10")
			}
			for b.Loop() {
				tab := browser.Open(b)
				tab.Before(overhear + `
					addEventListener('click', (e) => {
						if (e.target.closest('#train')) { window.pressed = performance.now(); events.length = 0 }
					}, true);`)
				tab.Go(site + "?" + entry.Recipe.Query())
				for _, which := range []string{"first", "again"} {
					tab.Click("#train")
					tab.Wait("events.some((h) => /\"(progress|end)\"/.test(h.event))", later)
					messages := browser.Eval[string](tab, "JSON.stringify(events)")
					tab.Click("#stop")
					tab.Wait(stateIs("stopped"), later)
					for name, ms := range phases(b, messages, browser.Eval[float64](tab, "pressed")) {
						b.ReportMetric(ms, which+"-"+name+"-ms")
					}
				}
			}
		})
	}
}

// phases reads from the messages since the button was pressed how long each phase took, up to the end of the first step.
func phases(b *testing.B, messages string, pressed float64) map[string]float64 {
	b.Helper()
	var heard []struct {
		At    float64
		Event string
	}
	if err := json.Unmarshal([]byte(messages), &heard); err != nil {
		b.Fatal(err)
	}
	ms := map[string]float64{}
	at, doing := pressed, "load"
	for _, h := range heard {
		var e struct{ Type, State string }
		if err := json.Unmarshal([]byte(h.Event), &e); err != nil {
			b.Fatal(err)
		}
		ms[doing] += h.At - at
		at = h.At
		switch {
		case e.Type == "progress":
			ms["all"] = h.At - pressed
			return ms
		case e.Type == "end":
			b.Fatalf("the run ended before its first step: %s", h.Event)
		case e.Type == "state":
			doing = map[string]string{
				"loading": "load", "compiling": "compile", "evaluating": "evaluate", "training": "step",
			}[e.State]
		}
	}
	b.Fatal("no step was reported")
	return nil
}
