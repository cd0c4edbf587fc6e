package data

import (
	"fmt"
	"io"

	"unpool/core/recipe"
)

// IDXFiles are the names of a data set's four files in the IDX format: images and labels to train on, then those to test
// on.
var IDXFiles = []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}

// MNISTFiles are the same as MNIST is handed out: packed.
var MNISTFiles = []string{IDXFiles[0] + ".gz", IDXFiles[1] + ".gz", IDXFiles[2] + ".gz", IDXFiles[3] + ".gz"}

// digits are the classes of MNIST.
var digits = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

// OpenMNIST reads MNIST (LeCun, Cortes and Burges; 60,000 + 10,000 handwritten digits, 28x28 gray) from MNISTFiles. Any
// set of that form and image size will do, such as Fashion-MNIST or a small one for a test.
func OpenMNIST(open func(name string) (io.ReadCloser, error)) (*Dataset, error) {
	return OpenIDX(recipe.MNIST, MNISTFiles, open)
}

// OpenIDX reads a data set of gray 28x28 images in ten classes from four files, named in the order of IDXFiles, opened and
// closed one after the other. A file may be gzip or already unpacked, as a browser may have done.
func OpenIDX(name recipe.Dataset, files []string, open func(name string) (io.ReadCloser, error)) (*Dataset, error) {
	d := &Dataset{Name: name, Height: Gray28.Side, Width: Gray28.Side, Channels: Gray28.Channels, Classes: CIFAR10Classes}
	if name == recipe.MNIST {
		d.Classes = digits
	}
	for i, split := range []*Split{&d.Train, &d.Test} {
		images, labels := files[2*i], files[2*i+1]
		n, pixels, err := openIDX(open, images, d.Height, d.Width)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		m, classes, err := openIDX(open, labels)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if n != m {
			return nil, fmt.Errorf("%s: %s has %d images but %s has %d labels", name, images, n, labels, m)
		}
		for j, class := range classes {
			if int(class) >= len(d.Classes) {
				const header = 8
				return nil, fmt.Errorf("%s: %w", name, &FormatError{labels, int64(header + j),
					fmt.Sprintf("label %d, want 0 to %d", class, len(d.Classes)-1), nil})
			}
		}
		*split = Split{Images: pixels, Labels: classes}
	}
	return d, nil
}

// IDX returns the files that OpenIDX reads, by the names of IDXFiles.
func (d *Dataset) IDX() map[string][]byte {
	files := make(map[string][]byte, len(IDXFiles))
	for i, s := range []Split{d.Train, d.Test} {
		files[IDXFiles[2*i]] = writeIDX(s.Images, s.Len(), d.Height, d.Width)
		files[IDXFiles[2*i+1]] = writeIDX(s.Labels, s.Len())
	}
	return files
}

func openIDX(open func(string) (io.ReadCloser, error), name string, dims ...int) (int, []byte, error) {
	f, err := open(name)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", name, err)
	}
	n, body, err := readIDX(name, f, dims...)
	f.Close() // only read from: an error here can lose nothing
	return n, body, err
}
