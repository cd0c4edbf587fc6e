package data

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"unpool/core/recipe"
)

// chosen makes the files that a user chose.
func chosen(files map[string][]byte) (all []File) {
	for name, b := range files {
		all = append(all, File{Path: name, Size: int64(len(b)), ReaderAt: bytes.NewReader(b)})
	}
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// course is a zip of the course's form: ten numbered classes of so many pictures, below a folder.
func course(top string) []byte {
	files := fstest.MapFS{}
	file := &fstest.MapFile{Data: square(28, color.Gray{7})}
	for class := range 10 {
		for i := range 1000 {
			files[fmt.Sprintf("%s/Train/%d/Image%05d.png", top, class, i)] = file
		}
		for i := range 100 {
			files[fmt.Sprintf("%s/Test/%d/Image%05d.png", top, class, i)] = file
		}
	}
	return packed(files)
}

// numbered is a set of MNIST's form and number whose first labels are given.
func numbered(first ...byte) map[string][]byte {
	labels := make([]byte, 60_000)
	copy(labels, first)
	return map[string][]byte{
		IDXFiles[0]: idx(make([]byte, 60_000*784), 60_000, 28, 28), IDXFiles[1]: idx(labels, 60_000),
		IDXFiles[2]: idx(make([]byte, 10_000*784), 10_000, 28, 28), IDXFiles[3]: idx(labels[:10_000], 10_000),
	}
}

// letters is a small set of EMNIST's form: two training images of A and Z, a test image of B. The first has a line at its
// top, which is its left column there.
func letters() map[string][]byte {
	images := make([]byte, 2*784)
	for y := range 28 {
		images[28*y] = 255
	}
	return map[string][]byte{
		"gzip/emnist-letters-train-images-idx3-ubyte.gz": gzipped(idx(images, 2, 28, 28)),
		"gzip/emnist-letters-train-labels-idx1-ubyte.gz": gzipped(idx([]byte{1, 26}, 2)),
		"gzip/emnist-letters-test-images-idx3-ubyte.gz":  gzipped(idx(make([]byte, 784), 1, 28, 28)),
		"gzip/emnist-letters-test-labels-idx1-ubyte.gz":  gzipped(idx([]byte{2}, 1)),
	}
}

// EMNIST's images lie on their side in its files, and its letters count from 1.
func TestEMNISTIsPutRight(t *testing.T) {
	c, err := OpenFiles("gzip", chosen(letters()), Want{}, func(int64, int64, string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	d, err := c.Open(recipe.EMNISTLetters)
	if err != nil {
		t.Fatal(err)
	}
	if first := d.Train.Images[:784]; !bytes.Equal(first[:28], bytes.Repeat([]byte{255}, 28)) || slices.Max(first[28:]) != 0 {
		t.Errorf("the first image is %v", first)
	}
	if a, z, b := d.Classes[d.Train.Labels[0]], d.Classes[d.Train.Labels[1]], d.Classes[d.Test.Labels[0]]; a+z+b != "AZB" {
		t.Errorf("the labels say %s, %s and %s", a, z, b)
	}
	wrong := letters()
	wrong["gzip/emnist-letters-test-labels-idx1-ubyte.gz"] = idx([]byte{0}, 1)
	if _, err := OpenFiles("gzip", chosen(wrong), Want{}, func(int64, int64, string) error { return nil }); err == nil || !strings.Contains(err.Error(), "byte 8: label 0, want 1 to 26") {
		t.Errorf("a label below the first: %v", err)
	}
}

func TestOpenFiles(t *testing.T) {
	folder := map[string][]byte{}
	for name, f := range pets() {
		folder[name] = f.Data
	}
	bins := map[string][]byte{"cifar-10-batches-bin/readme.html": nil}
	for _, name := range CIFAR10Files {
		bins["cifar-10-batches-bin/"+name] = batch()
	}
	dotted := map[string][]byte{} // as some programs unpack them
	for name, b := range files() {
		dotted[strings.Replace(strings.TrimSuffix(name, ".gz"), "-idx", ".idx", 1)] = b
	}
	cifar := []recipe.Dataset{recipe.CIFAR10, recipe.CIFAR10Report, recipe.CIFAR10RGB}
	for _, c := range []struct {
		name  string
		files map[string][]byte
		sets  []recipe.Dataset
		train int // of the first
		unit  string
	}{
		{"a zip", map[string][]byte{"pets.ZIP": packed(pets())}, []recipe.Dataset{"folder:mine"}, 3, "images"},
		{"a folder", folder, []recipe.Dataset{"folder:mine"}, 3, "images"},
		{"the course's archive", map[string][]byte{"x.zip": course("CIFAR10")}, []recipe.Dataset{recipe.CIFAR10Report}, 10_000, "images"},
		{"as many digits", map[string][]byte{"x.zip": course("digits")}, []recipe.Dataset{"folder:mine"}, 10_000, "images"},
		{"CIFAR-10's archive", map[string][]byte{"cifar-10-binary.tar.gz": tarball(t, official()...)}, cifar, 50_000, "bytes"},
		{"CIFAR-10's folder", bins, cifar, 50_000, "bytes"},
		{"MNIST", numbered(5, 0, 4, 1, 9, 2, 1, 3, 1, 4), []recipe.Dataset{recipe.MNIST}, 60_000, "bytes"},
		{"Fashion-MNIST", numbered(9, 0, 0, 3, 0, 2, 7, 2, 5, 5), []recipe.Dataset{recipe.FashionMNIST}, 60_000, "bytes"},
		{"a set of the same form", numbered(1, 2, 3, 4, 5, 6, 7, 8, 9, 1), []recipe.Dataset{"folder:mine"}, 60_000, "bytes"},
		{"a smaller set", files(), []recipe.Dataset{"folder:mine"}, 3, "bytes"},
		{"the same with dots", dotted, []recipe.Dataset{"folder:mine"}, 3, "bytes"},
		{"EMNIST", letters(), []recipe.Dataset{recipe.EMNISTLetters}, 2, "bytes"},
	} {
		var last, most int64
		got, err := OpenFiles("mine", chosen(c.files), Want{}, func(done, total int64, unit string) error {
			if done < last || done > total || unit != c.unit {
				return fmt.Errorf("%d after %d of %d %s", done, last, total, unit)
			}
			last, most = done, total
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if last == 0 || last != most && c.name != "CIFAR-10's archive" { // which may end with padding
			t.Errorf("%s: %d of %d %s were reported", c.name, last, most, c.unit)
		}
		if !slices.Equal(got.Sets, c.sets) {
			t.Errorf("%s is taken for %q, want %q", c.name, got.Sets, c.sets)
			continue
		}
		for i, name := range c.sets {
			if i > 0 && c.name != "CIFAR-10's folder" { // the others were made in the same way
				break
			}
			d, err := got.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := consistent(d); err != nil || d.Name != name || i == 0 && d.Train.Len() != c.train {
				t.Errorf("%s: %s with %d training images, want %s with %d, %v", c.name, d.Name, d.Train.Len(), name, c.train, err)
			}
		}
		if d, err := got.Open("folder:yours"); d != nil || err != nil {
			t.Errorf("%s stands in for anything: %v, %v", c.name, d, err)
		}
	}
}

// A folder from a browser is read as the same folder on disk is.
func TestOpenFilesReadsWhatOpenImagesReads(t *testing.T) {
	want, err := OpenImages(pets(), recipe.Folder("pets"), Want{Form: Form{40, 3}})
	if err != nil {
		t.Fatal(err)
	}
	folder := map[string][]byte{}
	for name, f := range pets() {
		folder[name] = f.Data
	}
	for name, files := range map[string]map[string][]byte{"folder": folder, "zip": {"pets.zip": packed(pets())}} {
		c, err := OpenFiles("pets", chosen(files), Want{Form: Form{40, 3}}, func(int64, int64, string) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if got := c.read; !bytes.Equal(got.Train.Images, want.Train.Images) || !bytes.Equal(got.Test.Labels, want.Test.Labels) ||
			!slices.Equal(got.Classes, want.Classes) || got.Name != want.Name {
			t.Errorf("%s: the sets differ", name)
		}
	}
}

func TestOpenFilesRefuses(t *testing.T) {
	good := packed(pets())
	one := func(name string, b []byte) map[string][]byte { return map[string][]byte{name: b} }
	noTest := map[string][]byte{"pets/train/cat/1.png": square(28, color.Black), "pets/train/dog/1.png": square(28, color.Black)}
	for name, c := range map[string]struct {
		files map[string][]byte
		says  string
	}{
		"nothing":               {nil, "no files"},
		"a text":                {one("notes.txt", []byte("hello")), "neither a zip or folder"},
		"loose pictures":        {map[string][]byte{"a.png": square(28, color.Black), "b.png": nil}, "a.png: is in no folder"},
		"half a zip":            {one("pets.zip", good[:len(good)/2]), "not a zip archive, or a damaged one"},
		"an archive that isn't": {one("x.tar.gz", []byte("hello")), "not a gzip archive"},
		"another archive":       {one("x.tgz", tarball(t, tar.Header{Name: "a"})), "the archive has no data_batch_1.bin"},
		"a part of CIFAR-10":    {one("test_batch.bin", batch()), "only a part of CIFAR-10: data_batch_1.bin is missing"},
		"a part of MNIST":       {one(MNISTFiles[0], files()[MNISTFiles[0]]), "only a part of MNIST: train-labels-idx1-ubyte is missing"},
		"a part of EMNIST":      {one("gzip/emnist-letters-test-labels-idx1-ubyte.gz", nil), "only a part of EMNIST letters: emnist-letters-train-images-idx3-ubyte is missing"},
		"a folder without test": {noTest, "2 pictures in 2 classes, and no folder test"},
		"a path out of it":      {map[string][]byte{"a/../../b.png": nil}, `"a/../../b.png": is not a path`},
	} {
		_, err := OpenFiles("mine", chosen(c.files), Want{}, func(int64, int64, string) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
	twice := append(chosen(one("a/b.png", nil)), chosen(one("a/b.png", nil))...)
	inFile := append(chosen(one("a/b", nil)), chosen(one("a/b/c", nil))...)
	for _, files := range [][]File{twice, inFile} {
		if _, err := OpenFiles("mine", files, Want{}, nil); err == nil || !strings.Contains(err.Error(), "a/b") {
			t.Errorf("%v: %v", files[1].Path, err)
		}
	}
}

func TestOpenFilesCanBeStopped(t *testing.T) {
	stop := errors.New("stop")
	for name, files := range map[string]map[string][]byte{
		"zip": {"pets.zip": packed(pets())}, "archive": {"x.tar.gz": tarball(t, official()...)}, "MNIST": files(),
	} {
		calls := 0
		_, err := OpenFiles("mine", chosen(files), Want{}, func(int64, int64, string) error {
			if calls++; calls == 2 {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) || calls != 2 {
			t.Errorf("%s: %v after %d calls", name, err, calls)
		}
	}
}
