package httpd

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newSite returns a site of small files and of pages that show their version.
func newSite(t *testing.T, change map[string]string) *Site {
	t.Helper()
	public := t.TempDir()
	files := map[string]string{
		"app.wasm": "\x00asm" + strings.Repeat("a", 1000), "trainer.wasm": "\x00asm trainer", "trainer.js": "// trainer",
		"wasm_exec.js": "// the toolchain's", "css/base.css": "body{}", "data/mnist/labels.gz": "\x1f\x8bdata",
		"results/run.jsonl": "{}\n",
		"app.wasm.gz":       "not the packed form of app.wasm", "app.wasm.sources": "hash", ".hidden": "secret",
	}
	for name, body := range change {
		files[name] = body
	}
	for name, body := range files {
		name = filepath.Join(public, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := Load(public)
	if err != nil {
		t.Fatal(err)
	}
	site, err := NewSite(loaded, func(version, data string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `<head><meta charset="UTF-8"></head><script>start()</script>`+r.URL.Path+" "+version+" "+data+" <p")
			for name := range map[string]bool{"class": true, "id": true, "lang": true, "title": true} { // in any order, as go-app does
				io.WriteString(w, " "+name)
			}
			io.WriteString(w, ">")
		})
	}, "/", "/results/")
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// get asks a handler as a browser would, with headers given in pairs.
func get(h http.Handler, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = "127.0.0.1:8080"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	var reader io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		reader = z
	}
	b, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFiles(t *testing.T) {
	site := newSite(t, nil)
	for _, test := range []struct {
		path, contentType, has string
		status                 int
		packed                 bool
	}{
		{"/", "text/html", site.version, 200, true},
		{"/app.js", "text/html", "/app.js", 200, true},
		{"/wasm_exec.js", "text/javascript; charset=utf-8", "the toolchain's", 200, true},
		{"/web/app.wasm.gz", "application/gzip", "\x1f\x8b", 200, false},
		{"/web/app.wasm.gz?v=" + site.version, "application/gzip", "\x1f\x8b", 200, false},
		{"/web/data/mnist/labels.gz", "application/gzip", "data", 200, false},
		{"/web/results/run.jsonl", "application/jsonl", "{}", 200, true},
		{"/results/", "text/html", "/results/", 200, true},
		{"/web/app.wasm", "", "", 404, false},
		{"/web/app.wasm.sources", "", "", 404, false},
		{"/web/.hidden", "", "", 404, false},
		{"/web/../web/.hidden", "", "", 404, false},
		{"/web/nothing", "", "", 404, false},
		{"/other", "", "", 404, false},
	} {
		for _, accept := range []string{"gzip, br", "gzip;q=0", ""} {
			r := get(site, test.path, "Accept-Encoding", accept)
			if r.StatusCode != test.status {
				t.Errorf("%s: status %d, want %d", test.path, r.StatusCode, test.status)
				continue
			}
			if test.status != http.StatusOK {
				continue
			}
			if got := r.Header.Get("Content-Type"); got != test.contentType {
				t.Errorf("%s: Content-Type %q, want %q", test.path, got, test.contentType)
			}
			packed := test.packed && accept == "gzip, br"
			if got := r.Header.Get("Content-Encoding") == "gzip"; got != packed {
				t.Errorf("%s to one who accepts %q: packed %v, want %v", test.path, accept, got, packed)
			}
			if b := body(t, r); !strings.Contains(b, test.has) {
				t.Errorf("%s: body %q, want something with %q", test.path, b, test.has)
			}
		}
	}
}

