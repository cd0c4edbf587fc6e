package dataset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// content is the file that the servers of these tests have, or should have.
var content = func() []byte {
	r := rand.NewChaCha8([32]byte{1})
	b := make([]byte, 300_000)
	r.Read(b)
	return b
}()

// from returns the download of content from a server, and the path for it.
func from(t *testing.T, handler http.HandlerFunc) (download, string) {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	sum := sha256.Sum256(content)
	return download{s.URL + "/file", int64(len(content)), hex.EncodeToString(sum[:])}, filepath.Join(t.TempDir(), "cache", "file")
}

func honest(w http.ResponseWriter, r *http.Request) {
	http.ServeContent(w, r, "file", time.Time{}, bytes.NewReader(content))
}

// fetched checks that the file is at path, and nothing else beside it.
func fetched(t *testing.T, path string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file has %d bytes, %v", len(got), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("its folder has %v, %v", entries, err)
	}
}

func TestFetch(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"honest": honest,
		"cuts the connection twice": func() http.HandlerFunc {
			requests := 0
			return func(w http.ResponseWriter, r *http.Request) {
				if requests++; requests > 2 {
					if r.Header.Get("Range") == "" {
						t.Error("what has come is asked for again")
					}
					honest(w, r)
					return
				}
				honest(&cut{ResponseWriter: w, left: 100_000}, r)
			}
		}(),
		"knows no ranges and cuts once": func() http.HandlerFunc {
			requests := 0
			return func(w http.ResponseWriter, r *http.Request) {
				r.Header.Del("Range")
				if requests++; requests == 1 {
					w = &cut{ResponseWriter: w, left: 1000}
				}
				honest(w, r)
			}
		}(),
		"sends for ever": func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			for r.Context().Err() == nil {
				w.Write(content)
			}
		},
		"says no length": func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(content)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, path := from(t, handler)
			if err := d.fetch(t.Context(), path, func(string, ...any) {}); err != nil {
				t.Fatal(err)
			}
			fetched(t, path)
		})
	}
}

// cut is a connection that breaks after so many bytes.
type cut struct {
	http.ResponseWriter
	left int
}

func (c *cut) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b[:min(len(b), c.left)])
	if c.left -= n; c.left == 0 {
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

func TestFetchRefuses(t *testing.T) {
	wrong := bytes.Clone(content)
	wrong[1000]++
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		says    string
	}{
		"not there":       {http.NotFound, "404 Not Found"},
		"another content": {func(w http.ResponseWriter, r *http.Request) { w.Write(wrong) }, "SHA-256"},
		"too short":       {func(w http.ResponseWriter, r *http.Request) { w.Write(content[:500]) }, "the server has 500 bytes"},
		"too long, and says so": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)+1))
			w.Write(append(bytes.Clone(content), 0))
		}, "the server has 300001 bytes"},
		"lies about the length": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(nil)
		}, "EOF"},
		"a part from elsewhere": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusPartialContent) }, "206"},
	} {
		t.Run(name, func(t *testing.T) {
			d, path := from(t, c.handler)
			if err := d.fetch(t.Context(), path, func(string, ...any) {}); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
			if isThere(path) {
				t.Error("the file is there all the same")
			}
		})
	}
}

func TestFetchGoesOn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	requests := 0
	d, path := from(t, func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(content[:200_000])
			w.(http.Flusher).Flush()
			time.AfterFunc(50*time.Millisecond, cancel)
			<-r.Context().Done()
			return
		}
		if got := r.Header.Get("Range"); requests == 2 && (!strings.HasPrefix(got, "bytes=") || got == "bytes=0-") {
			t.Errorf("the second call asks for %q", got)
		}
		honest(w, r)
	})
	if err := d.fetch(ctx, path, func(string, ...any) {}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := d.fetch(t.Context(), path, func(string, ...any) {}); err != nil {
		t.Fatal(err)
	}
	fetched(t, path)

	// A part of another file, of the right length: nothing of it is kept, and the next call gets the file.
	if err := os.Rename(path, path+".part"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".part", bytes.Repeat([]byte{1}, len(content)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.fetch(t.Context(), path, func(string, ...any) {}); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Error(err)
	}
	if err := d.fetch(t.Context(), path, func(string, ...any) {}); err != nil {
		t.Fatal(err)
	}
	fetched(t, path)
}

// A server that falls silent is disconnected, and asked again.
func TestFetchGivesUpASilentServer(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	patience = 50 * time.Millisecond
	requests := 0
	d, path := from(t, func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 2 {
			honest(w, r)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.Write(content[:1000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	said := ""
	if err := d.fetch(t.Context(), path, func(format string, args ...any) { said += fmt.Sprintf(format, args...) }); err != nil {
		t.Fatal(err)
	}
	fetched(t, path)
	if !strings.Contains(said, "nothing arrived for 50ms; trying again") {
		t.Errorf("it said %q", said)
	}
}
