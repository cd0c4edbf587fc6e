package httpd

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// serve answers with the file, as RFC 9110 specifies: whole, a range of it, or that it has not changed. Pinned says that the URL names this very
// content, so that no browser need ask again.
func (f *file) serve(w http.ResponseWriter, r *http.Request, pinned bool) {
	h := w.Header()
	h.Set("ETag", f.etag)
	h.Set("Content-Type", f.mime)
	h.Set("Cache-Control", "no-cache")
	if pinned {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if asked := r.Header.Get("Range"); r.Method != http.MethodGet || !strings.HasPrefix(asked, "bytes=") || strings.Contains(asked, ",") {
		r.Header.Del("Range") // of a unit that is not known, or several, of which each would be unpacked from the beginning
	}
	var content io.ReadSeeker = bytes.NewReader(f.body)
	if f.gzip {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
		} else {
			u := &unpacker{file: f}
			defer u.close()
			content = u
		}
	}
	http.ServeContent(w, r, "", time.Time{}, content)
}

// unpacker reads a packed file unpacked, as fast as its reader takes it: however many read slowly, none has the whole in memory.
type unpacker struct {
	file *file
	at   int64        // what Read returns next
	z    *gzip.Reader // nil before the first Read and after a Seek
	have int64        // what z returns next
}

var gzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}

// Seek is io.Seeker's. It costs nothing until the next Read.
func (u *unpacker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += u.at
	case io.SeekEnd:
		offset += int64(u.file.size)
	}
	if offset < 0 {
		return 0, errors.New("before the beginning of a file")
	}
	u.at = offset
	return offset, nil
}

// Read is io.Reader's.
func (u *unpacker) Read(b []byte) (int, error) {
	if u.z == nil || u.have > u.at {
		u.close()
		u.z = gzipReaders.Get().(*gzip.Reader)
		if err := u.z.Reset(bytes.NewReader(u.file.body)); err != nil {
			return 0, err
		}
	}
	if u.have < u.at {
		n, err := io.CopyN(io.Discard, u.z, u.at-u.have)
		if u.have += n; err != nil {
			return 0, err
		}
	}
	n, err := u.z.Read(b)
	u.at += int64(n)
	u.have = u.at
	return n, err
}

// close lets others use the decompressor.
func (u *unpacker) close() {
	if u.z != nil {
		gzipReaders.Put(u.z)
	}
	u.z, u.have = nil, 0
}

// acceptsGzip reports whether a client takes gzip, by the lines of its Accept-Encoding (RFC 9110, section 12.5.3): a weight of 0 means no, and
// "*" stands for what is not named.
func acceptsGzip(lines []string) bool {
	named, others := -1.0, 0.0
	for part := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		name, parameters, _ := strings.Cut(part, ";")
		weight := 1.0
		for p := range strings.SplitSeq(parameters, ";") {
			if key, value, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(key), "q") {
				weight, _ = strconv.ParseFloat(strings.TrimSpace(value), 64) // what is not a number means no
			}
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			named = max(named, weight)
		case "*":
			others = weight
		}
	}
	if named >= 0 {
		return named > 0
	}
	return others > 0
}
