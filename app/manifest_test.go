//go:build !js

package app

import (
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The manifest's pictures are files of the site, of the sizes that it states.
func TestManifestPictures(t *testing.T) {
	body, err := Manifest("1")
	if err != nil {
		t.Fatal(err)
	}
	var m struct{ Icons, Screenshots []picture }
	if err := json.Unmarshal(body, &m); err != nil || len(m.Icons) < 2 || len(m.Screenshots) < 2 {
		t.Fatalf("%s, %v", body, err)
	}
	for _, p := range append(m.Icons, m.Screenshots...) {
		name := strings.TrimSuffix(strings.TrimPrefix(p.Src, "web/"), "?v=1")
		f, err := os.Open(filepath.Join("..", "public", name))
		if err != nil {
			t.Error(err)
			continue
		}
		defer f.Close()
		if p.Type != "image/png" {
			continue
		}
		c, err := png.DecodeConfig(f)
		if size := fmt.Sprintf("%dx%d", c.Width, c.Height); err != nil || size != p.Sizes {
			t.Errorf("%s is %s, the manifest says %s, %v", name, size, p.Sizes, err)
		}
	}
}
