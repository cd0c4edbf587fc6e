package httpd

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"mime"
	"os"
	"path"
	"path/filepath"
	"strings"

	"unpool/core/pack"
)

// needed are the files without which the page cannot work.
var needed = []string{"app.wasm", "trainer.wasm", "trainer.js", "wasm_exec.js", "css/base.css"}

// file is one thing to serve.
type file struct {
	mime string
	body []byte // packed if gzip
	gzip bool
	size int // unpacked
	etag string
}

// Files are the static files by their slash-separated names, in memory: what is served is what was hashed, even if
// someone builds meanwhile.
type Files map[string]*file

// Load reads the folder public. Of a program there is only the packed form, "app.wasm.gz"; that in the folder saves packing it
// again.
func Load(public string) (Files, error) {
	for _, name := range needed {
		if _, err := os.Stat(filepath.Join(public, name)); err != nil {
			return nil, fmt.Errorf("%s is not a folder of built files: %w", public, err)
		}
	}
	files := Files{}
	root := os.DirFS(public)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || isByproduct(name) {
			return err
		}
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		if path.Ext(name) == ".wasm" {
			packed, err := fs.ReadFile(root, name+".gz")
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			files[name+".gz"], err = newProgram(body, packed)
			return err
		}
		files[name], err = newFile(contentType(name), body)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the static files: %w", err)
	}
	return files, nil
}

// isByproduct reports whether a file is hidden, or there for the builder or for Load: .wasm.gz and .wasm.sources.
func isByproduct(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".") || strings.Contains(base, ".wasm.")
}

// Size returns the size of a file in bytes, before it is packed for a transfer, 0 if it is not there.
func (f Files) Size(name string) int64 {
	if file := f[name]; file != nil {
		return int64(file.size)
	}
	return 0
}

// newFile decides how a body is served.
func newFile(contentType string, body []byte) (*file, error) {
	f := &file{mime: contentType, body: body, size: len(body), etag: etag(body)}
	if !compressible(f.mime) {
		return f, nil
	}
	var err error
	f.body, err = pack.Gzip(body)
	f.gzip = true
	return f, err
}

// newProgram is a program's packed form, which packed is if it is that of body.
func newProgram(body, packed []byte) (*file, error) {
	if !isPacked(packed, body) {
		var err error
		if packed, err = pack.Gzip(body); err != nil {
			return nil, err
		}
	}
	return &file{mime: contentType(".gz"), body: packed, size: len(packed), etag: etag(body)}, nil
}

func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// isPacked reports whether packed is the gzip form of body, by the checksum and size that gzip ends with.
func isPacked(packed, body []byte) bool {
	if len(packed) < 18 {
		return false
	}
	end := packed[len(packed)-8:]
	return binary.LittleEndian.Uint32(end) == crc32.ChecksumIEEE(body) &&
		binary.LittleEndian.Uint32(end[4:]) == uint32(len(body))
}

// contentType does not ask the operating system, whose tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".json":
		return "application/json"
	case ".jsonl":
		return "application/jsonl"
	case ".gz":
		return "application/gzip" // programs and data: they stay packed, so no Content-Encoding
	case ".md":
		return "text/markdown; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

func compressible(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch kind {
	case "application/json", "application/jsonl", "application/manifest+json", "application/javascript", "image/svg+xml":
		return true
	}
	return strings.HasPrefix(kind, "text/")
}

// unpack returns the body as it was before compression.
func (f *file) unpack() ([]byte, error) {
	if !f.gzip {
		return f.body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(f.body))
	if err != nil {
		return nil, err
	}
	body := bytes.NewBuffer(make([]byte, 0, f.size+bytes.MinRead))
	_, err = body.ReadFrom(z)
	return body.Bytes(), err
}
