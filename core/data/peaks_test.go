package data

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"flag"
	"hash/crc32"
	"image"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"unpool/core/data/picture"
)

var (
	peaks  = flag.Bool("peaks", false, "measure how much memory the largest pictures take")
	peakOf = flag.String("peak", "", "a picture file to read: prints how much memory that takes")
)

// blankPNG is a PNG file of one colour, made row by row.
func blankPNG(width, height, channels int, kind byte) []byte {
	file := header(uint32(width), uint32(height), 8, kind)
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	row := make([]byte, 1+width*channels)
	for range height {
		w.Write(row) // into memory, which does not fail
	}
	w.Close()
	for _, c := range []struct {
		name string
		body []byte
	}{{"IDAT", packed.Bytes()}, {"IEND", nil}} {
		body := append([]byte(c.name), c.body...)
		file = append(binary.BigEndian.AppendUint32(file, uint32(len(c.body))), body...)
		file = binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(body))
	}
	return file
}

// The largest pictures that are read take no more memory than docs/data.md says. Each is read by a process of its own.
func TestPeaks(t *testing.T) {
	if *peakOf != "" {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 3 { // what one leaves behind must not add to the next
			if _, err := OpenPicture(os.DirFS(filepath.Dir(*peakOf)), filepath.Base(*peakOf), Form{96, 3}); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		t.Logf("took %d bytes", after.HeapSys-before.HeapSys)
		return
	}
	if !*peaks {
		t.Skip("make memory measures it")
	}
	photo := encoded(image.NewYCbCr(image.Rect(0, 0, 9000, 6660), image.YCbCrSubsampleRatio420), func(w io.Writer, m *image.YCbCr) error { return jpeg.Encode(w, m, nil) })
	for name, file := range map[string][]byte{
		"a JPEG photo of 60 megapixels":             photo,
		"a gray PNG picture of 64 megapixels":       blankPNG(8000, 8000, 1, 0),
		"a PNG picture in colour of 49 megapixels":  blankPNG(7000, 7000, 3, 2),
		"a PNG picture of 1 x 32,768 pixels":        blankPNG(1, picture.MaxSide, 3, 2),
		"a PNG picture of 32,768 x 1,500, coloured": blankPNG(picture.MaxSide, 1500, 3, 2),
	} {
		path := filepath.Join(t.TempDir(), "picture")
		if err := os.WriteFile(path, file, 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestPeaks$", "-test.v", "-peak", path).CombinedOutput()
		_, after, _ := strings.Cut(string(out), "took ")
		number, _, _ := strings.Cut(after, " bytes")
		took, wrong := strconv.Atoi(number)
		if err != nil || wrong != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
			continue
		}
		t.Logf("%s, %d kB: %d MB", name, len(file)/1000, took/1_000_000)
		if took > picture.MaxMemory+picture.MaxMemory/20 { // the runtime's own share
			t.Errorf("%s takes %d bytes, more than %d", name, took, picture.MaxMemory)
		}
	}
}
