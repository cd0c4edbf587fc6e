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
	Type fs.FileMode // 0 for a file to read; of anything else only the type is known, as fs.FileMode.Type gives it
	io.ReaderAt
}

// begins reports whether a file's content begins with some bytes.
func (f File) begins(with string) bool {
	if f.ReaderAt == nil {
		return false
	}
	start := make([]byte, len(with))
	n, _ := f.ReadAt(start, 0)
	return string(start[:n]) == with
}

// Progress is told how much of the chosen files has been read, often. An error that it returns ends the reading.
type Progress func(done, total int64, unit string) error

// Chosen is what the files that a user chose are.
type Chosen struct {
	read *Dataset
	// Sets are the data sets that the files stand in for. Pictures that are none of those with a name everywhere are a data
	// set of the user's own.
	Sets []recipe.Dataset
}

// Read is the files' images as they are, whatever they are called.
func (c *Chosen) Read() *Dataset { return c.read }

// Open returns one of the sets, nil for any other.
func (c *Chosen) Open(name recipe.Dataset) (*Dataset, error) {
	switch {
	case c == nil || !slices.Contains(c.Sets, name):
		return nil, nil
	case c.read.Name == recipe.CIFAR10RGB:
		d, err := FromCIFAR10(c.read, name)
		if err == nil {
			d.Report.Found = found(d)
		}
		return d, err
	}
	return c.read, nil
}

// OpenFiles reads the files that a user chose, whichever they are: CIFAR-10's archive or its six files, the four
// files of MNIST, Fashion-MNIST or one of EMNIST's sets, or a zip or folder of pictures, among them the course's archive
// of its part of CIFAR-10. What is none of those is recipe.Folder(name), whose pictures are read in the form that is asked for.
func OpenFiles(name string, files []File, want Want, progress Progress) (*Chosen, error) {
	archive := len(files) == 1 && (files[0].begins("\x1f\x8b") || strings.HasSuffix(strings.ToLower(files[0].Path), "gz"))
	cifar, missingCIFAR := pick(files, CIFAR10Files)
	switch {
	case len(files) == 0:
		return nil, errors.New("there are no files in it")
	case len(missingCIFAR) == 0:
		d, err := OpenCIFAR10(opener(cifar, progress))
		return standIn(reported(d, files, cifar), err)
	case !archive && slices.ContainsFunc(files, func(f File) bool { return PythonCIFAR10(path.Base(f.Path)) }):
		return nil, fmt.Errorf("it %w", ErrPythonCIFAR10)
	case len(cifar) > 0:
		return nil, fmt.Errorf("only a part of CIFAR-10: %s is missing", missingCIFAR[0])
	}
	if c, err := chosenIDX(name, files, progress); c != nil || err != nil {
		return c, err
	}
	switch {
	case archive:
		f := files[0]
		return standIn(OpenCIFAR10Archive(&metered{io.NewSectionReader(f, 0, f.Size), inBytes(f.Size, progress)}))
	case len(files) == 1 && (files[0].begins("PK") || strings.HasSuffix(strings.ToLower(files[0].Path), ".zip")):
		in := &stoppable{ReaderAt: files[0], progress: progress}
		z, err := openZip(in, files[0].Size)
		if err != nil {
			return nil, err
		}
		paths := make([]string, len(z.File))
		for i, f := range z.File {
			paths[i] = f.Name
		}
		return chosenPictures(name, newCounted(z, paths, in.report), want)
	case !slices.ContainsFunc(files, func(f File) bool { return strings.Contains(f.Path, "/") || isPicture(f.Path) }):
		return nil, errors.New("neither a zip or folder of pictures nor the files of CIFAR-10, MNIST, Fashion-MNIST or EMNIST")
	}
	t, err := newTree(files)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	return chosenPictures(name, newCounted(t, paths, progress), want)
}

// chosenIDX reads the files of a data set that is distributed in the IDX format, nil if there are none.
func chosenIDX(name string, files []File, progress Progress) (*Chosen, error) {
	for _, info := range recipe.Datasets { // in the order of the table, so that every time the same is read
		names := OriginalFiles(info.Name)
		found, missing := pick(files, names)
		switch {
		case names == nil || len(found) == 0:
			continue
		case len(missing) > 0:
			return nil, fmt.Errorf("only a part of %s: %s is missing", info.Title, missing[0])
		case info.Name != recipe.MNIST:
			d, err := OpenOriginal(info.Name, names, opener(found, progress))
			return standIn(reported(d, files, found), err)
		}
		d, err := OpenIDX(recipe.Folder(name), names, opener(found, progress))
		if err != nil {
			return nil, err
		}
		if d.Name = knownIDX(d); d.Name != recipe.Folder(name) {
			info, _ := d.Name.Info()
			d.Classes = info.Classes
		}
		return standIn(reported(d, files, found), nil)
	}
	return nil, nil
}

