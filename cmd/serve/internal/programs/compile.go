package programs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Compile builds a program and returns it.
func Compile(ctx context.Context, root string, p Program) ([]byte, error) {
	dir, err := os.MkdirTemp("", "unpool-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, p.File)
	args := []string{"build", "-trimpath", "-ldflags", "-s -w", "-o", out}
	for _, pattern := range p.Small {
		args = append(args, "-gcflags="+pattern+"=-l")
	}
	if p.StandIns {
		overlay, err := putStandIns(ctx, root, dir)
		if err != nil {
			return nil, err
		}
		args = append(args, "-overlay", overlay)
	}
	if _, err := goCommand(ctx, root, append(args, p.Package)...); err != nil {
		return nil, fmt.Errorf("cannot build %s: %w", p.File, err)
	}
	program, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	if program, err = joinSegments(program); err != nil {
		return nil, fmt.Errorf("cannot make %s smaller: %w", p.File, err)
	}
	return program, nil
}

// goCommand runs the go command for the browser's platform and returns what it prints.
func goCommand(ctx context.Context, root string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	var failed *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the go command is not on the PATH; install Go, or give a folder of built files with -public")
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &failed):
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, bytes.TrimSpace(failed.Stderr))
	}
	return out, err
}
