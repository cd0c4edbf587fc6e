// Package httpd serves the site over HTTP: the static files, the page around them, and the rules that keep strangers
// out. It knows HTTP and a folder of files; it does not know how the files were made, nor what the page does.
package httpd

import (
	"bytes"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// Site is the static files under /web/ and the page at every other path.
type Site struct {
	files *Files
	page  http.Handler
	csp   string
}

// NewSite returns the site as a handler. page renders everything that is not under /web/; head is the raw HTML that
// it puts into the document's head, whose inline scripts the content security policy then allows.
func NewSite(files *Files, page http.Handler, head []string) *Site {
	return &Site{files: files, page: page, csp: policy(head)}
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", s.csp)
	for _, header := range securityHeaders {
		h.Set(header[0], header[1])
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are understood here", http.StatusMethodNotAllowed)
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/web/"); ok {
		if f := s.files.byName[name]; f != nil {
			f.serve(w, r, r.URL.RawQuery == "v="+s.files.version)
			return
		}
		http.NotFound(w, r)
		return
	}
	f, status := s.render(r)
	if status != http.StatusOK {
		http.Error(w, http.StatusText(status), status)
		return
	}
	f.serve(w, r, false)
}

// render gets a file from the page's handler. What starts Go programs comes from the toolchain that built ours, not
// from the library that serves them.
func (s *Site) render(r *http.Request) (*file, int) {
	if r.URL.Path == "/wasm_exec.js" {
		return s.files.byName["wasm_exec.js"], http.StatusOK
	}
	r = r.Clone(r.Context())
	r.Method = http.MethodGet
	r.Header.Del("If-None-Match") // the page's handler would compare it with the version of the whole build
	rec := recorder{header: http.Header{}, status: http.StatusOK}
	s.page.ServeHTTP(&rec, r)
	if rec.status != http.StatusOK {
		return nil, rec.status
	}
	name := r.URL.Path
	if path.Ext(name) == "" {
		name = "index.html"
	}
	f, err := newFile(name, rec.body.Bytes(), nil)
	if err != nil {
		return nil, http.StatusInternalServerError
	}
	return f, http.StatusOK
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

// Resources tells the page where the static files are: at URLs that change with their content.
type Resources struct{ Version string }

// Resolve adds the version to the URL of a static file.
func (r Resources) Resolve(location string) string {
	if strings.HasPrefix(location, "/web/") {
		return location + "?v=" + r.Version
	}
	return location
}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
