// Package wasmtest runs a package's tests as js/wasm in a real Chromium, in a Web Worker of a page that is cross-origin
// isolated, so that shared memory and helper threads work as they do in the product.
//
// A native test drives it:
//
//	//go:build !js
//
//	func TestInChromium(t *testing.T) { wasmtest.Run(t, wasmtest.Options{Dir: ".", Args: []string{"-test.v"}}) }
//
// The page reports by plain requests to the test's server.
package wasmtest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"unpool/internal/browser"
)

//go:embed worker.js
var workerScript []byte

// Options of a run.
type Options struct {
	Dir  string   // of the package
	Args []string // of the test binary, such as "-test.v"
	// Plain serves the page without the headers that isolate it, so that it has no shared memory.
	Plain bool
}

// Run compiles the tests of a package for js/wasm and runs the binary in Chromium. It logs what they print as it comes, and
// returns it. The test fails if the binary does, and is skipped if there is no Chromium.
func Run(t testing.TB, o Options) string {
	t.Helper()
	browser.Find(t) // before the work of compiling
	s := &site{t: t, binary: build(t, o.Dir), options: o, exited: make(chan string, 1)}
	server := httptest.NewServer(s.handler())
	defer server.Close() // and with it the requests that log
	tab := browser.Open(t)
	tab.Go(server.URL)
	select {
	case code := <-s.exited:
		if code != "0" {
			t.Errorf("the tests of %s in Chromium exited with code %s", o.Dir, code)
		}
	case <-time.After(browser.Patience):
		t.Errorf("the tests of %s in Chromium did not end in time; console errors: %q", o.Dir, tab.ConsoleErrors())
	}
	return s.text()
}

// build compiles the tests of a package for js/wasm.
func build(t testing.TB, dir string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "test.wasm")
	cmd := exec.Command("go", "test", "-c", "-o", binary, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("compiling the tests of %s for js/wasm: %v\n%s", dir, err, out)
	}
	return binary
}

// site serves the page and hears its reports.
type site struct {
	t       testing.TB
	binary  string
	options Options
	exited  chan string

	mu     sync.Mutex
	output bytes.Buffer
	logged int // bytes of the output, up to the end of a line
}

func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		args, _ := json.Marshal(append([]string{}, s.options.Args...))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>Tests</title><script>new Worker("/web/worker.js").postMessage(%s)</script>`, args)
	})
	mux.HandleFunc("GET /web/worker.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(workerScript)
	})
	mux.Handle("GET /web/", http.StripPrefix("/web/", http.FileServer(http.Dir(engine()))))
	mux.HandleFunc("GET /wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		goroot, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			http.Error(w, "go env GOROOT: "+err.Error(), http.StatusInternalServerError)
			return
		}
		http.ServeFile(w, r, filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
	})
	mux.HandleFunc("GET /test.wasm", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		http.ServeFile(w, r, s.binary)
	})
	mux.HandleFunc("POST /output", func(_ http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		io.Copy(&s.output, r.Body)
		if end := bytes.LastIndexByte(s.output.Bytes(), '\n'); end > s.logged {
			s.t.Logf("Chromium: %s", s.output.Bytes()[s.logged:end])
			s.logged = end + 1
		}
	})
	mux.HandleFunc("POST /exit", func(_ http.ResponseWriter, r *http.Request) {
		code, _ := io.ReadAll(r.Body)
		select {
		case s.exited <- string(code):
		default: // it has exited before
		}
	})
	if s.options.Plain {
		return mux
	}
	return isolate(mux)
}

// isolate adds the headers that make a page cross-origin isolated, which shared memory needs.
func isolate(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.ServeHTTP(w, r)
	})
}

func (s *site) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

// engine is the engine's folder, where the helper threads' script is.
func engine() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "wasm", "host")
}
