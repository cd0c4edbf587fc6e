package httpd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"unpool/core/api"
)

// Export writes the site into dir, which must be empty or not exist, for a host of static files. Such a host may serve it
// under any path; the page's service worker adds the headers that isolate the page.
func (s *Site) Export(dir string) error {
	if err := makeEmpty(dir); err != nil {
		return err
	}
	for at, f := range s.byPath {
		if path.Ext(at) == "" {
			at = path.Join(at, "index.html") // every host finds a page so, be it as a folder
		}
		body, err := f.unpack()
		if err != nil {
			return err
		}
		if err := export(dir, at, body); err != nil {
			return err
		}
	}
	// The page asks for these, and then knows that there are neither data sets nor a machine that trains.
	return errors.Join(export(dir, indexPath, (&sets{}).index()), export(dir, "/"+api.Machine, []byte("null")))
}

func export(dir, at string, body []byte) error {
	to := filepath.Join(dir, filepath.FromSlash(at))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, body, 0o644)
}

// makeEmpty makes a folder, or makes sure that there is nothing in it.
func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close() // only read from
	switch _, err := d.Readdirnames(1); {
	case err == nil:
		return fmt.Errorf("%s is not empty", dir)
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}
