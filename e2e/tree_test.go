package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"unpool/internal/browser"
)

// digits are numbers as pages write them. What they are depends on the day and the machine.
var digits = regexp.MustCompile(`[0-9]+(?:[.,\x{202f}\x{2009}]?[0-9]+)*`)

// To assistive technology each page has the roles and names that are in testdata/tree, which -update writes.
func TestAccessibilityTrees(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	root := hosted(t, "/", written(t))
	for _, page := range []struct{ name, path, whole string }{
		{"train", "", "document.querySelector('#chart-loss .faint') && document.querySelector('.example') && crossOriginIsolated"},
		{"runs", "runs/", runsAre("empty")},
		{"sweeps", "sweeps/", sweepsAre("none")},
		{"results", "results/", resultsAre("ready")},
		{"look", "look/", lookReady},
		{"class", "class/", classIs("none")},
		{"learn", "learn/#convolution/1", stepIs("convolution/1") + " && document.querySelector('#convolution-1-1-grid-3 .value')"},
	} {
		tab.Go(root + page.path)
		tab.Wait(page.whole, later)
		got := digits.ReplaceAllString(tab.Tree(), "0")
		golden := filepath.Join("testdata", "tree", page.name+".txt")
		if *update {
			if err := errors.Join(os.MkdirAll(filepath.Dir(golden), 0o755), os.WriteFile(golden, []byte(got), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		lines, wanted := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i, line := range lines {
			if i >= len(wanted) || line != wanted[i] {
				t.Errorf("%s, line %d: %s\nwant: %s", page.name, i+1, line, wanted[min(i, len(wanted)-1)])
				break
			}
		}
		if len(lines) < len(wanted) {
			t.Errorf("%s lacks from line %d: %s", page.name, len(lines), wanted[len(lines)-1])
		}
	}
}