func TestCaching(t *testing.T) {
	site := newSite(t, nil)
	for _, test := range []struct{ path, want string }{
		{"/web/app.wasm.gz?v=" + site.version, "public, max-age=31536000, immutable"},
		{"/web/app.wasm.gz?v=other", "no-cache"},
		{"/web/app.wasm.gz", "no-cache"},
		{"/web/data/mnist/labels.gz?v=" + site.version, "no-cache"}, // of which the version knows nothing
		{"/web/data/mnist/labels.gz?v=" + site.data, "public, max-age=31536000, immutable"},
		{"/web/css/base.css?v=" + site.data, "no-cache"},
		{"/", "no-cache"},
		{"/?v=" + site.version, "no-cache"},
		{"/app.js?v=" + site.version, "no-cache"},
	} {
		r := get(site, test.path)
		if got := r.Header.Get("Cache-Control"); got != test.want {
			t.Errorf("%s: Cache-Control %q, want %q", test.path, got, test.want)
		}
		tag := r.Header.Get("ETag")
		for ask, want := range map[string]int{
			tag: 304, strings.TrimPrefix(tag, "W/"): 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200, `"x` + tag[3:]: 200, tag[:9]: 200, "": 200,
		} {
			again := get(site, test.path, "If-None-Match", ask)
			if text := body(t, again); again.StatusCode != want || (text == "") != (want == 304) {
				t.Errorf("%s asked for with %q: status %d and %d bytes, want %d", test.path, ask, again.StatusCode, len(text), want)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	was := newSite(t, nil).version
	if again := newSite(t, nil).version; again != was {
		t.Errorf("the same files have the versions %s and %s", was, again)
	}
	if now := newSite(t, map[string]string{"trainer.wasm": "\x00asm other"}).version; now == was {
		t.Error("another trainer has the same version")
	}
	if now := newSite(t, map[string]string{"data/mnist/more.gz": "more"}).version; now != was {
		t.Error("a data file more makes a new version")
	}
}

func TestMethods(t *testing.T) {
	w := httptest.NewRecorder()
	newSite(t, nil).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered with %d, want %d", w.Code, http.StatusMethodNotAllowed)
	}
}

func TestLoadNamesWhatIsMissing(t *testing.T) {
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "app.wasm") {
		t.Errorf("an empty folder gives the error %v, want one that names app.wasm", err)
	}
}

func TestExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	site := newSite(t, nil)
	if err := site.Export(dir, "https://example.org/a&b/"); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(filepath.Join(dir, "web", "app.wasm.gz"))
	if z, zErr := gzip.NewReader(bytes.NewReader(program)); err != nil || zErr != nil {
		t.Errorf("web/app.wasm.gz is %.10q, %v, %v", program, err, zErr)
	} else if unpacked, err := io.ReadAll(z); err != nil || !bytes.HasPrefix(unpacked, []byte("\x00asmaaa")) {
		t.Errorf("web/app.wasm.gz has %.10q, %v", unpacked, err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil || !strings.Contains(string(page), site.version) {
		t.Errorf("index.html is %q, %v", page, err)
	}
	results, err := os.ReadFile(filepath.Join(dir, "results", "index.html"))
	if err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`<meta content="default-src 'none'; script-src 'self'`, `<meta content="https://example.org/a&amp;b/results/" property="og:url">`,
		`<meta content="https://example.org/a&amp;b/web/icon-512.png" property="og:image">`,
	} {
		if !strings.Contains(string(results), want) {
			t.Errorf("results/index.html does not have %s: %s", want, results)
		}
	}
	if err := site.Export(dir, ""); err == nil {
		t.Error("a folder that is not empty is written over")
	}
}

// A page names the site's root as the base of its addresses, however deep it lies.
func TestLocated(t *testing.T) {
	for _, test := range []struct{ at, contentType, body, want string }{
		{"/", "text/html", `<head><title>`, `<head><base href="./"><title>`},
		{"/results/", "text/html", `<head><meta content="https://" property="og:image"><title>`, `<head><base href="./../"><title>`},
		{"/app.js", "application/javascript", `"<head>"`, `"<head>"`},
	} {
		if got := string(located(test.at, test.contentType, []byte(test.body))); got != test.want {
			t.Errorf("%s: %s, want %s", test.at, got, test.want)
		}
	}
}

// A page has a slash at its end, and one who leaves it out is sent there, also through a proxy that has the site below a path.
func TestSlash(t *testing.T) {
	r := get(newSite(t, nil), "/results?seed=2")
	if to := r.Header.Get("Location"); r.StatusCode != http.StatusMovedPermanently || to != "results/?seed=2" {
		t.Errorf("status %d, sent on to %q", r.StatusCode, to)
	}
}
