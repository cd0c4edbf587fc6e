package dataset

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"unpool/core/data"
)

// onDisk is a file that is open only while it is read from, until a context ends: a folder may have more files than can be open at once.
type onDisk struct {
	ctx  context.Context
	path string
}

// ReadAt is io.ReaderAt's.
func (d onDisk) ReadAt(b []byte, off int64) (int, error) {
	f, err := openFile(d.ctx, d.path)
	if err != nil {
		return 0, err
	}
	defer f.Close() // only read from
	return f.ReadAt(b, off)
}

// listFiles lists a file, or what is in a folder and below it. Links are followed. What is neither a file nor a folder, such as a link to
// nothing, is listed with its type.
func listFiles(ctx context.Context, root string) (files []data.File, err error) {
	info, err := os.Stat(root)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the pictures cannot be opened: %w", err)
	case info.Mode().IsRegular():
		return []data.File{{Path: filepath.Base(root), Size: info.Size(), ReaderAt: onDisk{ctx, root}}}, nil
	case !info.IsDir():
		return nil, fmt.Errorf("%s is neither a file nor a folder", root)
	}
	if root, err = filepath.Abs(root); err != nil {
		return nil, err
	}
	err = walk(ctx, root, "", nil, func(f data.File) error {
		if files = append(files, f); len(files) > data.MaxFiles {
			return fmt.Errorf("%s has more than %d files", root, data.MaxFiles)
		}
		return ctx.Err()
	})
	return files, err
}

// walk lists a folder. above are the folders that it lies in, without links.
func walk(ctx context.Context, dir, below string, above []string, add func(data.File) error) error {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	above = append(slices.Clip(above), real)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		at, f := filepath.Join(dir, e.Name()), data.File{Path: path.Join(below, e.Name())}
		info, err := os.Stat(at)
		if err != nil {
			if info, err = os.Lstat(at); err != nil {
				return err
			}
		}
		f.Type = info.Mode().Type()
		if f.Type.IsDir() && e.Type()&fs.ModeSymlink != 0 {
			if to, err := filepath.EvalSymlinks(at); err != nil || slices.Contains(above, to) {
				f.Type = fs.ModeSymlink
			}
		}
		if f.Type.IsRegular() {
			f.Size, f.ReaderAt = info.Size(), onDisk{ctx, at}
		}
		if err := add(f); err != nil {
			return err
		}
		if f.Type.IsDir() && !data.Hidden(e.Name()) {
			if err := walk(ctx, at, f.Path, above, add); err != nil {
				return err
			}
		}
	}
	return nil
}
