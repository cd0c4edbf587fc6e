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

// A run is looked into: the pictures and arrays are there, are of the right shapes, and belong together.
func TestLook(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	const net = "conv 3x3x4, relu, pool 2, conv 3x3x5, relu"
	if _, stderr, code := cli(t, t.Context(), "train", "-net", net, "-dataset", "mnist", "-batch", "32", "-steps", "4", "-eval-every", "2", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	look := func(args ...string) (to string) {
		t.Helper()
		to = filepath.Join(t.TempDir(), "new", "look")
		stdout, stderr, code := cli(t, t.Context(), append([]string{"look", dir, "-o", to}, args...)...)
		if code != exitDone || strings.TrimSpace(stdout) != filepath.Join(to, "README.md") {
			t.Fatalf("%q: exit code %d, %q, %q", args, code, stdout, stderr)
		}
		return to
	}
	read := func(to, name string) []byte {
		t.Helper()
		body, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	array := func(to, name string, shape ...int) []float32 {
		t.Helper()
		var a tensor.Dense
		if err := a.ReadNpy(bytes.NewReader(read(to, name+".npy"))); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.Shape(), tensor.Shape(shape)) {
			t.Fatalf("%s is %v, want %v", name, a.Shape(), shape)
		}
		return a.Data().([]float32)
	}
	picture := func(to, name string) {
		t.Helper()
		if _, err := png.Decode(bytes.NewReader(read(to, name+".png"))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(string(read(to, "README.md")), "]("+name+".png)") {
			t.Errorf("the page does not show %s", name)
		}
	}

	to := look("maps", "-image", "7", "-step", "2")
	page := string(read(to, "README.md"))
	for _, want := range []string{"after step 2", "Test image 7, of the class 9", "| 9 | "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	before, after := array(to, "conv1", 28, 28, 4), array(to, "relu1", 28, 28, 4)
	for i := range before {
		if after[i] != max(before[i], 0) {
			t.Fatalf("relu1 makes %g of %g", after[i], before[i])
		}
	}
	array(to, "logits", 10)
	picture(to, "relu2")
	picture(to, "image")

	to = look("deconv", "-images", "100")
	for _, name := range []string{"relu1", "relu1-untrained", "relu2", "relu2-untrained"} {
		picture(to, name)
	}
	trained, untrained := array(to, "relu2", 5, 9, 28, 28, 1), array(to, "relu2-untrained", 5, 9, 28, 28, 1)
	if slices.Equal(trained, untrained) {
		t.Error("training has changed nothing")
	}
	if rows := strings.Count(string(read(to, "relu2.md")), "\n| "); rows != 5*9+2 {
		t.Errorf("the table of the strongest has %d rows", rows)
	}
	if to := look("deconv", "-images", "20", "-layer", "pool1"); len(array(to, "pool1", 4, 9, 28, 28, 1)) == 0 {
		t.Error("no projections")
	}

	to = look("filters")
	picture(to, "filters")
	values := array(to, "filters", 3, 4, 3, 3, 1)
	if slices.Equal(values[:36], values[72:]) || !strings.Contains(string(read(to, "README.md")), "0, 2, 4") {
		t.Errorf("the filters through training: %v\n%s", values, read(to, "README.md"))
	}

	table := func(to, name string) [][]string {
		t.Helper()
		rows, err := csv.NewReader(bytes.NewReader(read(to, name+".csv"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	to = look("stats", "-step", "2")
	if rows := table(to, "statistics"); len(rows) != 3 || rows[2][0] != "relu2" || rows[2][7] != "5" {
		t.Errorf("the table of layers is %q", rows)
	}
	if rows := table(to, "maps"); len(rows) != 1+4+5 || rows[9][0] != "relu2" || rows[9][1] != "4" {
		t.Errorf("the table of maps is %q", rows)
	}
	if rows := table(to, "histograms"); len(rows) < 20 {
		t.Errorf("the histograms are %q", rows)
	}
	picture(to, "relu1-histogram")
	if page := string(read(to, "README.md")); !strings.Contains(page, "All 31,360,000 activations are counted") || strings.Contains(page, "other net") {
		t.Errorf("the page about statistics is\n%s", page)
	}
	for _, against := range []string{"@2", dir + "@2"} {
		to = look("stats", "-against", against)
		picture(to, "relu2-histogram")
		page := string(read(to, "README.md"))
		for _, want := range []string{"after step 2.\n", "The differences, of layers that both have", " points | 0 |", "and of the other net's"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page about statistics does not say %q:\n%s", want, page)
			}
		}
	}

	for _, c := range []struct {
		says string
		args []string
	}{
		{"expects the folder of a run", []string{"maps"}},
		{`shows maps, deconv, filters, stats, and not "dream"`, []string{"dream", "-o", "x"}},
		{"there is no test image 10000", []string{"maps", "-image", "10000", "-o", "x"}},
		{"0 of 10000 test images", []string{"deconv", "-images", "0", "-o", "x"}},
		{`no layer "conv9"; it has conv1, relu1, pool1, conv2, relu2, logits`, []string{"deconv", "-layer", "conv9", "-o", filepath.Join(t.TempDir(), "x")}},
		{`no weights "3"; it has last, best, and 0, 2, 4`, []string{"maps", "-step", "3", "-o", "x"}},
		{"file exists", []string{"stats", "-o", t.TempDir()}},
		{`no weights "3"; it has last`, []string{"stats", "-against", "@3", "-o", filepath.Join(t.TempDir(), "x")}},
		{"maps are not compared", []string{"maps", "-against", "@2", "-o", "x"}},
	} {
		_, stderr, code := cli(t, t.Context(), append([]string{"look", dir}, c.args...)...)
		if code != exitUsage || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: exit code %d, %q does not say %q", c.args, code, stderr, c.says)
		}
	}
	if _, stderr, code := cli(t, t.Context(), "look", t.TempDir(), "maps", "-o", "x"); code != exitUsage || !strings.Contains(stderr, "holds no run") {
		t.Errorf("an empty folder: exit code %d, %q", code, stderr)
	}
}
