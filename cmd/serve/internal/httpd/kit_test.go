package httpd

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// filesOf are all files below a root, by their paths.
func filesOf(t *testing.T, root fs.FS) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, path)
		all[path] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A kit is the site as it is exported, with a README and data sets, the same as a folder and as a zip.
func TestKit(t *testing.T) {
	site := newSite(t, nil)
	exported := filepath.Join(t.TempDir(), "site")
	if err := site.Export(exported, ""); err != nil {
		t.Fatal(err)
	}
	kit, err := site.Kit(t.Context(), Set{Name: "pets", Files: []string{"images"}, Find: func() string { return "pets.zip" },
		Open: func(context.Context) (map[string][]byte, error) {
			return map[string][]byte{"images": []byte("pixels")}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "usb", "kit")
	if err := kit.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := kit.Write(dir); err == nil {
		t.Error("a folder that is there is written over")
	}
	have := filesOf(t, os.DirFS(dir))
	if !strings.Contains(have["README.txt"], "http.server") || have["api/data/pets/images"] != "pixels" || !strings.Contains(have["api/data.json"], "pets") {
		t.Errorf("the kit has %q", have)
	}
	var packed bytes.Buffer
	size, err := kit.ZipSize()
	if err := kit.Zip(&packed); err != nil {
		t.Fatal(err)
	}
	if err != nil || size != int64(packed.Len()) {
		t.Errorf("the zip has %d bytes, and is said to have %d, %v", packed.Len(), size, err)
	}
	z, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	below, err := fs.Sub(z, KitName)
	if err != nil {
		t.Fatal(err)
	}
	zipped := filesOf(t, below)
	for name, text := range have {
		if zipped[name] != text {
			t.Errorf("%s is %q in the folder, %q in the zip", name, text, zipped[name])
		}
	}
	plain := filesOf(t, os.DirFS(exported))
	if len(zipped) != len(have) || len(have) != len(plain)+2 {
		t.Errorf("%d files in the zip, %d in the folder, %d on the exported site", len(zipped), len(have), len(plain))
	}
	for name, text := range plain {
		if name != "api/data.json" && have[name] != text {
			t.Errorf("%s is %q in the kit, %q on the site", name, have[name], text)
		}
	}
}

// A server offers the kit of its own site, without its data sets, and says how large it is.
func TestTheKitOfAServer(t *testing.T) {
	admitted, _ := taught(t)
	r := get(admitted, "/api/kit.zip", "Cookie", teacher)
	packed, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Length") != strconv.Itoa(len(packed)) || !strings.Contains(r.Header.Get("Content-Disposition"), "unpool-kit.zip") {
		t.Errorf("%d bytes with the headers %v, %v", len(packed), r.Header, err)
	}
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	if index, err := fs.ReadFile(z, KitName+"/api/data.json"); string(index) != "[]" {
		t.Errorf("its data sets are %q, %v", index, err)
	}
	if state := body(t, get(admitted, "/api/class", "Cookie", teacher)); !strings.Contains(state, `"kit":`+strconv.Itoa(len(packed))) {
		t.Errorf("the page is told %s", state)
	}
}
