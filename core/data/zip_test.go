package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// entries is a zip of empty files with headers.
func entries(t *testing.T, headers ...zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range headers {
		if _, err := z.CreateRaw(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Names come as programs write them: with backslashes, below the folder ".", with entries for folders or without.
func TestPathsOfAZip(t *testing.T) {
	var headers []zip.FileHeader
	for _, name := range []string{"./", `train\`, `train\a\`, `train\a\x.png`, "./train/b/x.png", "./test/", "test//a/x.png", `.\test\b\x.png`} {
		headers = append(headers, zip.FileHeader{Name: name})
	}
	z, err := openZip(bytes.NewReader(entries(t, headers...)), int64(len(entries(t, headers...))))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	err = fs.WalkDir(z, ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if want := []string{"test/a/x.png", "test/b/x.png", "train/a/x.png", "train/b/x.png"}; err != nil || !slices.Equal(files, want) {
		t.Errorf("%q, %v, want %q", files, err, want)
	}
}

// An archive that cannot be read is refused before anything of it is, by its own reason, and no name reaches a terminal as it is.
func TestZipsThatAreRefused(t *testing.T) {
	named := func(names ...string) (headers []zip.FileHeader) {
		for _, n := range names {
			headers = append(headers, zip.FileHeader{Name: n})
		}
		return headers
	}
	big := zip.FileHeader{Name: "train/a/x.png", UncompressedSize64: maxUnpacked/2 + 1}
	other := big
	other.Name = "train/a/y.png"
	for name, c := range map[string]struct {
		headers []zip.FileHeader
		says    string
	}{
		"a path out of it":       {named("../train/a/b.png"), "../train/a/b.png: is not a path within the archive"},
		"one that comes back":    {named("train/../../b.png"), "is not a path within the archive"},
		"no name":                {named(""), "is not a path within the archive"},
		"an absolute path":       {named("/train/a/b.png"), "/train/a/b.png: is an absolute path: pack the folder again"},
		"one with backslashes":   {named(`\train\a\b.png`), "is an absolute path"},
		"an entry twice":         {named("train/a/b.png", "train/a/b.png"), "train/a/b.png: occurs twice"},
		"an old code page":       {named("train/a/caf\x82.png"), `"train/a/caf\x82.png": has a name in an old code page`},
		"twice in two forms":     {named("train/a/b.png", `train\a\b.png`), "occurs twice"},
		"control characters":     {named("train/a/\x1b[31m\nx.png", "train/a/\x1b[31m\nx.png"), `"train/a/\x1b[31m\nx.png": occurs twice`},
		"a password":             {[]zip.FileHeader{{Name: "train/a/b.png", Flags: 1}}, "train/a/b.png: is protected by a password; pack the folder again as an ordinary zip, without one"},
		"Deflate64":              {[]zip.FileHeader{{Name: "train/a/b.png", Method: 9}}, "is packed with Deflate64; pack the folder again"},
		"LZMA":                   {[]zip.FileHeader{{Name: "train/a/b.png", Method: 14}}, "is packed with LZMA"},
		"a method of the future": {[]zip.FileHeader{{Name: "train/a/b.png", Method: 77}}, "is packed with method 77"},
		"too much in all":        {[]zip.FileHeader{big, other}, fmt.Sprintf("more than %d GiB in all", maxUnpacked>>30)},
	} {
		b := entries(t, c.headers...)
		if _, err := openZip(bytes.NewReader(b), int64(len(b))); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
}
