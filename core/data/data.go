// Package data reads datasets and decides which images a run trains and measures on: file formats, preprocessing,
// seeded batches, samples and the holdout.
//
// It knows nothing of nets but their limits, of backends, or where bytes come from: the caller passes a reader, a file system,
// or a function that opens files by name, so the same code reads a folder natively and fetched bytes in a browser. It
// imports the standard library, core/recipe, models/net for those limits, core/data/picture, which decodes pictures, and
// github.com/cespare/xxhash/v2 only.
package data

import "unpool/core/recipe"

// Dataset is a labelled set of images of one size, in memory.
type Dataset struct {
	Name     recipe.Dataset
	Height   int
	Width    int
	Channels int
	Classes  []string // a label is an index into Classes
	Train    Split
	Test     Split
	Report   Report // of the reading of a user's files; the zero value for a data set that has a name everywhere

	hash string // see Hash; "" before anyone has asked
}

// Split is one part of a dataset.
type Split struct {
	Images []byte // [N, Height, Width, Channels], 0 to 255
	Labels []byte // [N]
}

// Len returns N, the number of images.
func (s Split) Len() int { return len(s.Labels) }

// With is d with some of its training images and of its test images only.
func (d *Dataset) With(train, test []int32) *Dataset {
	out := *d
	out.hash = ""
	out.Train, out.Test = d.Train.pick(train), d.Test.pick(test)
	return &out
}

// pick copies the images at indices, with their labels.
func (s Split) pick(indices []int32) Split {
	size := len(s.Images) / max(1, s.Len())
	p := Split{Images: make([]byte, 0, len(indices)*size), Labels: make([]byte, 0, len(indices))}
	for _, i := range indices {
		p.Images, p.Labels = append(p.Images, s.Images[int(i)*size:(int(i)+1)*size]...), append(p.Labels, s.Labels[i])
	}
	return p
}
