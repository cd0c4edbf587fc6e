package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The report has all that applies to a net, in the paper's order. What it links to is there, and its HTML file needs none of it.
func TestLookReport(t *testing.T) {
	for net, parts := range map[string][]string{
		"conv 3x3x4, relu, pool 4": {"(figure 2)", "(figure 4)", "(figure 5)", "(figure 6)", "(figure 7)", "(table 1)", "(section 5)", "(section 5.2)", "features", "Mistakes", "Statistics"},
		"gru 6":                    {"(figure 5)", "(figure 6)", "(figure 7)", "(table 1)", "(section 5)", "(section 5.2)", "row by row", "features", "Mistakes", "Statistics"},
	} {
		dir, to := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "report")
		if _, stderr, code := cli(t, t.Context(), "train", "-net", net, "-dataset", "mnist", "-batch", "32", "-steps", "4", "-eval-every", "2", "-out", dir); code != exitDone {
			t.Fatal(stderr)
		}
		if _, stderr, code := cli(t, t.Context(), "look", dir, "report", "-o", to, "-images", "60", "-to", "mnist", "-seeds", "1"); code != exitDone {
			t.Fatal(stderr)
		}
		page, err := os.ReadFile(filepath.Join(to, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		heads := regexp.MustCompile(`(?m)^## .*$`).FindAllString(string(page), -1)
		if len(heads) != 1+len(parts) {
			t.Fatalf("%s: %q", net, heads)
		}
		for i, want := range parts {
			if !strings.Contains(heads[i+1], want) {
				t.Errorf("%s: part %d is %s, want %s", net, i+1, heads[i+1], want)
			}
		}
		figures := 0
		for _, m := range regexp.MustCompile(`(!?)\[[^\]]*\]\(([^)]+)\)`).FindAllStringSubmatch(string(page), -1) {
			if strings.Contains(m[2], ":") {
				continue
			}
			if _, err := os.Stat(filepath.Join(to, m[2])); err != nil {
				t.Errorf("%s: %v", net, err)
			}
			figures += len(m[1])
		}
		file, err := os.ReadFile(filepath.Join(to, "report.html"))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(file), `src="data:image/`); n != figures || strings.Contains(string(file), "![") {
			t.Errorf("%s: the file has %d pictures of %d", net, n, figures)
		}
	}
	if _, stderr, code := cli(t, t.Context(), "look", "x", "report", "-layer", "conv1", "-o", "y"); code != exitUsage || !strings.Contains(stderr, "-layer is not for report") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}
