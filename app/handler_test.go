//go:build !js

package app

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// What go-app addresses from the root of a host is relative to the site's root.
func TestAddressesAreRelative(t *testing.T) {
	for location, want := range map[string]string{
		"/": "./", "/web": "web", "/app.js": "app.js", "/results/": "results/", "./results/": "./results/",
		"/web/css/base.css": "web/css/base.css?v=1", "/web/app.wasm": "web/app.wasm.gz?v=1", "web/css/base.css?v=1": "web/css/base.css?v=1",
		"https://example.org/data.zip": "https://example.org/data.zip",
	} {
		if got := (relative{"1"}).Resolve(location); got != want {
			t.Errorf("%s becomes %s, want %s", location, got, want)
		}
	}
}

// A style sheet in public/css is one that pages have, and vice versa.
func TestEveryStyleSheetIsServed(t *testing.T) {
	files, err := os.ReadDir("../public/css")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".css"))
	}
	if served := slices.Sorted(slices.Values(styles)); !slices.Equal(names, served) {
		t.Errorf("public/css has %v, and pages have %v", names, served)
	}
}
