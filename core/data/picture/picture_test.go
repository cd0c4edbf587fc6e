package picture

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func encoded(m image.Image, encode func(io.Writer, image.Image) error) []byte {
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// formats are files of the formats that are read, two pixels wide and one high, black and white; some of a lossy one are larger.
func formats() map[string][]byte {
	m := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.Black, color.White})
	m.Pix[1] = 1
	large := image.NewGray(image.Rect(0, 0, 32, 16))
	for i := range large.Pix {
		large.Pix[i] = byte(i % 32 / 16 * 255)
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRigAAABXRUJQVlA4TBsAAAAvCAACAA8wCoM8CvMfeBDTENO/M6cKEf0PaQEA") // 9 x 9 pixels, red, the first black
	if err != nil {
		panic(err)
	}
	return map[string][]byte{
		"png": encoded(m, png.Encode), "bmp": encoded(m, bmp.Encode), "webp": webp,
		"tiff": encoded(m, func(w io.Writer, m image.Image) error {
			return tiff.Encode(w, m, &tiff.Options{Compression: tiff.Deflate})
		}),
		"gif":      encoded(m, func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) }),
		"jpeg":     encoded(large, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }),
		"gray png": encoded(large, png.Encode),
	}
}

func TestFormats(t *testing.T) {
	for name, file := range formats() {
		p, err := Decode("a.png", file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		row := p.Row(0)
		if first, last := row[0], row[len(row)-3]; first > 3 || last < 200 {
			t.Errorf("%s: the row begins with %d and ends with %d", name, first, last)
		}
	}
}

// A photo is seen as its camera was held.
func TestOrientation(t *testing.T) {
	file := formats()["jpeg"]
	exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	turned := append(append(bytes.Clone(file[:2]), exif...), file[2:]...)
	p, err := Decode("a.jpg", turned)
	if err != nil {
		t.Fatal(err)
	}
	top := p.Row(0)[0]
	if bottom := p.Row(p.Height - 1)[0]; p.Width != 16 || p.Height != 32 || top > 3 || bottom < 250 {
		t.Errorf("it is %d x %d pixels, %d above and %d below", p.Width, p.Height, top, bottom)
	}
}

// Whatever a file is, it is refused or becomes a picture within the limits.
func FuzzDecode(f *testing.F) {
	for _, file := range formats() {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := Decode("a", file)
		if err != nil {
			return
		}
		if p.Width < 1 || p.Height < 1 || p.Width > MaxSide || p.Height > MaxSide || p.Width*p.Height > MaxArea {
			t.Fatalf("a picture of %d x %d pixels", p.Width, p.Height)
		}
		for _, y := range []int{0, p.Height - 1} {
			if len(p.Row(y)) != 3*p.Width {
				t.Fatalf("row %d has %d bytes", y, len(p.Row(y)))
			}
		}
	})
}
