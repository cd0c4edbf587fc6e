package e2e

import (
	"fmt"
	"strings"
	"testing"

	"unpool/internal/browser"
)

// A trainer that gets stuck while it starts its threads is replaced by another, which trains.
func TestATrainerThatGetsStuckIsReplaced(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	tab.Before(`
		window.stuck = 0;
		window.Worker = class extends Worker {
			constructor(...args) {
				super(...args);
				this.addEventListener('message', ({ data }) => {
					if (stuck || !String(data).includes('starting its threads')) return;
					stuck++;
					this.terminate();
					this.dispatchEvent(new MessageEvent('message', { // shorter than it is, so that the test is
						data: '{"kind":"alive"}\n{"doing":"starting its threads","patience":1}',
					}));
				});
			}
		};`)
	tab.Go(address(t, start(t), 10, 5))
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	if s := tab.Text("#sentence"); !strings.HasPrefix(s, "Done: ") || browser.Eval[int](tab, "stuck") != 1 {
		t.Errorf("the run ended with %q, %q", s, tab.Text("#error"))
	}
	noErrors(t, tab)
}

// A trainer that dies silently is noticed when its patience is over. The page says so, and resumes the run with another, or
// starts again.
func TestATrainerThatFallsSilent(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(address(t, start(t), 100_000, 20))
	tab.Click("#train")
	tab.Wait(stateIs("training", "evaluating")+" && ("+stepShownJS+") > 40", later)
	browser.Eval[bool](tab, `(trainer.terminate(), trainer.dispatchEvent(new MessageEvent('message', {
		data: '{"kind":"alive"}\n{"doing":"training","patience":1}', // shorter than it is, so that the test is
	})), true)`)
	tab.Wait(stateIs("failed"), soon)
	if text := tab.Text("#error"); !strings.Contains(text, "does not answer: while training, it has been silent for 1s") {
		t.Errorf("the page says %q", text)
	}
	everybody(t, tab, "the trainer is silent")
	died := stepShown(tab)
	tab.Click("#resume")
	tab.Wait(stateIs("training", "evaluating"), later)
	tab.Wait(fmt.Sprintf("(%s) > %d", stepShownJS, died), later)
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	everybody(t, tab, "stopped")
	tab.Click("#train")
	tab.Wait(stateIs("training", "evaluating"), later)
	noErrors(t, tab)
}
