// Package dataset finds data sets on this machine and opens them: in a folder the user names, in the Go module that
// carries MNIST, among the static files, in the user's cache. What is not found is downloaded into the cache from the
// place it comes from. It does not know what is done with them.
package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"unpool/core/data"
	"unpool/core/recipe"
)

// Sources are the places to look in, and where to put what is downloaded.
type Sources struct {
	Dir    string            // the user's folder; "" for none
	Public string            // the site's static files
	Cache  string            // for downloads; "" for none
	Say    func(line string) // is told how far a download is; nil for none
}

// ErrMissing says that a data set is not on this machine.
var ErrMissing = errors.New("it is not on this machine")

// Open reads a data set, which is downloaded if it is nowhere and can be. Its images come in the form that is asked for. An
// error says what to do.
func (s Sources) Open(ctx context.Context, name recipe.Dataset, want data.Want) (*data.Dataset, error) {
	if _, own := name.Folder(); !own {
		if err := s.usable(); err != nil {
			return nil, err
		}
	}
	d, err := s.OpenHere(ctx, name, want)
	if !errors.Is(err, ErrMissing) {
		return d, err
	}
	if info, _ := name.Info(); info.Download == 0 {
		return nil, fmt.Errorf("%s is not on this machine: get %s from %s, put them into a folder %s, and name its parent folder with -data or UNPOOL_DATA",
			info.Origin, info.Files, info.Source, name)
	}
	if err := s.download(ctx); err != nil {
		return nil, err
	}
	return s.OpenHere(ctx, name, want)
}

// usable returns an error if the user's folder has no data set: then it was named by mistake.
func (s Sources) usable() error {
	if s.Dir == "" {
		return nil
	}
	own := Sources{Dir: s.Dir}
	has := own.findReport() != "" || own.findCIFAR10() != ""
	for _, info := range recipe.Datasets {
		_, files := own.findOriginal(info.Name)
		has = has || files != nil
	}
	for _, dir := range []string{s.Dir, filepath.Join(s.Dir, string(recipe.MNIST))} {
		files, _ := look(dir, data.IDXFiles)
		has = has || files != nil
	}
	entries, err := os.ReadDir(s.Dir)
	switch {
	case err != nil:
		return fmt.Errorf("the data folder cannot be opened: %w", err)
	case has || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return data.PythonCIFAR10(e.Name()) }):
		return nil
	}
	return fmt.Errorf("the data folder %s has no data set: neither the files of MNIST, Fashion-MNIST or EMNIST nor %s; "+
		"for pictures of your own, use -dataset folder:%[1]s", s.Dir, archive)
}

// OpenHere is Open without a download: an ErrMissing comes instead. Reading ends when ctx does.
func (s Sources) OpenHere(ctx context.Context, name recipe.Dataset, want data.Want) (*data.Dataset, error) {
	if path, ok := name.Folder(); ok {
		d, err := openImages(ctx, path, name, want)
		if err == nil {
			for _, line := range d.Report.Lines() {
				s.say("%s: %s", path, line)
			}
		}
		return d, err
	}
	if s.Dir != "" {
		if err := s.check(); err != nil {
			return nil, err
		}
	}
	d, err := s.open(ctx, name)
	if err != nil {
		return nil, err
	}
	return d.In(want.Form), nil
}

// open reads a data set that has a name everywhere, in its own form.
func (s Sources) open(ctx context.Context, name recipe.Dataset) (*data.Dataset, error) {
	switch {
	case name == recipe.MNIST:
		dir, files, err := s.MNIST(ctx)
		if err != nil {
			return nil, err
		}
		return openMNIST(ctx, dir, files)
	case name == recipe.CIFAR10Report:
		return s.report(ctx)
	case data.MadeOfCIFAR10(name):
		return s.cifar10(ctx, name)
	case data.OriginalFiles(name) != nil:
		return s.original(ctx, name)
	}
	var names []string
	for _, info := range recipe.Datasets {
		names = append(names, string(info.Name))
	}
	return nil, fmt.Errorf("there is no data set %q; choose one of %s", name, strings.Join(names, ", "))
}

// Find returns the path that OpenHere would read a data set from. It looks at names only, so it is quick and does not
// know whether the content is right.
func (s Sources) Find(ctx context.Context, name recipe.Dataset) (path string, err error) {
	switch {
	case name == recipe.MNIST:
		path, _, err = s.MNIST(ctx)
		return path, err
	case name == recipe.CIFAR10Report:
		path = cmp.Or(s.findReport(), s.findCIFAR10())
	case data.MadeOfCIFAR10(name):
		path = s.findCIFAR10()
	default:
		path, _ = s.findOriginal(name)
	}
	if path == "" {
		return "", ErrMissing
	}
	return path, nil
}

// check reports whether the user's folder is there at all.
func (s Sources) check() error {
	if _, err := os.Stat(s.Dir); err != nil {
		return fmt.Errorf("the data folder cannot be opened: %w", err)
	}
	return nil
}

func (s Sources) say(format string, args ...any) {
	if s.Say != nil {
		s.Say(fmt.Sprintf(format, args...))
	}
}

// openImages reads a user's own files, by the reader that the page uses too: a folder or zip of pictures, or the files of a data set.
func openImages(ctx context.Context, path string, name recipe.Dataset, want data.Want) (*data.Dataset, error) {
	files, err := listFiles(ctx, path)
	if err != nil {
		return nil, err
	}
	chosen, err := data.OpenFiles(path, files, want, func(int64, int64, string) error { return ctx.Err() })
	if split := (*data.SplitNeeded)(nil); errors.As(err, &split) {
		train, test := split.With(recipe.UsualSplit)
		err = fmt.Errorf("%w; -split %v leaves %d to train on and sets %d aside to test on", err, recipe.UsualSplit, train, test)
	}
	if err != nil {
		return nil, within(path, err)
	}
	d := chosen.Read()
	d.Name = name
	return d.In(want.Form), nil // files other than pictures have only their own form
}

// openZip opens a file for random access.
func openZip(ctx context.Context, path string, read func(f io.ReaderAt, size int64) (*data.Dataset, error)) (*data.Dataset, error) {
	f, err := openFile(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return read(f, info.Size())
}

// file is one that can be read from until a context ends.
type file struct {
	*os.File
	ctx context.Context
}

// openFile opens a file. Anything else, such as a pipe, whose opening may wait forever, is an error.
func openFile(ctx context.Context, path string) (file, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", path)
	}
	if err != nil {
		return file{}, err
	}
	f, err := os.Open(path)
	return file{f, ctx}, err
}

// Read is io.Reader's.
func (f file) Read(b []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.File.Read(b)
}

// ReadAt is io.ReaderAt's.
func (f file) ReadAt(b []byte, off int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.File.ReadAt(b, off)
}
