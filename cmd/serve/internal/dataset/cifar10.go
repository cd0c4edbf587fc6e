package dataset

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"unpool/core/data"
	"unpool/core/recipe"
)

// The names that CIFAR-10 goes by.
const (
	archive     = "cifar-10-binary.tar.gz" // the official archive,
	unpacked    = "cifar-10-batches-bin"   // and the folder that is in it
	pictures    = "cifar10-images.zip"     // the pictures as files, in folders train and test, a folder for each class
	reportsZip  = "cifar10-gray28-10k.zip" // the report's subset, as the course hands it out
	downloadMsg = "put %s into a folder and name it with -data or UNPOOL_DATA"
)

// official is where CIFAR-10 comes from (https://www.cs.toronto.edu/~kriz/cifar.html).
var official = download{
	url:    "https://www.cs.toronto.edu/~kriz/" + archive,
	size:   170_052_171,
	sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
}

// cifar10 opens all of CIFAR-10, gray or in colour as its name says: what the user's folder has, then what the cache has, then the official archive,
// downloaded into the cache.
func (s Sources) cifar10(ctx context.Context, name recipe.Dataset) (*data.Dataset, error) {
	for _, dir := range []string{s.Dir, s.Cache} {
		if dir == "" {
			continue
		}
		if d, err := openCIFAR10(dir, name); d != nil || err != nil {
			return d, err
		}
	}
	if s.Cache == "" {
		return nil, fmt.Errorf("CIFAR-10 is nowhere to be found: "+downloadMsg, archive)
	}
	path := filepath.Join(s.Cache, archive)
	if err := official.fetch(ctx, path, s.say); err != nil {
		return nil, fmt.Errorf("CIFAR-10 cannot be downloaded: %w; to do without, "+downloadMsg, err, archive)
	}
	return openCIFAR10Archive(path, name)
}

// openCIFAR10 opens CIFAR-10 in a folder, in whichever form it is there; nil if it is not.
func openCIFAR10(dir string, name recipe.Dataset) (*data.Dataset, error) {
	if folder := filepath.Join(dir, unpacked); isThere(folder) {
		d, err := data.OpenCIFAR10(func(name string) (io.ReadCloser, error) { return os.Open(filepath.Join(folder, name)) }, data.FormOf(name))
		return d, within(folder, err)
	}
	if path := filepath.Join(dir, archive); isThere(path) {
		return openCIFAR10Archive(path, name)
	}
	if path := filepath.Join(dir, pictures); isThere(path) {
		return openImages(path, name)
	}
	return nil, nil
}

func openCIFAR10Archive(path string, name recipe.Dataset) (*data.Dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	d, err := data.OpenCIFAR10Archive(f, data.FormOf(name))
	return d, within(path, err)
}

// report opens the report's subset: the course's archive where it is, else made from all of CIFAR-10.
func (s Sources) report(ctx context.Context) (*data.Dataset, error) {
	if path := filepath.Join(s.Dir, reportsZip); s.Dir != "" && isThere(path) {
		d, err := openZip(path, func(f *os.File, size int64) (*data.Dataset, error) { return data.OpenReportZip(f, size) })
		return d, within(path, err)
	}
	all, err := s.cifar10(ctx, recipe.CIFAR10)
	if err != nil {
		return nil, err
	}
	return data.ReportSubset(all)
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
