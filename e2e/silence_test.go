package e2e

import (
	"fmt"
	"strings"
	"testing"

	"unpool/internal/browser"
)

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
