package httpd

import (
	"archive/zip"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"maps"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"unpool/core/api"
)

// Kit is the site for a class without internet, as files for any host of static files, with a README for whoever has nothing else.
type Kit struct{ files tree }

// KitName is the folder in a kit's zip, and the zip's name.
const KitName = "unpool-kit"

//go:embed kit.txt
var kitReadme []byte

// Kit returns the site's kit, with data sets besides the static files.
func (s *Site) Kit(ctx context.Context, all ...Set) (*Kit, error) {
	files, err := s.tree("")
	if err != nil {
		return nil, err
	}
	for _, set := range all {
		read, err := served(ctx, set)
		if err != nil {
			return nil, err
		}
		for name, f := range read {
			files[setsPath[1:]+set.Name+"/"+name] = f
		}
	}
	err = errors.Join(
		files.put(SetsIndex, "application/json", (&sets{all: all}).index()),
		files.put("README.txt", "text/plain; charset=utf-8", kitReadme),
	)
	return &Kit{files}, err
}

// Write writes the kit into dir, which must not exist. It leaves no part of one.
func (k *Kit) Write(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := k.files.write(dir); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return nil
}

// Zip writes the kit as a zip. What is in memory packed is not packed again, so this takes next to no time.
func (k *Kit) Zip(w io.Writer) error {
	z, now := zip.NewWriter(w), time.Now()
	for _, at := range slices.Sorted(maps.Keys(k.files)) {
		f := k.files[at]
		h, body := &zip.FileHeader{Name: KitName + "/" + at, Modified: now, UncompressedSize64: uint64(f.size)}, f.body
		if f.gzip {
			const head, tail = 10, 8 // of gzip around what a zip has too
			h.Method, h.CRC32 = zip.Deflate, binary.LittleEndian.Uint32(body[len(body)-tail:])
			body = body[head : len(body)-tail]
		} else {
			h.Method, h.CRC32 = zip.Store, crc32.ChecksumIEEE(body)
		}
		h.CompressedSize64 = uint64(len(body))
		to, err := z.CreateRaw(h)
		if err != nil {
			return err
		}
		if _, err := to.Write(body); err != nil {
			return err
		}
	}
	return z.Close()
}

// ZipSize is the size of the zip in bytes.
func (k *Kit) ZipSize() (int64, error) {
	var n counter
	err := k.Zip(&n)
	return int64(n), err
}

// counter counts what is written.
type counter int64

func (n *counter) Write(b []byte) (int, error) {
	*n += counter(len(b))
	return len(b), nil
}

// kitPath is where a server has the kit.
const kitPath = "/" + api.Kit

// serveKit answers with the zip of the site's own kit, without data sets of the server's.
func (s *Site) serveKit(w http.ResponseWriter, r *http.Request) {
	k, err := s.kit()
	if err != nil {
		(&Problem{http.StatusInternalServerError, api.CodeFailed, err.Error(), "Run serve kit on the server instead."}).write(w)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": KitName + ".zip"}))
	h.Set("Content-Length", strconv.FormatInt(k.size, 10))
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodHead {
		k.Zip(w) // an error means that the reader has gone
	}
}

// sized is a kit whose zip has a known size, in bytes.
type sized struct {
	*Kit
	size int64
}

// makeKit is Kit without sets.
func (s *Site) makeKit() (k sized, err error) {
	if k.Kit, err = s.Kit(context.Background()); err == nil {
		k.size, err = k.ZipSize()
	}
	return k, err
}
