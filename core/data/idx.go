package data

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"unpool/core/data/picture"
)

// FormatError says which file is invalid, and where.
type FormatError struct {
	File    string
	Offset  int64 // in bytes from the file's start, after unpacking if it is gzip
	Problem string
	Err     error // what the reader said; may be nil
}

func (e *FormatError) Error() string {
	s := fmt.Sprintf("%s: byte %d: %s", e.File, e.Offset, e.Problem)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *FormatError) Unwrap() error { return e.Err }

// maxImages limits what a file may claim to hold, so that an untrusted file cannot fill memory.
const maxImages = 300_000

// maxSide limits any dimension of an image.
const maxSide = 1024

// magic begins a file of unsigned bytes of so many dimensions besides the count.
func magic(dims int) uint32 {
	const unsignedBytes = 0x08
	return uint32(unsignedBytes<<8 | 1 + dims)
}

// headerSize is the length of what comes before the bytes.
func headerSize(dims int) int { return 4 * (2 + dims) }

// writeIDX returns a file that readIDX reads.
func writeIDX(body []byte, count int, dims ...int) []byte {
	file := make([]byte, 0, headerSize(len(dims))+len(body))
	file = binary.BigEndian.AppendUint32(file, magic(len(dims)))
	file = binary.BigEndian.AppendUint32(file, uint32(count))
	for _, d := range dims {
		file = binary.BigEndian.AppendUint32(file, uint32(d))
	}
	return append(file, body...)
}

// readIDX reads one file of unsigned bytes in LeCun's IDX format (http://yann.lecun.com/exdb/mnist, "The IDX
// file format"), gzip or not: two zero bytes, the type 0x08, the number of dimensions, each dimension as a
// big-endian u32, the bytes. The first dimension, the count, is free between 1 and maxImages; the others must be
// those given, where 0 stands for any. Anything missing or left over is a *FormatError. Memory stays within a small
// multiple of the bytes that really came, whatever the header claims.
func readIDX(file string, r io.Reader, dims ...int) (shape []int, body []byte, err error) {
	in := bufio.NewReader(r)
	fail := func(offset int64, err error, format string, args ...any) ([]int, []byte, error) {
		return nil, nil, &FormatError{file, offset, fmt.Sprintf(format, args...), err}
	}
	start, err := in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return fail(0, err, "it cannot be read")
	}
	if instead := picture.Instead(start); instead != "" {
		return nil, nil, &EntryError{file, instead, nil}
	}
	var src io.Reader = in
	if start, _ := in.Peek(2); len(start) == 2 && start[0] == 0x1f && start[1] == 0x8b {
		if src, err = gzip.NewReader(in); err != nil {
			return fail(0, err, "bad gzip header")
		}
	}

	header := make([]byte, headerSize(len(dims)))
	if n, err := io.ReadFull(src, header); err != nil {
		return fail(int64(n), err, "the file ends within its %d-byte header", len(header))
	}
	if got, want := binary.BigEndian.Uint32(header), magic(len(dims)); got != want {
		return fail(0, nil, "magic number %#08x, want %#08x (unsigned bytes, %d dimensions)", got, want, 1+len(dims))
	}
	n := binary.BigEndian.Uint32(header[4:])
	if n < 1 || n > maxImages {
		return fail(4, nil, "%d items, want 1 to %d", n, maxImages)
	}
	shape = []int{int(n)}
	size := int(n)
	for i, want := range dims {
		at := 8 + 4*i
		got := binary.BigEndian.Uint32(header[at:])
		if want == 0 && (got < 1 || got > maxSide) {
			return fail(int64(at), nil, "dimension %d is %d, want 1 to %d", i+1, got, maxSide)
		}
		if want > 0 && got != uint32(want) {
			return fail(int64(at), nil, "dimension %d is %d, want %d", i+1, got, want)
		}
		shape = append(shape, int(got))
		size *= int(got)
	}

	// The buffer grows by large factors as bytes arrive: few copies for a valid file, little memory for a false header.
	const first, factor = 1 << 20, 8
	body = make([]byte, 0, min(size, first))
	for len(body) < size {
		if len(body) == cap(body) {
			body = append(make([]byte, 0, min(size, factor*cap(body))), body...)
		}
		got, err := io.ReadFull(src, body[len(body):cap(body)])
		body = body[:len(body)+got]
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return fail(int64(len(header)+len(body)), err, "the file ends early: %d items need %d bytes", n, len(header)+size)
		}
	}
	// Reading on to the end also checks gzip's checksum.
	switch extra, err := io.ReadFull(src, make([]byte, 1)); {
	case extra > 0:
		return fail(int64(len(header)+size), nil, "the file has more bytes after its %d items", n)
	case err != io.EOF:
		return fail(int64(len(header)+size), err, "bad end of file")
	}
	return shape, body, nil
}
