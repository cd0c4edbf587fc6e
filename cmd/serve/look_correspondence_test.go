package main

import (
	"bytes"
	"encoding/csv"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// Parts of images are covered, those that are marked or the middles: the array, the table and the page say the same.
func TestLookCorrespondence(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := cli(t, t.Context(), "train", "-net", "conv 3x3x4, relu, pool 2, dense 6, relu", "-dataset", "mnist", "-batch", "32", "-steps", "2", "-eval-every", "1", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	look := func(args ...string) (to, page string) {
		t.Helper()
		to = filepath.Join(t.TempDir(), "look")
		if _, stderr, code := cli(t, t.Context(), append([]string{"look", dir, "correspondence", "-o", to}, args...)...); code != exitDone {
			t.Fatalf("%q: exit code %d, %q", args, code, stderr)
		}
		text, err := os.ReadFile(filepath.Join(to, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		return to, string(text)
	}
	read := func(to, name string) []byte {
		t.Helper()
		body, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	to, page := look("-part", "7:0.4.6.20", "-part", "12:2.4.6.20", "-part", "7:20.4.6.20")
	var a tensor.Dense
	if err := a.ReadNpy(bytes.NewReader(read(to, "correspondence.npy"))); err != nil || !slices.Equal(a.Shape(), tensor.Shape{7, 41}) {
		t.Fatalf("%v, %v", a.Shape(), err)
	}
	for i, share := range a.Data().([]float32) {
		if share < 0 || share > 1 {
			t.Errorf("share %d is %g", i, share)
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(read(to, "correspondence.csv"))).ReadAll()
	if err != nil || len(rows) != 8 || rows[1][0] != "image" || rows[7][0] != "logits" || len(rows[7]) != 8 {
		t.Errorf("the table is %q, %v", rows, err)
	}
	if _, err := png.Decode(bytes.NewReader(read(to, "parts.png"))); err != nil {
		t.Error(err)
	}
	if svg := string(read(to, "correspondence.svg")); strings.Count(svg, `class="dot`) != 3*(7+1) {
		t.Errorf("the chart is %.300s", svg)
	}
	for _, want := range []string{"part of each of 3 test images", "`-part 7:0.4.6.20 -part 12:2.4.6.20 -part 7:20.4.6.20`", "the changes of relu1 have", "| fc1 | ", "draws of"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if _, page := look("-image", "7"); !strings.Contains(page, "No parts are marked (`-part`)") || !strings.Contains(page, "`-part 7:10.10.7.7 -part 9:10.10.7.7 -part 12:10.10.7.7 -part 16:10.10.7.7 -part 20:10.10.7.7`") {
		t.Errorf("of the middles of nines the page says\n%s", page)
	}
	for says, args := range map[string][]string{
		"not IMAGE:TOP.LEFT.HEIGHT.WIDTH":                      {"correspondence", "-part", "7"},
		"-part: there is no test image 10000":                  {"correspondence", "-part", "10000:0.0.1.1", "-part", "1:0.0.1.1"},
		"these parts cannot be compared: 1, and there must be": {"correspondence", "-part", "1:0.0.1.1"},
		"are not within an image of 28 by 28":                  {"correspondence", "-part", "1:0.0.1.1", "-part", "2:27.0.2.1"},
		"-part works with correspondence and report":           {"maps", "-part", "1:0.0.1.1"},
	} {
		out := filepath.Join(t.TempDir(), "x")
		_, stderr, code := cli(t, t.Context(), append([]string{"look", dir, "-o", out}, args...)...)
		if _, err := os.Stat(out); code != exitUsage || !strings.Contains(stderr, says) || !os.IsNotExist(err) {
			t.Errorf("%q: exit code %d, %q does not say %q, or something is written: %v", args, code, stderr, says, err)
		}
	}
}