// reported is d with a report: of all files those were used that were found.
func reported(d *Dataset, all []File, used map[string]File) *Dataset {
	if d == nil {
		return nil
	}
	d.Report.Found = found(d)
	paths := map[string]bool{}
	for _, f := range used {
		paths[f.Path] = true
	}
	for _, f := range all {
		switch {
		case f.Type.IsDir() || paths[f.Path]:
		case Hidden(path.Base(f.Path)):
			d.Report.pass(f.Path, ofTheSystem)
		default:
			d.Report.pass(f.Path, "not part of the data set")
		}
	}
	return d
}

// UsualName is the name, as in OriginalFiles and CIFAR10Files, that a file stands for: IDX files are also known packed, and with a dot.
func UsualName(name string) string {
	return strings.Replace(strings.TrimSuffix(strings.ToLower(name), ".gz"), ".idx", "-idx", 1)
}

// pick finds files by name, in whatever folders they are, and says which are missing.
func pick(files []File, names []string) (found map[string]File, missing []string) {
	found = map[string]File{}
	for _, f := range files {
		if name := UsualName(path.Base(f.Path)); f.Type.IsRegular() && slices.Contains(names, name) {
			found[name] = f
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

// stoppable is an archive whose reading the progress may end before each piece: also while its list of files is read, when nobody knows yet how
// many pictures there are.
type stoppable struct {
	io.ReaderAt
	progress    Progress
	done, total int64
}

// report is a Progress.
func (s *stoppable) report(done, total int64, unit string) error {
	s.done, s.total = done, total
	return s.progress(done, total, unit)
}

func (s *stoppable) ReadAt(p []byte, off int64) (int, error) {
	if stop := s.progress(s.done, s.total, "images"); stop != nil {
		return 0, stop
	}
	return s.ReaderAt.ReadAt(p, off)
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
		if isPicture(p) && !Hidden(path.Base(p)) {
			c.total++
		}
	}
	return c
}

func (c *counted) Open(name string) (fs.File, error) {
	if isPicture(name) {
		c.done++
	}
	if stop := c.progress(min(c.done, c.total), c.total, "images"); stop != nil { // pictures may have to be read twice
		return nil, stopError{stop}
	}
	return c.FS.Open(name)
}

// ReadDir passes on what the file system knows without opening anything.
func (c *counted) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(c.FS, name) }

// standIn says what a data set can stand in for.
func standIn(d *Dataset, err error) (*Chosen, error) {
	switch {
	case err != nil:
		return nil, err
	case d.Name == recipe.CIFAR10RGB:
		return &Chosen{d, madeOfCIFAR10}, nil
	}
	return &Chosen{d, []recipe.Dataset{d.Name}}, nil
}

// chosenPictures recognises CIFAR-10 and the course's archive by their classes and numbers.
func chosenPictures(name string, fsys fs.FS, want Want) (*Chosen, error) {
	d, err := OpenImages(fsys, recipe.Folder(name), want)
	if err != nil {
		return nil, err
	}
	numbers, _ := recipe.MNIST.Info() // the course names its folders by the labels
	for _, known := range []struct {
		name    recipe.Dataset
		folders []string
		by      bool
	}{
		{recipe.CIFAR10RGB, cifarClasses, true},
		{recipe.CIFAR10Report, numbers.Classes, isCourse(fsys)},
	} {
		info, _ := known.name.Info()
		if known.by && slices.Equal(d.Classes, known.folders) && d.Form() == tableForm(known.name) &&
			d.Train.Len() == info.Train && d.Test.Len() == info.Test {
			d.Name, d.Classes = known.name, cifarClasses
			break
		}
	}
	return standIn(d, nil)
}

// isCourse reports whether pictures in ten numbered classes are the course's: those of digits would look the same.
func isCourse(fsys fs.FS) bool {
	_, err := fs.ReadDir(fsys, "CIFAR10")
	return err == nil
}
