package data

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"unpool/core/recipe"
)

// File is one of the files that a user chose.
type File struct {
	Path string // its name, or its path from the folder that was chosen, with slashes
	Size int64
	io.ReaderAt
}

// Progress hears how much of the chosen files has been read, often. An error that it returns ends the reading.
type Progress func(done, total int64, unit string) error

// OpenFiles reads the files that a user chose, whatever they turn out to be: CIFAR-10's archive or its six files, MNIST's
// four files, or a zip or folder of pictures, among them the course's archive of CIFAR-10. It returns the data
// sets that they stand in for; pictures that are none of those are a data set of the user's own, recipe.Folder(name).
func OpenFiles(name string, files []File, progress Progress) ([]*Dataset, error) {
	archive := len(files) == 1 && strings.HasSuffix(strings.ToLower(files[0].Path), "gz")
	cifar, missingCIFAR := pick(files, CIFAR10Files)
	digits, missingDigits := pick(files, IDXFiles)
	switch {
	case len(files) == 0:
		return nil, errors.New("there are no files in it")
	case len(missingCIFAR) == 0:
		return chosenCIFAR10(OpenCIFAR10(opener(cifar, progress), Gray28))
	case len(missingDigits) == 0:
		return one(OpenIDX(recipe.MNIST, IDXFiles, opener(digits, progress)))
	case len(cifar) > 0:
		return nil, fmt.Errorf("a part of CIFAR-10 only: %s is missing", missingCIFAR[0])
	case len(digits) > 0:
		return nil, fmt.Errorf("a part of MNIST only: %s is missing", missingDigits[0])
	case archive:
		f := files[0]
		return chosenCIFAR10(OpenCIFAR10Archive(&metered{io.NewSectionReader(f, 0, f.Size), inBytes(f.Size, progress)}, Gray28))
	case len(files) == 1 && strings.HasSuffix(strings.ToLower(files[0].Path), ".zip"):
		z, err := openZip(files[0], files[0].Size)
		if err != nil {
			return nil, err
		}
		paths := make([]string, len(z.File))
		for i, f := range z.File {
			paths[i] = f.Name
		}
		return chosenPictures(name, newCounted(z, paths, progress))
	case !slices.ContainsFunc(files, func(f File) bool { return strings.Contains(f.Path, "/") }):
		return nil, errors.New("neither a zip or folder of pictures nor the files of CIFAR-10 or MNIST")
	}
	t, err := newTree(files)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	return chosenPictures(name, newCounted(t, paths, progress))
}

// pick finds files by name, in whatever folders they are, and says which are missing. MNIST's are also known with a dot in
// their names, and packed.
func pick(files []File, names []string) (found map[string]File, missing []string) {
	found = map[string]File{}
	for _, f := range files {
		base := strings.TrimSuffix(strings.ToLower(path.Base(f.Path)), ".gz")
		if base = strings.Replace(base, ".idx", "-idx", 1); slices.Contains(names, base) {
			found[base] = f
		}
	}
	for _, n := range names {
		if _, ok := found[n]; !ok {
			missing = append(missing, n)
		}
	}
	return found, missing
}

// opener opens files by name and reports progress in bytes of all of them.
func opener(files map[string]File, progress Progress) func(name string) (io.ReadCloser, error) {
	var total int64
	for _, f := range files {
		total += f.Size
	}
	report := inBytes(total, progress)
	return func(name string) (io.ReadCloser, error) {
		f := files[name]
		return io.NopCloser(&metered{io.NewSectionReader(f, 0, f.Size), report}), nil
	}
}

// inBytes reports progress in bytes of a total, given how many more have been read.
func inBytes(total int64, progress Progress) func(n int) error {
	var done int64
	return func(n int) error {
		done += int64(n)
		return progress(done, total, "bytes")
	}
}

// metered is a reader that reports how much has been read.
type metered struct {
	io.Reader
	report func(n int) error
}

func (t *metered) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if stop := t.report(n); stop != nil {
		return 0, stop
	}
	return n, err
}

// counted is a file system of pictures that counts how many have been opened.
type counted struct {
	fs.FS
	done, total int64
	progress    Progress
}

func newCounted(fsys fs.FS, paths []string, progress Progress) *counted {
	c := &counted{FS: fsys, progress: progress}
	for _, p := range paths {
		if isPicture(p) && !hidden(path.Base(p)) {
			c.total++
		}
	}
	return c
}

func (c *counted) Open(name string) (fs.File, error) {
	if isPicture(name) {
		c.done++
		if stop := c.progress(c.done, c.total, "images"); stop != nil {
			return nil, stop
		}
	}
	return c.FS.Open(name)
}

// ReadDir passes on what the file system knows without opening anything.
func (c *counted) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(c.FS, name) }

// chosenCIFAR10 is all of CIFAR-10, and with it the course report's part.
func chosenCIFAR10(all *Dataset, err error) ([]*Dataset, error) {
	if err != nil {
		return nil, err
	}
	subset, err := ReportSubset(all)
	return []*Dataset{all, subset}, err
}

// chosenPictures knows CIFAR-10 and the course's archive by their classes and numbers.
func chosenPictures(name string, fsys fs.FS) ([]*Dataset, error) {
	d, err := OpenImages(fsys, recipe.Folder(name), Gray28)
	if err != nil {
		return nil, err
	}
	has := func(classes []string, train, test int) bool {
		return slices.Equal(d.Classes, classes) && d.Train.Len() == train && d.Test.Len() == test
	}
	const files = cifarRecords
	switch {
	case has(CIFAR10Classes, 5*files, files):
		d.Name = recipe.CIFAR10
		return chosenCIFAR10(d, nil)
	case has(digits, 10*reportTrain, 10*reportTest) && isCourse(fsys):
		d.Name, d.Classes = recipe.CIFAR10Report, CIFAR10Classes
	}
	return []*Dataset{d}, nil
}

// isCourse reports whether pictures in ten numbered classes are the course's: those of digits would look the same.
func isCourse(fsys fs.FS) bool {
	names, err := folders(fsys, ".")
	return err == nil && slices.Contains(names, "CIFAR10")
}

func one(d *Dataset, err error) ([]*Dataset, error) {
	if err != nil {
		return nil, err
	}
	return []*Dataset{d}, nil
}
