package httpd

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// pagePaths are the paths outside /web/ that a browser asks for, and the files they become.
var pagePaths = map[string]string{
	"/":                     "index.html",
	"/app.css":              "app.css",
	"/app.js":               "app.js",
	"/app-worker.js":        "app-worker.js",
	"/manifest.webmanifest": "manifest.webmanifest",
	"/wasm_exec.js":         "wasm_exec.js",
}

// Export writes the site into dir, which must be empty or not exist, for a host of static files. Such a host serves it
// at its root; the page's service worker adds the headers that isolate the page.
func (s *Site) Export(dir string) error {
	if err := emptyDir(dir); err != nil {
		return err
	}
	for path, name := range pagePaths {
		r, err := http.NewRequest(http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		f, status := s.render(r)
		if status != http.StatusOK {
			return fmt.Errorf("the page has no %s: %s", path, http.StatusText(status))
		}
		if err := f.export(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	for name, f := range s.files.byName {
		if err := f.export(filepath.Join(dir, "web", filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) export(to string) error {
	body, err := f.unpack()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, body, 0o644)
}

func emptyDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close() // only read from
	if _, err := d.Readdirnames(1); !errors.Is(err, io.EOF) {
		return errors.Join(fmt.Errorf("%s is not empty", dir), err)
	}
	return nil
}
