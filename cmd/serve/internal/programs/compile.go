package programs

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
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
	if p.NoHTTP {
		overlay, err := withoutHTTP(ctx, root, dir)
		if err != nil {
			return nil, err
		}
		args = append(args, "-overlay", overlay)
	}
	if _, err := goCommand(ctx, root, append(args, p.Package)...); err != nil {
		return nil, fmt.Errorf("cannot build %s: %w", p.File, err)
	}
	return os.ReadFile(out)
}

//go:embed nohttp/http.go
var noHTTP []byte

// withoutHTTP returns the name of a file, which it writes into dir, that has the go command take nohttp for net/http.
func withoutHTTP(ctx context.Context, root, dir string) (overlay string, err error) {
	goroot, err := goCommand(ctx, root, "env", "GOROOT")
	if err != nil {
		return "", err
	}
	original := filepath.Join(string(bytes.TrimSpace(goroot)), "src", "net", "http")
	files, err := filepath.Glob(filepath.Join(original, "*.go"))
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for _, f := range files {
		replace[f] = "" // as if it were not there
	}
	stand := filepath.Join(dir, "http.go")
	replace[filepath.Join(original, "http.go")] = stand
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, errors.Join(os.WriteFile(stand, noHTTP, 0o644), os.WriteFile(overlay, text, 0o644))
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
