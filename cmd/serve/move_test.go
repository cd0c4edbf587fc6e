package main

import (
	"path/filepath"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/runlog"
	"unpool/internal/browser"
)

// A native run that continues in the tab says so: its curves have a mark where the tab took over.
func TestMoveToTheBrowser(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := run(t, t.Context(), "train", "mnist-rnn-32", "-steps", "20", "-eval-every", "10", "-backend", "wasm", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	tab := browser.Open(t)
	tab.Go(start(t))
	tab.Click("#fold-export")
	tab.Choose("#file", filepath.Join(dir, runlog.Last))
	tab.Wait(stateIs("done", "failed"), later)
	if legend := tab.Text("#chart-accuracy .legend"); !strings.Contains(legend, "continued with wasm, a browser") || !strings.Contains(legend, "from step 20") {
		t.Errorf("the legend says %q", legend)
	}
	if n := browser.Eval[int](tab, "document.querySelectorAll('#chart-accuracy line.break').length"); n != 1 {
		t.Errorf("%d marks on the curve, want 1", n)
	}
	noErrors(t, tab)
}
