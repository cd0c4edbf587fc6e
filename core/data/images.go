package data

import (
	"errors"
	"io"
	"io/fs"

	"unpool/core/data/picture"
	"unpool/core/recipe"
)

// Limits of a set of images, so that untrusted ones can fill neither memory nor time.
const (
	maxPictures  = 200_000
	maxFileBytes = picture.MaxFile // of one picture's file, unpacked
	MaxFiles     = 300_000         // in a folder or archive
	maxAllPixels = 64_000_000_000  // decoded in all: about a quarter of an hour
)

// EntryError says which file of a set of images is invalid.
type EntryError struct {
	Entry   string // its path in the folder or archive
	Problem string
	Err     error // what the reader said; may be nil
}

func (e *EntryError) Error() string {
	s := shown(e.Entry) + ": " + e.Problem
	if e.Entry == "." {
		s = "the folder " + e.Problem
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *EntryError) Unwrap() error { return e.Err }

// OpenImages reads a folder with folders of pictures, one for each class, within a folder to train on and one to test on, see
// docs/data.md; where there is only one such folder, or none, and want says so, a share of each class is set aside to test on. Pictures come
// in order of classes and names, and classes are numbered in order of their names. As they are, pictures are gray if none of them has
// a colour, and stay as large as they are if all are squares of one size that nets take; else they become squares as
// large as MNIST's. An error is an *EntryError, *BadFiles, *SplitNeeded or fsys's own.
func OpenImages(fsys fs.FS, name recipe.Dataset, want Want) (*Dataset, error) {
	var layoutReport Report
	l, err := findLayout(fsys, want.Split, &layoutReport)
	if err != nil {
		return nil, err
	}
	in := &pictures{fsys: fsys, want: want}
	for {
		in.report = layoutReport.clone()
		d, err := in.read(l)
		if again := (*formError)(nil); errors.As(err, &again) {
			in.form = again.form
			continue
		}
		if err != nil {
			return nil, err
		}
		d.Name = name
		return d, nil
	}
}

// OpenImagesZip reads an archive of what OpenImages reads.
func OpenImagesZip(r io.ReaderAt, size int64, name recipe.Dataset, want Want) (*Dataset, error) {
	z, err := openZip(r, size)
	if err != nil {
		return nil, err
	}
	return OpenImages(z, name, want)
}
