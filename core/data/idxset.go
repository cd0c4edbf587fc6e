package data

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"unpool/core/recipe"
	"unpool/models/net"
)

// IDXFiles are the names of a data set's four files in the IDX format: images and labels to train on, then those to test
// on.
var IDXFiles = []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}

// MNISTFiles are the same as MNIST is distributed: packed.
var MNISTFiles = []string{IDXFiles[0] + ".gz", IDXFiles[1] + ".gz", IDXFiles[2] + ".gz", IDXFiles[3] + ".gz"}

// original is how a data set is distributed as IDX files.
type original struct {
	files      []string // in the order of IDXFiles, unpacked
	transposed bool     // images lie column by column
	first      byte     // the label of the first class
}

// originals are the data sets that are distributed as IDX files.
var originals = map[recipe.Dataset]original{
	recipe.MNIST:          {files: IDXFiles},
	recipe.FashionMNIST:   {files: IDXFiles},
	recipe.EMNISTLetters:  emnist(recipe.EMNISTLetters, 1),
	recipe.EMNISTBalanced: emnist(recipe.EMNISTBalanced, 0),
	recipe.EMNISTDigits:   emnist(recipe.EMNISTDigits, 0),
}

// emnist is one of EMNIST's sets: its images were taken from Matlab, which stores columns first.
func emnist(name recipe.Dataset, first byte) original {
	o := original{transposed: true, first: first}
	for _, part := range []string{"train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"} {
		o.files = append(o.files, fmt.Sprintf("%s-%s-ubyte", name, part))
	}
	return o
}

// OriginalFiles are the names of the files that a data set is distributed as, unpacked, in the order of IDXFiles; nil if it
// is not distributed in IDX files.
func OriginalFiles(name recipe.Dataset) []string { return originals[name].files }

// OpenMNIST reads MNIST, or the first images of it, from files named in the order of IDXFiles. Others have files of these names too, and are not
// taken for MNIST.
func OpenMNIST(files []string, open func(name string) (io.ReadCloser, error)) (*Dataset, error) {
	d, err := OpenIDX(recipe.MNIST, files, open)
	if err != nil {
		return nil, err
	}
	first := min(len(mnistStarts), d.Train.Len())
	switch {
	case knownIDX(d) == recipe.FashionMNIST:
		return nil, fmt.Errorf("these are the files of %s; put them into a folder named %[1]s and train on that", recipe.FashionMNIST)
	case string(d.Train.Labels[:first]) != mnistStarts[:first]:
		return nil, errors.New("these files have MNIST's names but other images; train on them by the name of their folder, with -dataset folder:PATH")
	}
	return d, nil
}

// The first labels of MNIST and of Fashion-MNIST.
const (
	mnistStarts   = "\x05\x00\x04\x01\x09\x02\x01\x03\x01\x04"
	fashionStarts = "\x09\x00\x00\x03\x00\x02\x07\x02\x05\x05"
)

// OpenOriginal reads a data set from files as it is distributed, named in the order of OriginalFiles, and corrects what is
// transposed or numbered differently there.
func OpenOriginal(name recipe.Dataset, files []string, open func(name string) (io.ReadCloser, error)) (*Dataset, error) {
	return openIDXSet(name, files, open, originals[name])
}

// OpenIDX reads a data set from four files, named in the order of IDXFiles, opened and closed one after the other: of its
// form and classes if it has a name everywhere, else gray squares of any size that nets take, with as many classes as the
// labels count. A file may be gzip or already unpacked, as a browser may have done.
func OpenIDX(name recipe.Dataset, files []string, open func(name string) (io.ReadCloser, error)) (*Dataset, error) {
	return openIDXSet(name, files, open, original{})
}

