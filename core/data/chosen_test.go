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
		all = append(all, File{name, int64(len(b)), bytes.NewReader(b)})
	}
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// course is a zip of the course's form: ten numbered classes of so many pictures, below a folder.
func course(top string) []byte {
	files := fstest.MapFS{}
	file := &fstest.MapFile{Data: picture(28, color.Gray{7})}
	for class := range 10 {
		for i := range reportTrain {
			files[fmt.Sprintf("%s/Train/%d/Image%05d.png", top, class, i)] = file
		}
		for i := range reportTest {
			files[fmt.Sprintf("%s/Test/%d/Image%05d.png", top, class, i)] = file
		}
	}
	return packed(files)
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
		{"CIFAR-10's archive", map[string][]byte{"cifar-10-binary.tar.gz": tarball(t, official()...)}, []recipe.Dataset{recipe.CIFAR10, recipe.CIFAR10Report}, 50_000, "bytes"},
		{"CIFAR-10's folder", bins, []recipe.Dataset{recipe.CIFAR10, recipe.CIFAR10Report}, 50_000, "bytes"},
		{"MNIST", files(), []recipe.Dataset{recipe.MNIST}, 3, "bytes"},
		{"MNIST with dots", dotted, []recipe.Dataset{recipe.MNIST}, 3, "bytes"},
	} {
		var last, most int64
		sets, err := OpenFiles("mine", chosen(c.files), func(done, total int64, unit string) error {
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
		var names []recipe.Dataset
		for _, d := range sets {
			names = append(names, d.Name)
			if err := whole(d); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if !slices.Equal(names, c.sets) || sets[0].Train.Len() != c.train {
			t.Errorf("%s is taken for %q with %d training images, want %q with %d", c.name, names, sets[0].Train.Len(), c.sets, c.train)
		}
	}
}

// A folder from a browser is read as the same folder on disk is.
func TestOpenFilesReadsWhatOpenImagesReads(t *testing.T) {
	want, err := OpenImages(pets(), recipe.Folder("pets"), Gray28)
	if err != nil {
		t.Fatal(err)
	}
	folder := map[string][]byte{}
	for name, f := range pets() {
		folder[name] = f.Data
	}
	for name, files := range map[string]map[string][]byte{"folder": folder, "zip": {"pets.zip": packed(pets())}} {
		sets, err := OpenFiles("pets", chosen(files), func(int64, int64, string) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if got := sets[0]; !bytes.Equal(got.Train.Images, want.Train.Images) || !bytes.Equal(got.Test.Labels, want.Test.Labels) ||
			!slices.Equal(got.Classes, want.Classes) || got.Name != want.Name {
			t.Errorf("%s: the sets differ", name)
		}
	}
}

func TestOpenFilesRefuses(t *testing.T) {
	good := packed(pets())
	one := func(name string, b []byte) map[string][]byte { return map[string][]byte{name: b} }
	noTest := map[string][]byte{"pets/train/cat/1.png": picture(28, color.Black)}
	for name, c := range map[string]struct {
		files map[string][]byte
		says  string
	}{
		"nothing":               {nil, "no files"},
		"a text":                {one("notes.txt", []byte("hello")), "neither a zip or folder"},
		"loose pictures":        {map[string][]byte{"a.png": picture(28, color.Black), "b.png": nil}, "neither a zip or folder"},
		"half a zip":            {one("pets.zip", good[:len(good)/2]), "not a zip archive, or a damaged one"},
		"an archive that isn't": {one("x.tar.gz", []byte("hello")), "not a gzip archive"},
		"another archive":       {one("x.tgz", tarball(t, tar.Header{Name: "a"})), "the archive has no data_batch_1.bin"},
		"a part of CIFAR-10":    {one("test_batch.bin", batch()), "a part of CIFAR-10 only: data_batch_1.bin is missing"},
		"a part of MNIST":       {one(MNISTFiles[0], files()[MNISTFiles[0]]), "a part of MNIST only: train-labels-idx1-ubyte is missing"},
		"a folder without test": {noTest, "no folders train and test"},
		"a path out of it":      {map[string][]byte{"a/../../b.png": nil}, `"a/../../b.png": is not a path`},
	} {
		_, err := OpenFiles("mine", chosen(c.files), func(int64, int64, string) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
	twice := append(chosen(one("a/b.png", nil)), chosen(one("a/b.png", nil))...)
	inFile := append(chosen(one("a/b", nil)), chosen(one("a/b/c", nil))...)
	for _, files := range [][]File{twice, inFile} {
		if _, err := OpenFiles("mine", files, nil); err == nil || !strings.Contains(err.Error(), "a/b") {
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
		_, err := OpenFiles("mine", chosen(files), func(int64, int64, string) error {
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
