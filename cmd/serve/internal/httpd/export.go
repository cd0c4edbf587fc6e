package httpd

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
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
	all := []Written{ // the page asks for these, and then knows that there are neither data sets nor a machine that trains
		{strings.TrimPrefix(indexPath, "/"), "application/json", [][]byte{(&sets{}).index()}},
		{api.Machine, "application/json", [][]byte{[]byte("null")}},
	}
	for at, f := range s.byPath {
		body, err := f.unpack()
		if err != nil {
			return nil, err
		}
		bodies := [][]byte{body}
		if path.Ext(at) == "" {
			bodies = nil
			for _, address := range addresses {
				bodies = append(bodies, described(at, address, s.csp, body))
			}
			at = path.Join(at, "index.html") // every host finds a page so, even one that is a folder
		}
		all = append(all, Written{strings.TrimPrefix(at, "/"), f.mime, bodies})
	}
	slices.SortFunc(all, func(a, b Written) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
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
	all, err := s.Written(address)
	if err != nil {
		return err
	}
	for _, f := range all {
		to := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, f.Bodies[0], 0o644); err != nil {
			return err
		}
	}
	return nil
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
