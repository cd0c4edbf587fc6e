package httpd

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/api"
)

func TestSets(t *testing.T) {
	site := newSite(t, nil)
	opened, there := 0, false
	site.AddSets(Set{
		Name: "pets", Files: []string{"images", "labels"},
		Find: func() string { return map[bool]string{true: "pets.zip"}[there] },
		Open: func(context.Context) (map[string][]byte, error) {
			if opened++; !there {
				return nil, &Problem{http.StatusNotFound, api.CodeNotFound, "There are no pets.", "Get some."}
			}
			return map[string][]byte{"images": []byte("miaow"), "labels": []byte("cat")}, nil
		},
	}, Set{
		Name: "broken", Files: []string{"images", "labels"},
		Find: func() string { return "broken.zip" },
		Open: func(context.Context) (map[string][]byte, error) {
			return nil, errors.New("broken.zip: a damaged archive")
		},
	})
	problem := func(path string, status int, says string) {
		t.Helper()
		r := get(site, path)
		text := body(t, r)
		var p Problem
		if err := json.Unmarshal([]byte(text), &p); r.StatusCode != status || err != nil || p.Title != says || p.Detail == "" {
			t.Errorf("%s: status %d, %q; want %d and %q", path, r.StatusCode, text, status, says)
		}
		if kind := r.Header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: Content-Type %q", path, kind)
		}
	}
	problem("/api/data/pets/images", 404, "There are no pets.")
	problem("/api/data/broken/images", 500, "broken.zip: a damaged archive")
	if got := body(t, get(site, "/api/data.json")); got != `[{"name":"pets"},{"name":"broken","from":"broken.zip"}]` {
		t.Errorf("the index is %s", got)
	}

	there = true // what was missing may be there the next time
	for range 2 {
		r := get(admit(site, access{}), "/api/data/pets/images", "Accept-Encoding", "gzip")
		if got := body(t, r); r.StatusCode != 200 || got != "miaow" || r.Header.Get("Content-Length") != "5" {
			t.Errorf("status %d, %q, headers %v", r.StatusCode, got, r.Header)
		}
		if again := get(site, "/api/data/pets/images", "If-None-Match", r.Header.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("asked for with its ETag: status %d, want 304", again.StatusCode)
		}
		if got := r.Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("Cache-Control %q", got)
		}
		if got := r.Header.Get("Cross-Origin-Resource-Policy"); got != "same-origin" {
			t.Errorf("Cross-Origin-Resource-Policy %q", got)
		}
	}
	if opened != 2 {
		t.Errorf("opened %d times, want once without it and once with it", opened)
	}
	if got := body(t, get(site, "/api/data.json")); !strings.HasPrefix(got, `[{"name":"pets","from":"pets.zip"},`) {
		t.Errorf("the index is %s", got)
	}
}

// Names are compared with the existing ones; none becomes a path.
func TestSetsHaveNoOtherFiles(t *testing.T) {
	site := newSite(t, nil)
	site.AddSets(Set{
		Name: "pets", Files: []string{"images", "labels"}, Find: func() string { return "" },
		Open: func(context.Context) (map[string][]byte, error) { return map[string][]byte{"images": nil}, nil },
	})
	for _, path := range []string{
		"/api", "/api/", "/api/data", "/api/data/", "/api/data/pets", "/api/data/pets/", "/api/data/pets/other", "/api/data/dogs/images",
		"/api/data/../pets/images", "/api/data/pets/../images", "/api/data/pets/images/", "/api/data//pets/images", "/api/data/Pets/images",
		"/api/data/pets/%2e%2e%2fimages", "/api/data/..%2f..%2fetc/passwd", "/api/data/folder:%2fetc/passwd", "/api/data.json/", "/web/api/data.json",
	} {
		if r := get(site, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, r.StatusCode)
		}
	}
}

// The rules that keep strangers out hold for data sets, too.
func TestSetsAreGuarded(t *testing.T) {
	site := newSite(t, nil)
	site.AddSets(Set{
		Name: "pets", Files: []string{"images", "labels"}, Find: func() string { t.Error("looked for"); return "" },
		Open: func(context.Context) (map[string][]byte, error) { t.Error("opened"); return nil, nil },
	})
	guarded := admit(site, access{Token: "SECRET"})
	for _, path := range []string{"/api/data.json", "/api/data/pets/images"} {
		if r := get(guarded, path); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without the token: status %d", path, r.StatusCode)
		}
		if r := get(admit(site, access{}), path, "Host", "evil.example"); r.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s under another name: status %d", path, r.StatusCode)
		}
		if r := get(admit(site, access{}), path, "Origin", "http://evil.example"); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s for another site: status %d", path, r.StatusCode)
		}
	}
}

func TestExportSaysThatThereAreNoSets(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	site := newSite(t, nil)
	site.AddSets(Set{Name: "pets", Files: []string{"images", "labels"}, Find: func() string { return "pets.zip" }})
	if err := site.Export(dir, ""); err != nil {
		t.Fatal(err)
	}
	if index, err := os.ReadFile(filepath.Join(dir, "api", "data.json")); string(index) != "[]" {
		t.Errorf("the index is %q, %v", index, err)
	}
}
