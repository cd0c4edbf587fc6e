package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"unpool/cmd/serve/internal/remote"
	"unpool/core/store"
	"unpool/core/store/folder"
)

// importRun has a server import a run: a folder as serve train -out writes it, or a file as the Runs page does. It prints its ID on stdout.
func importRun(ctx context.Context, c *remote.Client, path string, stdout io.Writer) error {
	file, err := packed(ctx, path)
	if err != nil {
		return err
	}
	defer file.Close() // only read from
	id, err := c.Import(ctx, file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	_, err = fmt.Fprintln(stdout, id)
	return err
}

// packed opens a run as one file, see store.Export.
func packed(ctx context.Context, path string) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return interruptible(ctx, func() (io.ReadCloser, error) { return os.Open(path) })
	}
	s, name, err := folder.Of(path)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	err = store.Export(ctx, s, name, &file)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%s is not the folder of a run: it has no %s", path, store.LogFile)
	}
	return io.NopCloser(&file), err
}
