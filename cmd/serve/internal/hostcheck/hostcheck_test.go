package hostcheck

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"unpool/core/pack"
)

const version = "0123456789abcdef"

// program is one as the site has it, packed.
var program = func() string {
	packed, err := pack.Gzip([]byte("\x00asm"))
	if err != nil {
		panic(err)
	}
	return string(packed)
}()

// written is a small site: a page of each kind, a script, a style sheet, a picture and a packed program.
var written = map[string]string{
	"":              `<!doctype html><link href="web/css/base.css?v=` + version + `">` + strings.Repeat("a text worth packing ", 100),
	"learn/":        `<!doctype html>learn`,
	"web/a.js":      "run()",
	"web/a.css":     "p {}",
	"web/a.svg":     "<svg/>",
	"web/a.wasm.gz": program,
}

var named = map[string]string{
	"": "text/html; charset=utf-8", "learn/": "text/html", "web/a.js": "text/javascript", "web/a.css": "text/css", "web/a.svg": "image/svg+xml", "web/a.wasm.gz": "application/gzip",
}

func files() []File {
	var all []File
	for path, body := range written {
		all = append(all, File{Path: path, Size: len(body), Kind: KindOf(named[path]), Sums: [][sha256.Size]byte{sha256.Sum256([]byte(body))}})
	}
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// host serves the site below /demo/, with what change does to an answer: to its headers, and to its status and body by what it returns.
func host(t *testing.T, change func(path string, h http.Header) (status int, body string)) (root Root) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, under := strings.CutPrefix(r.URL.Path, "/demo/")
		body, there := written[path]
		if !under || !there {
			if status, body := change("missing", w.Header()); body != "" {
				w.WriteHeader(status)
				w.Write([]byte(body))
				return
			}
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", named[path])
		status, other := change(path, w.Header())
		if other != "" {
			body = other
		}
		w.WriteHeader(max(status, 200))
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	if err := root.Set(server.URL + "/demo"); err != nil {
		t.Fatal(err)
	}
	return root
}

// Each fault of a host is found, and only that.
func TestCheck(t *testing.T) {
	packed, err := pack.Gzip([]byte(written[""]))
	if err != nil {
		t.Fatal(err)
	}
	sets := func(of, name, value string) func(string, http.Header) (int, string) {
		return func(path string, h http.Header) (int, string) {
			if path == of {
				h.Set(name, value)
			}
			return 0, ""
		}
	}
	answers := func(of string, status int, body string) func(string, http.Header) (int, string) {
		return func(path string, h http.Header) (int, string) {
			if path == of {
				return status, body
			}
			return 0, ""
		}
	}
	for name, c := range map[string]struct {
		change func(path string, h http.Header) (int, string)
		level  Level
		says   string // in what is not OK
	}{
		"a plain host": {sets("", "X-Nothing", ""), Less, "does not compress 1 of the text files, 2 kB in all"},
		"one that packs": {func(path string, h http.Header) (int, string) {
			if path != "" {
				return 0, ""
			}
			h.Set("Content-Encoding", "gzip")
			return 0, string(packed)
		}, OK, ""},
		"one that packs badly":           {sets("", "Content-Encoding", "gzip"), Broken, "its compression is damaged"},
		"one that calls programs packed": {sets("web/a.wasm.gz", "Content-Encoding", "gzip"), Less, "does not compress"},
		"nothing there":                  {answers("", 404, "no"), Broken, "answers 404 Not Found"},
		"another page":                   {answers("", 200, "hello"), Broken, "is not Unpool's"},
		"another version":                {answers("", 200, strings.ReplaceAll(written[""], version, "fedcba9876543210")), Broken, "of version fedcba9876543210, and this program writes version " + version},
		"a file is missing":              {answers("web/a.js", 404, "no"), Broken, "1 of 6 files are not as they were written: web/a.js (the host answers 404 Not Found)"},
		"a file is changed":              {answers("web/a.css", 200, "p{}"), Broken, "web/a.css (its 3 bytes are not the 4 that were written)"},
		"a script as text":               {sets("web/a.js", "Content-Type", "text/plain"), Broken, `web/a.js as "text/plain"`},
		"an old type is fine":            {sets("web/a.js", "Content-Type", "application/x-javascript"), Less, "does not compress"},
		"a picture as XML":               {sets("web/a.svg", "Content-Type", "text/xml"), Broken, `web/a.svg as "text/xml"`},
		"half of the headers":            {sets("", "Cross-Origin-Opener-Policy", "unsafe-none"), Less, `Cross-Origin-Opener-Policy "unsafe-none"`},
		"a policy of its own":            {sets("", "Content-Security-Policy", "script-src 'self'"), Broken, "forbids WebAssembly"},
		"pages kept a year":              {sets("", "Cache-Control", "public, max-age=31536000"), Less, "keep pages for 31536000 seconds"},
		"a page for all":                 {answers("missing", 200, "<!doctype html>welcome"), Less, "Have it answer 404"},
	} {
		t.Run(name, func(t *testing.T) {
			var arrived []int
			findings, err := Check(t.Context(), host(t, c.change), version, files(), func(done int) { arrived = append(arrived, done) })
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, f := range findings {
				if f.Level != OK {
					said += string(f.Level) + " " + f.Says + "\n"
				}
			}
			if level := Worst(findings); level != c.level || !strings.Contains(said, c.says) {
				t.Errorf("the host is %s:\n%swant %s: %s", level, said, c.level, c.says)
			}
			if len(findings) > 1 && !slices.Equal(arrived, []int{1, 2, 3, 4, 5, 6}) {
				t.Errorf("the files arrived as %v", arrived)
			}
		})
	}
}

func TestCheckOfNoHost(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	var root Root
	if err := root.Set(server.URL); err != nil {
		t.Fatal(err)
	}
	if findings, err := Check(t.Context(), root, version, files(), func(int) {}); err == nil {
		t.Errorf("a host that is not there gives %v", findings)
	}
}

func TestRoot(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/unpool": "https://example.org/unpool/", "http://localhost:8000/": "http://localhost:8000/", "https://example.org": "https://example.org/",
		"example.org/unpool": "", "ftp://example.org/": "", "https://example.org/?a=b": "", "https://": "", ":": "",
	} {
		var root Root
		err := root.Set(address)
		if got := root.String(); got != want || (err != nil) != (want == "") {
			t.Errorf("%q gives %q, %v, want %q", address, got, err, want)
		}
	}
}
