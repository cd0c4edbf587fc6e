package main

import (
	"archive/zip"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writePictures hands each of a few pictures of three classes to write, by its path: 32x32 in colour.
func writePictures(t *testing.T, write func(path string, content func(io.Writer) error)) {
	t.Helper()
	for _, split := range []string{"train", "test"} {
		for class := range 3 {
			for i := range 4 {
				m := image.NewNRGBA(image.Rect(0, 0, 32, 32))
				for j := range 32 * 32 {
					m.Set(j%32, j/32, color.NRGBA{uint8(80 * class), uint8(j * i), uint8(j), 255})
				}
				write(fmt.Sprintf("%s/class%d/%d.png", split, class, i), func(w io.Writer) error { return png.Encode(w, m) })
			}
		}
	}
}

// Every kind of net learns from the user's own folder, and from all of CIFAR-10 in colour.
func TestTrainOnOtherImages(t *testing.T) {
	own := t.TempDir()
	writePictures(t, func(path string, content func(io.Writer) error) {
		file := filepath.Join(own, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := content(f); err != nil {
			t.Fatal(err)
		}
	})
	cifar := t.TempDir()
	f, err := os.Create(filepath.Join(cifar, "cifar10-images.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	writePictures(t, func(path string, content func(io.Writer) error) {
		w, err := z.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := content(w); err != nil {
			t.Fatal(err)
		}
	})
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, net := range []string{"mnist-rnn-32", "mnist-lstm-32", "mnist-gru-32", "cifar-lenet5", "cifar-bn", "cifar-vgg"} {
		for _, set := range []string{"folder:" + own, "cifar10-rgb"} {
			args := []string{"train", net, "-dataset", set, "-data", cifar, "-steps", "1", "-batch", "4", "-threads", "1", "-json"}
			stdout, stderr, code := cli(t, t.Context(), args...)
			if code != exitDone || !strings.Contains(stdout, `"train_size":12`) || !strings.Contains(stdout, `"status":"done"`) {
				t.Errorf("%s on %s: code %d: %s%s", net, set, code, stdout, stderr)
			}
			if channels := strings.Count(stdout, `"channels":3`); (channels > 0) != strings.HasPrefix(net, "cifar") {
				t.Errorf("%s on %s: %d times filters of three channels", net, set, channels)
			}
		}
	}
	// A sweep is over them by a flag. Its file may begin with a byte order mark, as some editors write it.
	plan, to := filepath.Join(t.TempDir(), "plan.json"), t.TempDir()
	const text = "\ufeff" + `{"base": "mnist-rnn-32", "change": {"holdout": 2, "steps": 1.0, "batch": 4}, "grid": {"units": [4, 6]}}`
	if err := os.WriteFile(plan, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := cli(t, t.Context(), "sweep", plan, "-dataset", "folder:"+own, "-runs", filepath.Join(to, "runs"), "-to", to, "-threads", "1"); code != exitDone {
		t.Errorf("sweep over pictures: code %d: %s", code, stderr)
	}
	// Pictures that have moved are found where the user says, and a class that was renamed is noticed.
	out, moved := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "moved")
	step := func(says string, args ...string) {
		t.Helper()
		want := exitUsage
		if says == "" {
			want = exitDone
		}
		_, stderr, code := cli(t, t.Context(), append([]string{"train", "-batch", "4", "-threads", "1"}, args...)...)
		if code != want || !strings.Contains(stderr, says) {
			t.Errorf("%v: code %d, %s; want %q", args, code, stderr, says)
		}
	}
	step("", "mnist-rnn-32", "-dataset", "folder:"+own, "-steps", "1", "-out", out)
	if err := os.Rename(own, moved); err != nil {
		t.Fatal(err)
	}
	step("name the folder with -dataset folder:PATH", "-resume", out, "-steps", "2")
	step("", "-resume", out, "-steps", "2", "-dataset", "folder:"+moved)
	// So are the same pictures in a zip, and those that are other ones are told, to whoever looks inside the net too.
	look := func(says, set string) {
		t.Helper()
		_, stderr, code := cli(t, t.Context(), "look", out, "stats", "-o", filepath.Join(t.TempDir(), "look"), "-dataset", set, "-threads", "1")
		if (code == exitDone) != (says == "") || !strings.Contains(stderr, says) {
			t.Errorf("look with %s: code %d, %s; want %q", set, code, stderr, says)
		}
	}
	zipped := filepath.Join(cifar, "cifar10-images.zip")
	step("", "-resume", out, "-steps", "3", "-dataset", "folder:"+zipped)
	look("", "folder:"+zipped)
	first, last := filepath.Join(moved, "train", "class0", "0.png"), filepath.Join(moved, "train", "class0", "z.png")
	if err := os.Rename(first, last); err != nil {
		t.Fatal(err)
	}
	step("files that are renamed come in another order", "-resume", out, "-steps", "4", "-dataset", "folder:"+moved)
	look("is not what the run was trained on: the images of the data set", "folder:"+moved)
	if err := os.Rename(last, filepath.Join(moved, "test", "class0", "z.png")); err != nil {
		t.Fatal(err)
	}
	step("it had 12 images to train on and 12 to test on; the data set now has 11 and 13", "-resume", out, "-steps", "4", "-dataset", "folder:"+moved)
	if err := os.Rename(filepath.Join(moved, "test", "class0", "z.png"), first); err != nil {
		t.Fatal(err)
	}
	for _, split := range []string{"train", "test"} {
		if err := os.Rename(filepath.Join(moved, split, "class1"), filepath.Join(moved, split, "fox")); err != nil {
			t.Fatal(err)
		}
	}
	step("its classes were class0, class1, class2", "-resume", out, "-steps", "4", "-dataset", "folder:"+moved)

	if _, stderr, code := cli(t, t.Context(), "train", "cifar-vgg", "-dataset", "cifar100"); code != exitUsage || !strings.Contains(stderr, "cifar10-rgb") {
		t.Errorf("code %d: %s", code, stderr)
	}
}
