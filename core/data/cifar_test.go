package data

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"image/color"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"unpool/core/recipe"
)

// batch is a file of 10,000 records: image i has label i%10, and is red with i%250, green with 1, blue with 2.
func batch() []byte {
	b := make([]byte, 0, cifarRecords*cifarRecord)
	for i := range cifarRecords {
		b = append(b, byte(i%10))
		b = append(b, bytes.Repeat([]byte{byte(i % 250)}, cifarPlane)...)
		b = append(b, bytes.Repeat([]byte{1}, cifarPlane)...)
		b = append(b, bytes.Repeat([]byte{2}, cifarPlane)...)
	}
	return b
}

// openFrom gives each file of CIFAR-10 the same bytes, but for one.
func openFrom(file []byte, other string, bytesOf []byte) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) {
		if name == other {
			if bytesOf == nil {
				return nil, os.ErrNotExist
			}
			file = bytesOf
		}
		return io.NopCloser(bytes.NewReader(file)), nil
	}
}

func TestOpenCIFAR10(t *testing.T) {
	file := batch()
	rgb, err := OpenCIFAR10(openFrom(file, "", nil))
	if err != nil {
		t.Fatal(err)
	}
	d, err := FromCIFAR10(rgb, recipe.CIFAR10)
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != recipe.CIFAR10 || d.Train.Len() != 50_000 || d.Test.Len() != 10_000 || d.Classes[9] != "truck" {
		t.Errorf("%s: %d + %d images of %q", d.Name, d.Train.Len(), d.Test.Len(), d.Classes)
	}
	if err := consistent(d); err != nil {
		t.Error(err)
	}
	// 0.299·101 + 0.587·1 + 0.114·2
	if got := d.Train.Images[101*784+300]; got != 31 || d.Train.Labels[101] != 1 {
		t.Errorf("image 101 has gray %d and label %d", got, d.Train.Labels[101])
	}
	d = rgb
	if got := d.Train.Images[101*cifarPlane*3:][:6]; !bytes.Equal(got, []byte{101, 1, 2, 101, 1, 2}) || d.Channels != 3 || d.Height != 32 || d.Name != recipe.CIFAR10RGB {
		t.Errorf("image 101 begins with %v", got)
	}
}

func TestOpenCIFAR10Refuses(t *testing.T) {
	good := batch()
	label := bytes.Clone(good)
	label[cifarRecord*7] = 10
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"missing":      {nil, "data_batch_2.bin: file does not exist"},
		"empty":        {[]byte{}, "data_batch_2.bin: byte 0: the file ends early"},
		"cut":          {good[:cifarRecord*3+5], "data_batch_2.bin: byte 9224: the file ends early"},
		"longer":       {append(bytes.Clone(good), 1), "data_batch_2.bin: byte 30730000: the file has more bytes"},
		"a high label": {label, "data_batch_2.bin: byte 21511: label 10"},
	} {
		_, err := OpenCIFAR10(openFrom(good, CIFAR10Files[1], c.file))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
		if e := (*FormatError)(nil); c.file != nil && !errors.As(err, &e) {
			t.Errorf("%s: %T is not a *FormatError", name, err)
		}
	}
}

