//go:build !js

package app

import "testing"

// What go-app addresses from the root of a host is relative to the site's root.
func TestAddressesAreRelative(t *testing.T) {
	for location, want := range map[string]string{
		"/": "./", "/web": "web", "/app.js": "app.js", "/results/": "results/", "./results/": "./results/",
		"/web/app.css": "web/app.css?v=1", "/web/app.wasm": "web/app.wasm.gz?v=1", "web/app.css?v=1": "web/app.css?v=1",
		"https://example.org/data.zip": "https://example.org/data.zip",
	} {
		if got := (relative{"1"}).Resolve(location); got != want {
			t.Errorf("%s becomes %s, want %s", location, got, want)
		}
	}
}
