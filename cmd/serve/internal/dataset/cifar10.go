package dataset

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"unpool/core/data"
	"unpool/core/recipe"
)

// The names that CIFAR-10 goes by.
const (
	archive     = "cifar-10-binary.tar.gz" // the official archive,
	unpacked    = "cifar-10-batches-bin"   // and the folder that is in it
	pictures    = "cifar10-images.zip"     // the pictures as files, in folders train and test, a folder for each class
	reportsZip  = "cifar10-gray28-10k.zip" // the course report's part, as the course distributes it
	downloadMsg = "put %s into a folder and name it with -data or UNPOOL_DATA"
)

// official is where CIFAR-10 comes from (https://www.cs.toronto.edu/~kriz/cifar.html).
var official = download{
	url:    "https://www.cs.toronto.edu/~kriz/" + archive,
	size:   archiveSize(),
	sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
}

func archiveSize() int64 {
	info, _ := recipe.CIFAR10.Info()
	return info.Download
}

// findCIFAR10 returns the path of all of CIFAR-10, in whichever form it is there: in the user's folder, else in the cache;
// "" if it is in neither.
func (s Sources) findCIFAR10() string {
	for _, dir := range []string{s.Dir, s.Cache} {
		if dir == "" {
			continue
		}
		for _, name := range []string{unpacked, archive, pictures} {
			if path := filepath.Join(dir, name); isThere(path) {
				return path
			}
		}
		if files, _ := look(dir, data.CIFAR10Files); len(files) > 0 {
			return dir
		}
	}
	return ""
}

// cifar10 opens CIFAR-10, or a data set that is made of it.
func (s Sources) cifar10(ctx context.Context, name recipe.Dataset) (d *data.Dataset, err error) {
	path := s.findCIFAR10()
	switch base := filepath.Base(path); {
	case path == "":
		return nil, fmt.Errorf("CIFAR-10: %w", ErrMissing)
	case base == archive:
		d, err = openCIFAR10Archive(ctx, path)
	case base == pictures:
		d, err = openImages(ctx, path, recipe.CIFAR10RGB, data.WantOf(recipe.Recipe{Dataset: recipe.CIFAR10RGB}))
	default:
		d, err = openCIFAR10Files(ctx, path)
	}
	if err != nil {
		return nil, within(path, err)
	}
	return data.FromCIFAR10(d, name)
}

// download puts the official archive into the cache.
func (s Sources) download(ctx context.Context) error {
	entries, _ := os.ReadDir(s.Dir)
	for _, e := range entries {
		if data.PythonCIFAR10(e.Name()) {
			return fmt.Errorf("%s: %w", filepath.Join(s.Dir, e.Name()), data.ErrPythonCIFAR10)
		}
	}
	if s.Cache == "" {
		return fmt.Errorf("CIFAR-10 was not found: "+downloadMsg, archive)
	}
	if err := official.fetch(ctx, filepath.Join(s.Cache, archive), s.say); err != nil {
		return fmt.Errorf("CIFAR-10 cannot be downloaded: %w; to avoid the download, "+downloadMsg, err, archive)
	}
	return nil
}

func openCIFAR10Files(ctx context.Context, dir string) (*data.Dataset, error) {
	files, missing := look(dir, data.CIFAR10Files)
	if len(missing) > 0 {
		return nil, fmt.Errorf("only a part of CIFAR-10: %s is missing", missing[0])
	}
	return data.OpenCIFAR10(func(name string) (io.ReadCloser, error) {
		return openFile(ctx, filepath.Join(dir, files[slices.Index(data.CIFAR10Files, name)]))
	})
}

func openCIFAR10Archive(ctx context.Context, path string) (*data.Dataset, error) {
	f, err := openFile(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	return data.OpenCIFAR10Archive(f)
}

// findReport returns the path of the course's archive of the course report's part, "" if it is not there.
func (s Sources) findReport() string {
	if path := filepath.Join(s.Dir, reportsZip); s.Dir != "" && isThere(path) {
		return path
	}
	return ""
}

// report opens the course report's part: the course's archive where it is, else made from all of CIFAR-10.
func (s Sources) report(ctx context.Context) (*data.Dataset, error) {
	if path := s.findReport(); path != "" {
		d, err := openZip(ctx, path, func(f io.ReaderAt, size int64) (*data.Dataset, error) { return data.OpenReportZip(f, size) })
		return d, within(path, err)
	}
	return s.cifar10(ctx, recipe.CIFAR10Report)
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// within names the file that an error is about.
func within(path string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
