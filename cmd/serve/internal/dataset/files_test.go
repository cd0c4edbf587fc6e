package dataset

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/data"
	"unpool/core/recipe"
)

// put writes a file, and the folders that it is in.
func put(t *testing.T, body string, names ...string) string {
	t.Helper()
	path := filepath.Join(names...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// gray is a PNG of one brightness.
func gray(v byte) string {
	m := image.NewGray(image.Rect(0, 0, 9, 9))
	for i := range m.Pix {
		m.Pix[i] = v
	}
	m.SetGray(0, 0, color.Gray{v + 1}) // not all one colour
	var b strings.Builder
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.String()
}

// renamed writes MNIST's files as others name and unpack them, with the first labels of each split.
func renamed(t *testing.T, first string, name func(string) string) string {
	dir := t.TempDir()
	for i, file := range data.IDXFiles {
		body := "\x00\x00\x08\x01\x00\x00\x00" + string(rune(len(first))) + first
		if i%2 == 0 {
			body = "\x00\x00\x08\x03\x00\x00\x00" + string(rune(len(first))) + "\x00\x00\x00\x1c\x00\x00\x00\x1c" + strings.Repeat("\x09", 784*len(first))
		}
		put(t, body, dir, name(file))
	}
	return dir
}

func TestTheUsersFolderIsNotIgnored(t *testing.T) {
	plain := func(name string) string { return name }
	dotted := func(name string) string { return strings.Replace(name, "-idx", ".idx", 1) }
	for _, dir := range []string{renamed(t, "\x05\x00\x04", plain), renamed(t, "\x05\x00\x04", dotted)} {
		set, err := Sources{Dir: dir}.Open(t.Context(), recipe.MNIST, data.Want{})
		if err != nil || set.Train.Len() != 3 {
			t.Errorf("%s: %v, want the three digits in it", dir, err)
		}
	}
	others := renamed(t, "\x00\x01\x02", plain)
	if _, err := (Sources{Dir: others}).Open(t.Context(), recipe.MNIST, data.Want{}); err == nil || !strings.Contains(err.Error(), "train on them by the name of their folder, with -dataset folder:PATH") {
		t.Errorf("others' images under MNIST's names: %v", err)
	}
	set, err := Sources{}.Open(t.Context(), recipe.Folder(others), data.Want{})
	if err != nil || set.Name != recipe.Folder(others) || set.Train.Len() != 3 {
		t.Errorf("the same by the folder's name: %v", err)
	}
	part := t.TempDir()
	put(t, "", part, "data_batch_1.bin")
	python := t.TempDir()
	put(t, "", python, "cifar-10-python.tar.gz")
	pictures := t.TempDir()
	put(t, gray(1), pictures, "train", "a", "1.png")
	for dir, want := range map[string]string{
		part:        "only a part of CIFAR-10: data_batch_2.bin is missing",
		python:      "is the Python version of CIFAR-10: take cifar-10-binary.tar.gz",
		pictures:    "has no data set: neither the files of MNIST, Fashion-MNIST or EMNIST nor cifar-10-binary.tar.gz; for pictures of your own, use -dataset folder:" + pictures,
		t.TempDir(): "has no data set",
	} {
		if _, err := (Sources{Dir: dir}).Open(t.Context(), recipe.CIFAR10, data.Want{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	loose := t.TempDir()
	for _, name := range data.CIFAR10Files {
		put(t, "", loose, name)
	}
	if path, err := (Sources{Dir: loose}).Find(t.Context(), recipe.CIFAR10); path != loose || err != nil {
		t.Errorf("six files of CIFAR-10 are found in %q, %v", path, err)
	}
}

// Links are followed, and what cannot be read is named.
func TestFoldersWithLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	for _, split := range []string{"train", "test"} {
		put(t, gray(10), dir, split, "a", "1.png")
		put(t, gray(20), elsewhere, split, "1.png")
		if err := os.Symlink(filepath.Join(elsewhere, split), filepath.Join(dir, split, "b")); err != nil {
			t.Skip(err)
		}
	}
	for from, to := range map[string]string{"loop.png": dir, "nothing.png": "none"} {
		if err := os.Symlink(to, filepath.Join(dir, "train", "a", from)); err != nil {
			t.Fatal(err)
		}
	}
	var said []string
	set, err := Sources{Say: func(line string) { said = append(said, line) }}.Open(t.Context(), recipe.Folder(dir), data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	const want = ": 2 classes, 2 images to train on + 2 to test on: a (1 + 1), b (1 + 1); " +
		"passed over: train/a/loop.png, train/a/nothing.png (a link to nothing, or to a folder that it lies in)."
	if said[0] != dir+want || len(set.Classes) != 2 {
		t.Errorf("it says %q, want %q", said[0], dir+want)
	}
}
