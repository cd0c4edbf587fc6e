package data

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"unpool/core/recipe"
)

// files is a small set of MNIST's form.
func files() map[string][]byte {
	return map[string][]byte{
		MNISTFiles[0]: gzipped(idx(bytes.Repeat([]byte{51}, 3*784), 3, 28, 28)),
		MNISTFiles[1]: gzipped(idx([]byte{7, 0, 9}, 3)),
		MNISTFiles[2]: idx(make([]byte, 2*784), 2, 28, 28),
		MNISTFiles[3]: idx([]byte{1, 2}, 2),
	}
}

type tracked struct {
	io.Reader
	open *int
}

func (t tracked) Close() error { *t.open--; return nil }

func open(files map[string][]byte, opened *int) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) {
		b, ok := files[name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		*opened++
		return tracked{bytes.NewReader(b), opened}, nil
	}
}

func TestOpenMNIST(t *testing.T) {
	opened := 0
	d, err := OpenIDX(recipe.MNIST, MNISTFiles, open(files(), &opened))
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Len() != 3 || d.Test.Len() != 2 || len(d.Train.Images) != 3*784 || string(d.Train.Labels) != "\x07\x00\x09" {
		t.Errorf("train %d, test %d, labels %v", d.Train.Len(), d.Test.Len(), d.Train.Labels)
	}
	if opened != 0 {
		t.Errorf("%d files left open", opened)
	}
}

func TestOpenMNISTRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		file   string
		bytes  []byte // nil: missing
		wanted []string
	}{
		{"a missing file", MNISTFiles[2], nil, []string{MNISTFiles[2], "not exist"}},
		{"a truncated file", MNISTFiles[0], files()[MNISTFiles[0]][:30], []string{MNISTFiles[0], "byte "}},
		{"other image sizes", MNISTFiles[0], idx(make([]byte, 3*32*32), 3, 32, 32), []string{MNISTFiles[0], "byte 8", "32, want 28"}},
		{"unequal counts", MNISTFiles[3], idx([]byte{1, 2, 3}, 3), []string{"2 images", "3 labels"}},
		{"a label out of range", MNISTFiles[1], idx([]byte{7, 10, 9}, 3), []string{MNISTFiles[1], "byte 9", "label 10"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, opened := files(), 0
			delete(all, c.file)
			if c.bytes != nil {
				all[c.file] = c.bytes
			}
			_, err := OpenIDX(recipe.MNIST, MNISTFiles, open(all, &opened))
			if err == nil {
				t.Fatal("accepted")
			}
			for _, w := range c.wanted {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
			if c.bytes == nil && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v does not wrap what open said", err)
			}
			if opened != 0 {
				t.Errorf("%d files left open", opened)
			}
		})
	}
}

// A data set in colour comes back from its files, too.
func TestIDXInColour(t *testing.T) {
	was := &Dataset{Name: recipe.CIFAR10RGB, Height: 32, Width: 32, Channels: 3, Classes: cifarClasses,
		Train: Split{make([]byte, 2*3072), []byte{3, 9}}, Test: Split{make([]byte, 3072), []byte{4}}}
	for i := range was.Train.Images {
		was.Train.Images[i] = byte(i * i)
	}
	opened := 0
	got, err := OpenIDX(recipe.CIFAR10RGB, IDXFiles, open(was.IDX(), &opened))
	if err != nil || !reflect.DeepEqual(got, was) {
		t.Errorf("%v: the data set differs", err)
	}
	if _, err := OpenIDX(recipe.CIFAR10, IDXFiles, open(was.IDX(), &opened)); err == nil || !strings.Contains(err.Error(), "magic number") {
		t.Errorf("taken for gray images: %v", err)
	}
}

// Files of a set that has no name everywhere determine how large its images are, and how many classes it has.
func TestIDXOfOnesOwn(t *testing.T) {
	set := func(height, width uint32) map[string][]byte {
		return map[string][]byte{
			IDXFiles[0]: idx(make([]byte, 2*height*width), 2, height, width), IDXFiles[1]: idx([]byte{0, 11}, 2),
			IDXFiles[2]: idx(make([]byte, height*width), 1, height, width), IDXFiles[3]: idx([]byte{5}, 1),
		}
	}
	opened := 0
	d, err := OpenIDX(recipe.Folder("x"), IDXFiles, open(set(16, 16), &opened))
	if err != nil || d.Form() != (Form{16, 1}) || len(d.Classes) != 12 || d.Classes[11] != "11" {
		t.Errorf("%v: %+v in %q", err, d.Form(), d.Classes)
	}
	for _, size := range [][2]uint32{{16, 20}, {7, 7}, {97, 97}} {
		if _, err := OpenIDX(recipe.Folder("x"), IDXFiles, open(set(size[0], size[1]), &opened)); err == nil || !strings.Contains(err.Error(), "nets need squares of 8 to 96") {
			t.Errorf("%v: %v", size, err)
		}
	}
}

// What IDX writes, OpenIDX reads: every image and label, in order.
func TestIDXRoundTrip(t *testing.T) {
	opened := 0
	was, err := OpenIDX(recipe.MNIST, MNISTFiles, open(files(), &opened))
	if err != nil {
		t.Fatal(err)
	}
	for name, class := range map[recipe.Dataset]string{recipe.MNIST: "7", recipe.CIFAR10: "horse", recipe.CIFAR10Report: "horse"} {
		d, err := OpenIDX(name, IDXFiles, open(was.IDX(), &opened))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(d.Train, was.Train) || !reflect.DeepEqual(d.Test, was.Test) {
			t.Errorf("%s: the images or labels differ", name)
		}
		if d.Name != name || d.Classes[d.Train.Labels[0]] != class {
			t.Errorf("%s is called %s, and its first image shows a %s", name, d.Name, d.Classes[d.Train.Labels[0]])
		}
	}
}
