package httpd

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestAcceptsGzip(t *testing.T) {
	for lines, want := range map[string]bool{
		"": false, "gzip": true, "GZip": true, "x-gzip": true, "br, gzip": true, "deflate": false, "identity": false,
		"gzip;q=0": false, "gzip; q=0": false, "gzip ;q=0.0": false, "gzip;Q=0.000": false, "gzip;q=0.001": true, "gzip;q=1": true, "gzip;q=x": false,
		"*": true, "*;q=0": false, "*;q=0, gzip": true, "gzip;q=0, *": false, "gzip;q=0.5, *;q=0": true, "identity;q=1, *;q=0": false,
		"br|gzip": true, "gzip;q=0|br": false, "gzipped": false,
	} {
		if got := acceptsGzip(strings.Split(lines, "|")); got != want {
			t.Errorf("%q: %v, want %v", lines, got, want)
		}
	}
}

// A range is one of the bytes that the whole answer would have, packed or not.
func TestRanges(t *testing.T) {
	random := rand.NewChaCha8([32]byte{})
	binary := make([]byte, 3000)
	random.Read(binary)
	text := strings.Repeat("0123456789", 30_000)
	site := newSite(t, map[string]string{"data/x.bin": string(binary), "results/long.txt": text})
	for _, at := range []struct{ path, accepts string }{{"/web/data/x.bin", ""}, {"/web/results/long.txt", ""}, {"/web/results/long.txt", "gzip"}} {
		whole := raw(t, get(site, at.path, "Accept-Encoding", at.accepts))
		n := len(whole)
		for _, test := range []struct {
			asked    string
			status   int
			from, to int // of the whole
		}{
			{"bytes=0-9", 206, 0, 10}, {"bytes=5-", 206, 5, n}, {"bytes=-7", 206, n - 7, n}, {"bytes=100-100", 206, 100, 101}, {"bytes=0-99999999", 206, 0, n},
			{"bytes=-99999999", 206, 0, n}, {"bytes=0-1,5-6", 200, 0, n}, {"items=0-1", 200, 0, n}, {"bytes=99999999-", 416, 0, 0}, {"bytes=9-1", 416, 0, 0}, {"bytes=x", 416, 0, 0},
		} {
			r := get(site, at.path, "Accept-Encoding", at.accepts, "Range", test.asked)
			if r.StatusCode != test.status {
				t.Errorf("%s, %q: status %d, want %d", at, test.asked, r.StatusCode, test.status)
				continue
			}
			if got := raw(t, r); r.StatusCode < 300 && !bytes.Equal(got, whole[test.from:test.to]) {
				t.Errorf("%s, %q: %d bytes, which are not those from %d to %d", at, test.asked, len(got), test.from, test.to)
			}
		}
		// Its ETag is weak, so an If-Range never matches.
		r := get(site, at.path, "Accept-Encoding", at.accepts, "Range", "bytes=5-", "If-Range", get(site, at.path).Header.Get("ETag"))
		if got := raw(t, r); r.StatusCode != 200 || !bytes.Equal(got, whole) {
			t.Errorf("%s with If-Range: status %d", at, r.StatusCode)
		}
		w := httptest.NewRecorder()
		head := httptest.NewRequest(http.MethodHead, at.path, nil)
		head.Header.Set("Range", "bytes=0-9")
		if site.ServeHTTP(w, head); w.Code != 200 || w.Body.Len() > 0 {
			t.Errorf("HEAD of %s: status %d, %d bytes", at, w.Code, w.Body.Len())
		}
	}
}

func raw(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// slow is a client that takes some bytes, and then nothing until it may continue.
type slow struct {
	header http.Header
	took   chan<- struct{}
	goOn   <-chan struct{}
	once   sync.Once
	n      int
}

func (s *slow) Header() http.Header { return s.header }
func (s *slow) WriteHeader(int)     {}
func (s *slow) Write(b []byte) (int, error) {
	s.n += len(b)
	s.once.Do(func() {
		s.took <- struct{}{}
		<-s.goOn
	})
	return len(b), nil
}

// Three hundred clients that read a file unpacked, and slowly, do not need three hundred copies of it.
func TestSlowReadersOfAFile(t *testing.T) {
	const readers, size = 300, 2 << 20
	site := newSite(t, map[string]string{"results/long.txt": strings.Repeat("0123456789abcdef", size/16)})
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	took, goOn := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			s := &slow{header: http.Header{}, took: took, goOn: goOn}
			site.ServeHTTP(s, httptest.NewRequest(http.MethodGet, "/web/results/long.txt", nil))
			if s.n != size {
				t.Errorf("%d bytes came of %d", s.n, size)
			}
		})
	}
	for range readers {
		<-took
	}
	each := (int64(heap()) - int64(before)) / readers
	close(goOn)
	all.Wait()
	t.Logf("%d bytes of memory for each reader of %d bytes", each, size)
	if each > 256<<10 {
		t.Errorf("each of %d readers of %d bytes takes %d bytes of memory", readers, size, each)
	}
}
