package programs

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// Each folder of standins with Go files has what stands in for the standard library's package of that path: a file called as its folder for the whole
// package, others each for the package's file of that name.
//
//go:embed standins
var standIns embed.FS

// putStandIns writes the stand-ins into dir, and a file that has the go command take them for the packages themselves, whose name it returns.
func putStandIns(ctx context.Context, root, dir string) (overlay string, err error) {
	goroot, err := goCommand(ctx, root, "env", "GOROOT")
	if err != nil {
		return "", err
	}
	library := filepath.Join(string(bytes.TrimSpace(goroot)), "src")
	replace := map[string]string{}
	err = fs.WalkDir(standIns, "standins", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		body, err := standIns.ReadFile(name)
		if err != nil {
			return err
		}
		within, err := filepath.Rel("standins", filepath.FromSlash(path.Dir(name)))
		if err != nil {
			return err
		}
		original := filepath.Join(library, within)
		if path.Base(name) == path.Base(path.Dir(name))+".go" {
			files, err := filepath.Glob(filepath.Join(original, "*.go"))
			if err != nil {
				return err
			}
			for _, f := range files {
				replace[f] = "" // as if it were not there
			}
		}
		stand := filepath.Join(dir, filepath.FromSlash(name))
		replace[filepath.Join(original, path.Base(name))] = stand
		return write(stand, body)
	})
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, write(overlay, text)
}
