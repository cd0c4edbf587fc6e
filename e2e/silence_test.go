package e2e

import (
	"strings"
	"testing"

	"unpool/internal/browser"
)

// A trainer that dies without a word is missed when its patience is over. The page says so, and begins anew with another.
func TestATrainerThatFallsSilent(t *testing.T) {
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(address(t, start(t), 100_000, 50_000))
	tab.Click("#train")
	tab.Wait(stateIs("training"), later)
	browser.Eval[bool](tab, `(trainer.terminate(), trainer.dispatchEvent(new MessageEvent('message', {
		data: '{"kind":"alive"}\n{"doing":"training","patience":1}', // shorter than it is, so that the test is
	})), true)`)
	tab.Wait(stateIs("failed"), soon)
	if text := tab.Text("#error"); !strings.Contains(text, "does not answer: while training it has said nothing for 1s") {
		t.Errorf("the page says %q", text)
	}
	tab.Click("#train")
	tab.Wait(stateIs("training"), later)
	noErrors(t, tab)
}
