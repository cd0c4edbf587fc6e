package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// Images are shifted, scaled and turned, and maps followed through training: curves, pictures and arrays are there and say the same.
func TestLookVary(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	const net = "conv 3x3x4, relu, pool 2, conv 3x3x5, relu, dense 6, relu"
	if _, stderr, code := cli(t, t.Context(), "train", "-net", net, "-dataset", "mnist", "-batch", "32", "-steps", "4", "-eval-every", "2", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	look := func(args ...string) (to, page string) {
		t.Helper()
		to = filepath.Join(t.TempDir(), "look")
		if _, stderr, code := cli(t, t.Context(), append([]string{"look", dir, "-o", to}, args...)...); code != exitDone {
			t.Fatalf("%q: exit code %d, %q", args, code, stderr)
		}
		text, err := os.ReadFile(filepath.Join(to, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		return to, string(text)
	}
	array := func(to, name string, shape ...int) []float32 {
		t.Helper()
		var a tensor.Dense
		body, err := os.ReadFile(filepath.Join(to, name+".npy"))
		if err == nil {
			err = a.ReadNpy(bytes.NewReader(body))
		}
		if err != nil || !slices.Equal(a.Shape(), tensor.Shape(shape)) {
			t.Fatalf("%s is %v, want %v: %v", name, a.Shape(), shape, err)
		}
		return a.Data().([]float32)
	}
	picture := func(to, name string) {
		t.Helper()
		body, err := os.ReadFile(filepath.Join(to, name+".png"))
		if err == nil {
			_, err = png.Decode(bytes.NewReader(body))
		}
		if err != nil {
			t.Error(err)
		}
	}

	to, page := look("invariance", "-image", "7")
	for kind, amounts := range map[string]int{"shift": 15, "scale": 13, "rotation": 37} {
		distances, chances := array(to, kind+"-distances", 8, 5, amounts), array(to, kind+"-chances", 5, amounts, 10)
		none := map[string]int{"shift": 7, "scale": 4}[kind]
		if distances[none] > 1e-5 || distances[none+1] < 0.01 {
			t.Errorf("%s: by nothing the first layer changes by %g, and then by %g", kind, distances[none], distances[none+1])
		}
		total := float32(0)
		for _, p := range chances[:10] {
			total += p
		}
		if total < 0.999 || total > 1.001 {
			t.Errorf("%s: the probabilities add up to %g", kind, total)
		}
		for _, name := range []string{"-images", "-conv1", "-fc1", "-chances"} {
			picture(to, kind+name)
		}
	}
	for _, want := range []string{"Test image 7, of the class 9, and the first test image of each of 4 other", "When an image is shifted by one pixel, the output of conv1 changes by", "Zeiler and Fergus found", "| fc1 | "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	to, _ = look("invariance", "-layer", "relu2")
	picture(to, "scale-relu2")

	to, page = look("evolution", "-images", "50")
	picture(to, "evolution")
	of := array(to, "evolution", 5, 3, 28, 28, 1) // five maps after steps 0, 2 and 4
	for _, want := range []string{"maps of relu2 most among 50 test images", "Steps: 0, 2, 4."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if rows := strings.Count(page, "\n| "); rows != 5*3+2 {
		t.Errorf("the table has %d rows", rows)
	}
	_, rest, _ := strings.Cut(page, "Maps: ")
	to, _ = look("evolution", "-images", "50", "-layer", "relu2", "-map", rest[:1]) // what was searched for is kept
	if one := array(to, "evolution", 1, 3, 28, 28, 1); !slices.Equal(one, of[:3*784]) {
		t.Error("a map alone comes from other pixels than among others")
	}
	for says, args := range map[string][]string{
		"no map 5; they are numbered from 0 to 4": {"evolution", "-layer", "relu2", "-map", "5", "-images", "9"},
		`no layer "relu9"`:                        {"invariance", "-layer", "relu9"},
		"not with invariance":                     {"invariance", "-map", "1", "-layer", "relu2"},
		"not with evolution":                      {"evolution", "-against", "@2"},
	} {
		_, stderr, code := cli(t, t.Context(), append([]string{"look", dir, "-o", filepath.Join(t.TempDir(), "x")}, args...)...)
		if code != exitUsage || !strings.Contains(stderr, says) {
			t.Errorf("%q: exit code %d, %q does not say %q", args, code, stderr, says)
		}
	}
}
