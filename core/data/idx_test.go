package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// idx returns an IDX file of unsigned bytes.
func idx(body []byte, dims ...uint32) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, body...)
}

func gzipped(b []byte) []byte {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

func TestReadIDX(t *testing.T) {
	images := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	file := idx(images, 2, 2, 3)
	for name, b := range map[string][]byte{"plain": file, "gzip": gzipped(file)} {
		shape, body, err := readIDX("f", bytes.NewReader(b), 2, 0)
		if err != nil || !slices.Equal(shape, []int{2, 2, 3}) || !bytes.Equal(body, images) {
			t.Errorf("%s: %d, %v, %v", name, shape, body, err)
		}
	}
}

func TestReadIDXRefuses(t *testing.T) {
	good := idx([]byte{1, 2, 3, 4}, 2, 2)
	change := func(at int, v byte) []byte {
		b := bytes.Clone(good)
		b[at] = v
		return b
	}
	badSum := gzipped(good)
	badSum[len(badSum)-8] ^= 1
	for _, c := range []struct {
		name   string
		file   []byte
		offset int64
		says   string
	}{
		{"empty", nil, 0, "ends within"},
		{"cut in the header", good[:9], 9, "ends within"},
		{"cut in the body", good[:14], 14, "ends early: 2 items need 16 bytes"},
		{"one byte too many", append(bytes.Clone(good), 0), 16, "has more bytes after its 2 items"},
		{"two leading bytes not zero", change(1, 1), 0, "magic number"},
		{"signed bytes", change(2, 9), 0, "magic number"},
		{"three dimensions", change(3, 3), 0, "magic number"},
		{"no items", change(7, 0), 4, "0 items"},
		{"items beyond all reason", change(4, 0xff), 4, "4278190082 items"},
		{"other image size", change(11, 3), 8, "dimension 1 is 3, want 2"},
		{"gzip cut", gzipped(good)[:20], 0, "unexpected EOF"},
		{"gzip with a wrong checksum", badSum, 16, "checksum"},
		{"gzip with a broken header", []byte{0x1f, 0x8b, 9, 9}, 0, "gzip"},
		{"gzip that unpacks to more", gzipped(append(bytes.Clone(good), 0)), 16, "has more bytes"},
		{"bytes after gzip", append(gzipped(good), "junk"...), 16, "bad end of file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readIDX("some-file", bytes.NewReader(c.file), 2)
			var f *FormatError
			if !errors.As(err, &f) {
				t.Fatalf("got %v, want a FormatError", err)
			}
			if f.File != "some-file" || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not name the file and say %q", err, c.says)
			}
			if c.name != "gzip cut" && f.Offset != c.offset {
				t.Errorf("offset %d, want %d: %v", f.Offset, c.offset, err)
			}
		})
	}
}

// A header may claim much and a gzip bomb may unpack to much: neither may take memory.
func TestReadIDXMemory(t *testing.T) {
	bomb := func() []byte { // 256 MB of zeros after the header of one small item
		var z bytes.Buffer
		w, _ := gzip.NewWriterLevel(&z, gzip.BestSpeed)
		w.Write(idx(nil, 1, 2))
		zeros := make([]byte, 1<<20)
		for range 256 {
			w.Write(zeros)
		}
		w.Close()
		return z.Bytes()
	}()
	for name, b := range map[string][]byte{
		"bomb":    bomb,
		"promise": idx([]byte{1}, maxImages, 2),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := readIDX("f", bytes.NewReader(b), 2)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
			t.Errorf("%s: took %d bytes to refuse", name, used)
		}
	}
}

func TestReadIDXPassesOnReadErrors(t *testing.T) {
	broken := errors.New("connection lost")
	r := io.MultiReader(bytes.NewReader(idx([]byte{1}, 3)), errReader{broken})
	_, _, err := readIDX("f", r)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func FuzzReadIDX(f *testing.F) {
	good := idx([]byte{1, 2, 3, 4}, 2, 2)
	f.Add(good)
	f.Add(good[:13])
	f.Add(append(bytes.Clone(good), 7))
	f.Add(gzipped(good))
	f.Add(gzipped(good)[:15])
	f.Add(gzipped(make([]byte, 1<<20)))
	f.Add(idx(nil, 0xffffffff, 2))
	f.Fuzz(func(t *testing.T, b []byte) {
		shape, body, err := readIDX("f", bytes.NewReader(b), 2)
		var format *FormatError
		switch {
		case err == nil && (shape[0] < 1 || shape[0] > maxImages || len(body) != 2*shape[0]):
			t.Errorf("%d items in %d bytes", shape[0], len(body))
		case err != nil && (!errors.As(err, &format) || format.Offset < 0):
			t.Errorf("not a FormatError with an offset: %v", err)
		}
	})
}
