// Package pack compresses files for transfer over a network.
package pack

import (
	"bytes"
	"compress/gzip"
)

// Gzip packs a file as small as gzip can. The same file gives the same bytes.
func Gzip(body []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
