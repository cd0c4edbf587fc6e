// Package httpd serves the site over HTTP: the static files, the pages around them, and the rules that keep strangers
// out. It knows HTTP and a folder of files; it does not know how the files were made, nor what the pages do.
package httpd

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
)

// Site is everything that is served, in memory: the static files under /web/, the pages, and data sets.
type Site struct {
	byPath  map[string]*file
	sets    sets
	version string
	data    string // what version is of everything else, of the files in the folder data
	csp     string
	kit     func() (sized, error)
}

// support are the paths that a page asks for besides itself and /web/.
var support = []string{"/app.css", "/app.js", "/app-worker.js", "/manifest.webmanifest"}

// NewSite renders the pages at the paths in routes. render returns what renders them for a version of the site, which
// is a hash of all content but the data sets, and for one of these: other images do not change the programs.
func NewSite(files Files, render func(version, data string) http.Handler, routes ...string) (*Site, error) {
	draft, err := renderAll(render("draft", "draft"), slices.Concat(routes, support))
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(draft)) {
		body, err := draft[path].unpack()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(hash, "%s %s\n", path, body)
	}
	data := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		of := hash
		if strings.HasPrefix(name, "data/") {
			of = data
		}
		fmt.Fprintln(of, name, files[name].etag)
	}
	s := &Site{version: hex.EncodeToString(hash.Sum(nil))[:16], data: hex.EncodeToString(data.Sum(nil))[:16]}
	s.kit = sync.OnceValues(s.makeKit)
	if s.byPath, err = renderAll(render(s.version, s.data), slices.Concat(routes, support)); err != nil {
		return nil, err
	}
	if s.csp, err = policy(s.byPath, routes); err != nil {
		return nil, err
	}
	for name, f := range files {
		s.byPath["/web/"+name] = f
	}
	// What starts Go programs comes from the toolchain that built ours, not from the library that renders the pages.
	s.byPath["/wasm_exec.js"] = files["wasm_exec.js"]
	return s, nil
}

// Version names what the site consists of, in the addresses of its files.
func (s *Site) Version() string { return s.version }

// AddSets has the site serve data sets besides the static files. An export leaves them out: they are large, and not
// everyone may distribute them.
func (s *Site) AddSets(all ...Set) { s.sets.all = append(s.sets.all, all...) }

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", s.csp)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are supported here", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == indexPath || strings.HasPrefix(r.URL.Path, setsPath) {
		s.sets.serve(w, r)
		return
	}
	if f := s.byPath[r.URL.Path]; f != nil {
		f.serve(w, r, s.pinned(r.URL))
	} else if s.byPath[r.URL.Path+"/"] != nil {
		to := url.URL{Path: path.Base(r.URL.Path) + "/", RawQuery: r.URL.RawQuery} // relative: a proxy may serve this under another path
		h.Set("Location", to.String())
		w.WriteHeader(http.StatusMovedPermanently)
	} else {
		http.NotFound(w, r)
	}
}

// pinned reports whether an address names a static file by the version that it is a part of. A page has none: at its address it is to be the newest.
func (s *Site) pinned(at *url.URL) bool {
	if strings.HasPrefix(at.Path, "/web/data/") {
		return at.RawQuery == "v="+s.data
	}
	return strings.HasPrefix(at.Path, "/web/") && at.RawQuery == "v="+s.version
}

// renderAll gets a file for each path from the handler.
func renderAll(page http.Handler, paths []string) (map[string]*file, error) {
	files := map[string]*file{}
	for _, path := range paths {
		r, err := http.NewRequest(http.MethodGet, path, nil)
		if err != nil {
			return nil, err
		}
		rec := recorder{header: http.Header{}, status: http.StatusOK}
		page.ServeHTTP(&rec, r)
		if rec.status != http.StatusOK {
			return nil, fmt.Errorf("the page at %s does not render: %s", path, http.StatusText(rec.status))
		}
		kind := rec.header.Get("Content-Type")
		if files[path], err = newFile(kind, located(path, kind, rec.body.Bytes())); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// recorder keeps a response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
