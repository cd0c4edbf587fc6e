package hostcheck

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime"
	"strings"
)

// is reports whether a browser accepts a file that the host calls contentType as one of the kind. For scripts the list is that of
// https://mimesniff.spec.whatwg.org/#javascript-mime-type.
func (k Kind) is(contentType string) bool {
	name, _, err := mime.ParseMediaType(contentType)
	if k == Data {
		return true
	}
	if err != nil {
		return false
	}
	switch k {
	case Page:
		return name == "text/html"
	case Style:
		return name == "text/css"
	case SVG:
		return name == "image/svg+xml"
	}
	switch strings.TrimPrefix(name, "x-") {
	case "text/javascript", "application/javascript", "text/ecmascript", "application/ecmascript", "application/x-javascript", "text/x-javascript":
		return true
	}
	return false
}

// KindOf returns the kind of a file that the site calls contentType.
func KindOf(contentType string) Kind {
	for _, k := range []Kind{Page, Script, Style, SVG} {
		if k.is(contentType) {
			return k
		}
	}
	return Data
}

// unpack undoes the compression of an answer in transit. A program, or a data set, stays as packed as it was written.
func (a *answer) unpack() {
	if a.header.Get("Content-Encoding") != "gzip" {
		return
	}
	a.packed = true
	z, err := gzip.NewReader(bytes.NewReader(a.body))
	if err == nil {
		a.body, err = io.ReadAll(io.LimitReader(z, most))
	}
	if err != nil {
		a.broken = "its compression is damaged: " + err.Error()
	}
}