func openIDXSet(name recipe.Dataset, files []string, open func(string) (io.ReadCloser, error), o original) (*Dataset, error) {
	info, named := name.Info()
	d := &Dataset{Name: name, Classes: info.Classes}
	dims := []int{0, 0} // any
	if named {
		dims = tableForm(name).dims()
	}
	for i, split := range []*Split{&d.Train, &d.Test} {
		images, labels := files[2*i], files[2*i+1]
		shape, pixels, err := openIDX(open, images, dims...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		counted, numbers, err := openIDX(open, labels)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if shape[0] != counted[0] {
			return nil, fmt.Errorf("%s: %s has %d images but %s has %d labels", name, images, shape[0], labels, counted[0])
		}
		dims = shape[1:] // those to test on are like those to train on
		if err := renumber(numbers, o.first, len(info.Classes), labels); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		*split = Split{Images: pixels, Labels: numbers}
	}
	if dims[0] != dims[1] || dims[0] < net.MinSide || dims[0] > net.MaxSide {
		return nil, fmt.Errorf("%s: images of %d x %d pixels; nets need squares of %d to %d", name, dims[0], dims[1], net.MinSide, net.MaxSide)
	}
	d.Height, d.Width, d.Channels = dims[0], dims[1], 1
	if len(dims) == 3 {
		d.Channels = dims[2]
	}
	if d.Classes == nil {
		d.Classes = countClasses(d)
	}
	if len(d.Classes) < net.MinClasses {
		return nil, fmt.Errorf("%s: all labels are 0; nets need at least %d classes", name, net.MinClasses)
	}
	if o.transposed {
		d.transpose()
	}
	return d, nil
}

// dims are the dimensions of an image in a file: those of a gray one are two.
func (f Form) dims() []int {
	if f.Channels == 1 {
		return []int{f.Side, f.Side}
	}
	return []int{f.Side, f.Side, f.Channels}
}

// renumber makes labels that count from first ones that count from 0. There must be no more than the classes, if they are
// known.
func renumber(labels []byte, first byte, classes int, file string) error {
	const header = 8
	for j, label := range labels {
		if label < first || classes > 0 && int(label-first) >= classes {
			return &FormatError{file, int64(header + j), fmt.Sprintf("label %d, want %d to %d", label, first, int(first)+classes-1), nil}
		}
		labels[j] = label - first
	}
	return nil
}

// countClasses names the classes of a set by their numbers.
func countClasses(d *Dataset) (names []string) {
	for i := range 1 + int(max(slices.Max(d.Train.Labels), slices.Max(d.Test.Labels))) {
		names = append(names, strconv.Itoa(i))
	}
	return names
}

// transpose turns the images of d, whose columns came as rows.
func (d *Dataset) transpose() {
	size := d.Height * d.Width
	for _, s := range []Split{d.Train, d.Test} {
		for image := range slices.Chunk(s.Images, size) {
			for y := range d.Height {
				for x := range y {
					a, b := y*d.Width+x, x*d.Width+y
					image[a], image[b] = image[b], image[a]
				}
			}
		}
	}
}

// IDX returns the files that OpenIDX reads, by the names of IDXFiles.
func (d *Dataset) IDX() map[string][]byte {
	files := make(map[string][]byte, len(IDXFiles))
	for i, s := range []Split{d.Train, d.Test} {
		files[IDXFiles[2*i]] = writeIDX(s.Images, s.Len(), d.Form().dims()...)
		files[IDXFiles[2*i+1]] = writeIDX(s.Labels, s.Len())
	}
	return files
}

func openIDX(open func(string) (io.ReadCloser, error), name string, dims ...int) (shape []int, body []byte, err error) {
	f, err := open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	shape, body, err = readIDX(name, f, dims...)
	f.Close() // only read from: an error here can lose nothing
	return shape, body, err
}

// knownIDX returns the data set that files with MNIST's names are: Fashion-MNIST has the same. They are known by their
// first labels and their number; a name that is not a data set's stands for anything else.
func knownIDX(d *Dataset) recipe.Dataset {
	for name, labels := range map[recipe.Dataset]string{recipe.MNIST: mnistStarts, recipe.FashionMNIST: fashionStarts} {
		info, _ := name.Info()
		if d.Form() == tableForm(name) && d.Train.Len() == info.Train && d.Test.Len() == info.Test && strings.HasPrefix(string(d.Train.Labels[:10]), labels) {
			return name
		}
	}
	return d.Name
}
