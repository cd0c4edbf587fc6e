package data

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"flag"
	"fmt"
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

// maxArchiveMemory is what reading an archive takes at most, beside the images in it.
const maxArchiveMemory = 250_000_000

// manyFiles is a zip of two classes with a picture to train on and one to test on, and of as many other files as there may be.
func manyFiles() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name string, body []byte) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name})
		if err == nil {
			_, err = w.Write(body)
		}
		if err != nil {
			panic(err)
		}
	}
	few := sets(1, "train/", "test/")
	for name, body := range few {
		put(name, body)
	}
	for i := range MaxFiles - len(few) {
		folder := []string{"train", "train/cat"}[i%2] // beside the classes, and within one
		put(fmt.Sprintf("%s/a_long_name_of_a_note_%d.txt", folder, i), nil)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func openZipFile(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		_, err = OpenImagesZip(f, info.Size(), "folder:x", Want{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The largest pictures and archives that are read take no more memory than docs/data.md says. Each is read by a process of its own.
func TestPeaks(t *testing.T) {
	if *peakOf != "" {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 3 { // what one leaves behind must not add to the next
			if filepath.Ext(*peakOf) == ".zip" {
				openZipFile(t, *peakOf)
				break
			}
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
		"a zip of as many files as there may be":    manyFiles(),
		"a JPEG photo of 60 megapixels":             photo,
		"a gray PNG picture of 64 megapixels":       blankPNG(8000, 8000, 1, 0),
		"a PNG picture in colour of 49 megapixels":  blankPNG(7000, 7000, 3, 2),
		"a PNG picture of 1 x 32,768 pixels":        blankPNG(1, picture.MaxSide, 3, 2),
		"a PNG picture of 32,768 x 1,500, coloured": blankPNG(picture.MaxSide, 1500, 3, 2),
	} {
		path, most := filepath.Join(t.TempDir(), "picture"), picture.MaxMemory
		if bytes.HasPrefix(file, []byte("PK")) {
			path, most = path+".zip", maxArchiveMemory
		}
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
		if took > most+most/20 { // the runtime's own share
			t.Errorf("%s takes %d bytes, more than %d", name, took, most)
		}
	}
}
