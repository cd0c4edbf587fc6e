package data

import (
	"fmt"
	"io"

	"unpool/core/recipe"
)

// MNISTFiles are the names that OpenMNIST asks for.
var MNISTFiles = []string{
	"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
	"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
}

// OpenMNIST reads MNIST (LeCun, Cortes and Burges; 60,000 + 10,000 handwritten digits, 28x28 gray) from the files
// MNISTFiles, opened and closed one after the other. Any set of that form and image size will do, such as
// Fashion-MNIST or a small one for a test. A file may be gzip or already unpacked, as a browser may have done.
func OpenMNIST(open func(name string) (io.ReadCloser, error)) (*Dataset, error) {
	d := &Dataset{
		Name: recipe.MNIST, Height: 28, Width: 28, Channels: 1,
		Classes: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
	}
	for i, split := range []*Split{&d.Train, &d.Test} {
		images, labels := MNISTFiles[2*i], MNISTFiles[2*i+1]
		n, pixels, err := openIDX(open, images, d.Height, d.Width)
		if err != nil {
			return nil, fmt.Errorf("mnist: %w", err)
		}
		m, classes, err := openIDX(open, labels)
		if err != nil {
			return nil, fmt.Errorf("mnist: %w", err)
		}
		if n != m {
			return nil, fmt.Errorf("mnist: %s has %d images but %s has %d labels", images, n, labels, m)
		}
		for j, class := range classes {
			if int(class) >= len(d.Classes) {
				const header = 8
				return nil, fmt.Errorf("mnist: %w", &FormatError{labels, int64(header + j),
					fmt.Sprintf("label %d, want 0 to %d", class, len(d.Classes)-1), nil})
			}
		}
		*split = Split{Images: pixels, Labels: classes}
	}
	return d, nil
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
