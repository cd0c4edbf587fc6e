package dataset

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"unpool/core/data"
	"unpool/core/recipe"
)

// findOriginal returns the folder that has the files of a data set that is distributed as IDX files, and their names there,
// packed or not; "" if none has: in the user's folder or the cache, the folder named after the set, or its parent
// where the files' names can belong to no other set.
func (s Sources) findOriginal(name recipe.Dataset) (dir string, files []string) {
	for _, place := range []string{s.Dir, s.Cache} {
		if place == "" {
			continue
		}
		candidates := []string{filepath.Join(place, string(name))}
		if name != recipe.FashionMNIST { // whose files are named as MNIST's are
			candidates = append(candidates, place)
		}
		for _, dir := range candidates {
			if files := originalFiles(dir, name); files != nil {
				return dir, files
			}
		}
	}
	return "", nil
}

// originalFiles are the names of a data set's files in a folder, nil if one is missing.
func originalFiles(dir string, name recipe.Dataset) []string {
	if files, missing := look(dir, data.OriginalFiles(name)); len(missing) == 0 {
		return files
	}
	return nil
}

// look finds files in a folder under their usual names or others, and says which are missing.
func look(dir string, names []string) (files, missing []string) {
	entries, _ := os.ReadDir(dir) // of none, all are missing
	for _, name := range names {
		at := slices.IndexFunc(entries, func(e fs.DirEntry) bool {
			if data.UsualName(e.Name()) != name {
				return false
			}
			info, err := os.Stat(filepath.Join(dir, e.Name()))
			return err == nil && info.Mode().IsRegular()
		})
		if at < 0 {
			missing = append(missing, name)
			continue
		}
		files = append(files, entries[at].Name())
	}
	return files, missing
}

// original opens a data set that is distributed as IDX files.
func (s Sources) original(ctx context.Context, name recipe.Dataset) (*data.Dataset, error) {
	dir, files := s.findOriginal(name)
	if dir == "" {
		return nil, fmt.Errorf("%s: %w", name, ErrMissing)
	}
	d, err := data.OpenOriginal(name, files, func(file string) (io.ReadCloser, error) { return openFile(ctx, filepath.Join(dir, file)) })
	return d, within(dir, err)
}
