package httpd

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"unpool/core/api"
)

// Written is a file of the site as a host of static files serves it.
type Written struct {
	Path   string   // from the site's root, with slashes
	Type   string   // that a host should give it
	Bodies [][]byte // of a page one for each address of the site, else one
}

// Written returns all files of the site, in the order of their paths, for a host of static files. Such a host may serve them under any path, and
// sends no headers of ours: the page's service worker adds those that isolate the page, and each page says its content security policy
// itself. An address is that of the site's root, which sites that show a link ask for (og:url, og:image); "" leaves that out.
func (s *Site) Written(addresses ...string) ([]Written, error) {
	all := map[string]Written{}
	for _, address := range addresses {
		t, err := s.tree(address)
		if err != nil {
			return nil, err
		}
		for at, f := range t {
			w := all[at]
			if w.Bodies != nil && path.Base(at) != index {
				continue // it is the same at every address
			}
			body, err := f.unpack()
			if err != nil {
				return nil, err
			}
			all[at] = Written{at, f.mime, append(w.Bodies, body)}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Written) int { return strings.Compare(a.Path, b.Path) }), nil
}

// index is the file of a page: every host finds a page so, even one that is a folder.
const index = "index.html"

// tree is a site as a host of static files has it: its files by their paths from the root.
type tree map[string]*file

// tree returns the site for a host of static files; see Written.
func (s *Site) tree(address string) (tree, error) {
	t := tree{}
	err := errors.Join( // the page asks for these, and then knows that there are no data sets, no machine that trains, and no server of a class
		t.put(SetsIndex, "application/json", (&sets{}).index()),
		t.put(api.Machine, "application/json", []byte("null")),
		t.put(api.Class, "application/json", []byte("null")),
	)
	for at, f := range s.byPath {
		if path.Ext(at) != "" {
			t[strings.TrimPrefix(at, "/")] = f
			continue
		}
		body, wrong := f.unpack()
		err = errors.Join(err, wrong, t.put(strings.TrimPrefix(path.Join(at, index), "/"), f.mime, described(at, address, s.csp, body)))
	}
	return t, err
}

// put adds a file.
func (t tree) put(at, mime string, body []byte) (err error) {
	t[at], err = newFile(mime, body)
	return err
}

// write writes the files into a folder.
func (t tree) write(dir string) error {
	for at, f := range t {
		body, err := f.unpack()
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(at))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// described adds to a page what its headers say when the native program serves it, and where it is.
func described(at, address, csp string, page []byte) []byte {
	policy, _, _ := strings.Cut(csp, "; frame-ancestors") // which only a header can set
	meta := fmt.Sprintf(`<meta content=%q http-equiv="Content-Security-Policy">`, policy)
	if address != "" {
		meta += fmt.Sprintf(`<meta content=%q property="og:url"><meta content=%q property="og:image">`,
			html.EscapeString(address+strings.TrimPrefix(at, "/")), html.EscapeString(address+"web/icon-512.png"))
	}
	const first = `<meta charset="UTF-8">` // which browsers look for in a page's first kilobyte
	return bytes.Replace(page, []byte(first), []byte(first+meta), 1)
}

// Export writes the site into dir, which must be empty or not exist; see Written.
func (s *Site) Export(dir, address string) error {
	if err := makeEmpty(dir); err != nil {
		return err
	}
	t, err := s.tree(address)
	if err != nil {
		return err
	}
	return t.write(dir)
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