// tarball packs files; sizes may be wrong.
func tarball(t testing.TB, files ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // the level is a good one
	w := tar.NewWriter(z)
	body := batch()
	for _, h := range files {
		h.Typeflag, h.Mode = tar.TypeReg, 0o644
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		for left := h.Size; left > 0; left -= int64(len(body)) {
			w.Write(body[:min(left, int64(len(body)))])
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// official are the files of the official archive.
func official() (files []tar.Header) {
	files = append(files, tar.Header{Name: "cifar-10-batches-bin/batches.meta.txt", Size: 61})
	for _, name := range CIFAR10Files {
		files = append(files, tar.Header{Name: "cifar-10-batches-bin/" + name, Size: cifarRecords * cifarRecord})
	}
	return files
}

func TestOpenCIFAR10Archive(t *testing.T) {
	packed := tarball(t, official()...)
	d, err := OpenCIFAR10Archive(bytes.NewReader(packed))
	if err != nil || d.Train.Len() != 50_000 || d.Test.Len() != 10_000 {
		t.Errorf("%v, %+v", err, d)
	}
	swapped := official()
	swapped[1], swapped[2] = swapped[2], swapped[1]
	short := official()
	short[3].Size = 100
	large := official()
	large[0].Size = maxFileBytes + 1
	altered := bytes.Clone(packed)
	altered[len(altered)-8] ^= 1 // of the checksum, which comes last but for the size
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"a checksum":    {altered, "a damaged archive: gzip: invalid checksum"},
		"nothing":       {nil, "not a gzip archive"},
		"no gzip":       {[]byte("hello"), "not a gzip archive"},
		"half":          {packed[:len(packed)/2], "unexpected EOF"},
		"one missing":   {tarball(t, official()[:2]...), "the archive has no data_batch_2.bin"},
		"swapped":       {tarball(t, swapped[:3]...), "data_batch_2.bin: comes where data_batch_1.bin should"},
		"twice":         {tarball(t, append(official(), official()[6])...), "test_batch.bin: comes where nothing more should"},
		"short":         {tarball(t, short[:4]...), "data_batch_3.bin: byte 100: the file ends early"},
		"something big": {tarball(t, large[:1]...), "is not part of CIFAR-10"},
		"many entries":  {tarball(t, slices.Repeat([]tar.Header{{Name: "x"}}, 101)...), "more than 100 entries"},
	} {
		if _, err := OpenCIFAR10Archive(bytes.NewReader(c.file)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
}

func TestReportSubset(t *testing.T) {
	all := &Dataset{Name: recipe.CIFAR10, Height: 1, Width: 1, Channels: 1, Classes: cifarClasses}
	for i := range 12_000 { // classes take turns
		all.Train.Images, all.Train.Labels = append(all.Train.Images, byte(i/10%256)), append(all.Train.Labels, byte(i%10))
		all.Test.Images, all.Test.Labels = append(all.Test.Images, byte(i/10%256)), append(all.Test.Labels, byte(i%10))
	}
	d, err := reportSubset(all)
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != recipe.CIFAR10Report || d.Train.Len() != 10_000 || d.Test.Len() != 1_000 || all.Train.Len() != 12_000 {
		t.Errorf("%s: %d + %d images", d.Name, d.Train.Len(), d.Test.Len())
	}
	if got := d.Train.Images[1000:1003]; !bytes.Equal(got, []byte{999 % 256, 0, 1}) || d.Train.Labels[1000] != 1 {
		t.Errorf("class 1 begins with its images %v", got)
	}
	if got := d.Test.Images[100:103]; !bytes.Equal(got, []byte{99, 0, 1}) || d.Test.Labels[999] != 9 {
		t.Errorf("class 1 of the test images begins with %v", got)
	}
	all.Test.Labels = all.Test.Labels[:999]
	if _, err := reportSubset(all); err == nil || !strings.Contains(err.Error(), "99 test images of class truck") {
		t.Error(err)
	}
}

func TestOpenReportZip(t *testing.T) {
	b := packed(pets())
	if _, err := OpenReportZip(bytes.NewReader(b), int64(len(b))); err == nil || !strings.Contains(err.Error(), "2 classes, 3 + 2 pictures") {
		t.Error(err)
	}
	files := fstest.MapFS{}
	one := &fstest.MapFile{Data: square(28, color.Gray{7})}
	for class := range 10 {
		for i := range 1000 {
			files["CIFAR10/Train/"+string(rune('0'+class))+"/"+number(i)+".png"] = one
		}
		for i := range 100 {
			files["CIFAR10/Test/"+string(rune('0'+class))+"/"+number(i)+".png"] = one
		}
	}
	b = packed(files)
	d, err := OpenReportZip(bytes.NewReader(b), int64(len(b)))
	if err != nil || d.Name != recipe.CIFAR10Report || d.Classes[3] != "cat" || d.Train.Labels[3500] != 3 {
		t.Errorf("%v", err)
	}
}

func number(i int) string {
	return "Image" + string([]byte{byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)})
}

func FuzzOpenCIFAR10(f *testing.F) {
	good := batch()
	f.Add(good[:cifarRecord*2])
	f.Add([]byte{255})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := OpenCIFAR10(openFrom(b, "", nil))
		if e := (*FormatError)(nil); err != nil && !errors.As(err, &e) {
			t.Errorf("%T: %v", err, err)
		} else if err == nil && consistent(d) != nil {
			t.Error(consistent(d))
		}
	})
}

func FuzzOpenCIFAR10Archive(f *testing.F) {
	f.Add(tarball(f, tar.Header{Name: "a/data_batch_1.bin", Size: 4000}))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := OpenCIFAR10Archive(bytes.NewReader(b)); err == nil && consistent(d) != nil {
			t.Error(consistent(d))
		}
	})
}
